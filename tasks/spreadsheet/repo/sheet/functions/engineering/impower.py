"""The spreadsheet function IMPOWER."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IMPOWER(number: Value, exponent: Value) -> str:
    """Return a complex number raised to a real power.

    ``#NUM!`` for 0 raised to 0, ``#DIV/0!`` to a negative power.
    """
    raise NotImplementedError
