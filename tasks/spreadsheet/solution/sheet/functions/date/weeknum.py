"""The spreadsheet function WEEKNUM."""

from sheet.core.coerce import to_integer
from sheet.core.dates import to_date
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def WEEKNUM(serial: Value, kind: Value = 1) -> int:
    """Return the number of the week in the year, where week 1 holds 1 January.

    ``kind``: 1 or 17 weeks begin on Sunday, 2 or 11 on Monday, 12 to 16 on Tuesday to Saturday, 21 counts by
    ISO 8601. Others are ``#NUM!``.
    """
    day, chosen = to_date(serial), to_integer(kind)
    if chosen == 21:
        return day.isocalendar().week
    if chosen not in {1, 2} and not 11 <= chosen <= 17:
        raise num_error("no such numbering")
    first = {1: 6, 2: 0}.get(chosen, chosen - 11)
    new_year = day.replace(month=1, day=1)
    return ((day - new_year).days + (new_year.weekday() - first) % 7) // 7 + 1
