"""The spreadsheet function TIMEVALUE."""

import re

from sheet.core.coerce import to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value

_TIME = re.compile(r"(?:[\d-]+ +)?(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?: *([AP])M)?", re.IGNORECASE)


@function
def TIMEVALUE(text: Value) -> float:
    """Return the time of the day that ``text`` spells.

    It looks like ``18:30`` or ``6:30:15 PM``, and a date may stand before it. Text of another form is
    ``#VALUE!``.
    """
    found = _TIME.fullmatch(to_text(text).strip())
    if not found:
        raise value_error("that is not a time of the day")
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if found[4] and not 1 <= hour <= 12 or hour > 23:
        raise value_error("there is no such hour")
    if found[4]:
        hour = hour % 12 + (12 if found[4].upper() == "P" else 0)
    return (hour * 3600 + minute * 60 + second) / 86400
