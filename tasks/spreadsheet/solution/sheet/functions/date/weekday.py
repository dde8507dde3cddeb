"""The spreadsheet function WEEKDAY."""

from sheet.core.coerce import to_integer
from sheet.core.dates import to_date
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def WEEKDAY(serial: Value, kind: Value = 1) -> int:
    """Return the number of the day of the week.

    ``kind``: 1 Sunday is 1, 2 Monday is 1, 3 Monday is 0, 11 to 17 the first day is Monday to Sunday and has
    number 1. Others are ``#NUM!``.
    """
    day, chosen = to_date(serial).weekday(), to_integer(kind)
    if chosen == 3:
        return day
    first = {1: 6, 2: 0}.get(chosen, chosen - 11)
    if chosen not in {1, 2} and not 11 <= chosen <= 17:
        raise num_error("no such numbering")
    return (day - first) % 7 + 1
