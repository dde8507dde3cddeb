"""The spreadsheet function ISOWEEKNUM."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ISOWEEKNUM(serial: Value) -> int:
    """Return the number of the week in the year by ISO 8601.

    Weeks begin on Monday, and week 1 holds the first Thursday.
    """
    raise NotImplementedError
