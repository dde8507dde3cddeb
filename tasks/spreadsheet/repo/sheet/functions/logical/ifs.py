"""The spreadsheet function IFS."""

from sheet.core.function import error_aware
from sheet.core.types import Argument


@error_aware
def IFS(*conditions_and_values: Argument) -> Argument:
    """Return the value after the first condition that is true.

    Arguments are condition, value, condition, value, ...; ``#N/A`` when no condition is true, ``#VALUE!``
    when a value is missing. Errors after the chosen value do not matter.
    """
    raise NotImplementedError
