"""The spreadsheet function EDATE."""

from sheet.core.coerce import to_integer
from sheet.core.dates import add_months, to_date, to_serial
from sheet.core.function import function
from sheet.core.types import Value


@function
def EDATE(start: Value, months: Value) -> int:
    """Return the serial number of the same day so many months later.

    Where that month is too short, it is the last day of it.
    """
    return to_serial(add_months(to_date(start), to_integer(months)))
