"""The spreadsheet function DAYS."""

from sheet.core.dates import to_date
from sheet.core.function import function
from sheet.core.types import Value


@function
def DAYS(end: Value, start: Value) -> int:
    """Return the number of days from ``start`` to ``end``, negative when the end comes first."""
    return (to_date(end) - to_date(start)).days
