"""The spreadsheet function IFS."""

from sheet.core.coerce import to_bool
from sheet.core.errors import CellError, na_error, value_error
from sheet.core.function import error_aware
from sheet.core.types import Argument


@error_aware
def IFS(*conditions_and_values: Argument) -> Argument:
    """Return the value after the first condition that is true.

    Arguments are condition, value, condition, value, ...; ``#N/A`` when no condition is true, ``#VALUE!``
    when a value is missing. Errors after the chosen value do not matter.
    """
    if len(conditions_and_values) % 2:
        raise value_error("every condition needs a value")
    for condition, value in zip(conditions_and_values[::2], conditions_and_values[1::2], strict=True):
        if to_bool(condition):
            if isinstance(value, CellError):
                raise value
            return value
    raise na_error("no condition is true")
