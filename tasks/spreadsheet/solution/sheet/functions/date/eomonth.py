"""The spreadsheet function EOMONTH."""

from sheet.core.coerce import to_integer
from sheet.core.dates import add_months, month_length, to_date, to_serial
from sheet.core.function import function
from sheet.core.types import Value


@function
def EOMONTH(start: Value, months: Value) -> int:
    """Return the serial number of the last day of the month that lies so many months later."""
    day = add_months(to_date(start), to_integer(months))
    return to_serial(day.replace(day=month_length(day.year, day.month)))
