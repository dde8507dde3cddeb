"""The spreadsheet function ISOWEEKNUM."""

from sheet.core.dates import to_date
from sheet.core.function import function
from sheet.core.types import Value


@function
def ISOWEEKNUM(serial: Value) -> int:
    """Return the number of the week in the year by ISO 8601.

    Weeks begin on Monday, and week 1 holds the first Thursday.
    """
    return to_date(serial).isocalendar().week
