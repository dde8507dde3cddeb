"""The spreadsheet function DATEVALUE."""

from sheet.core.coerce import to_text
from sheet.core.dates import parse_date, to_serial
from sheet.core.function import function
from sheet.core.types import Value


@function
def DATEVALUE(text: Value) -> int:
    """Return the serial number of the day that ``text`` spells as year-month-day.

    Anything else is ``#VALUE!``.
    """
    return to_serial(parse_date(to_text(text)))
