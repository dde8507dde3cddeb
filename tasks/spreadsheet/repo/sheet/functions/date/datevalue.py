"""The spreadsheet function DATEVALUE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DATEVALUE(text: Value) -> int:
    """Return the serial number of the day that ``text`` spells as year-month-day.

    Anything else is ``#VALUE!``.
    """
    raise NotImplementedError
