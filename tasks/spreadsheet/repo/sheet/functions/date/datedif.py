"""The spreadsheet function DATEDIF."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DATEDIF(start: Value, end: Value, unit: Value) -> int:
    """Return the whole time between two days.

    ``unit``: ``Y`` years, ``M`` months, ``D`` days, ``YM`` months after the last whole year, ``MD`` days
    after the last whole month, ``YD`` days after the last whole year. ``#NUM!`` for other units or an end
    before the start.
    """
    raise NotImplementedError
