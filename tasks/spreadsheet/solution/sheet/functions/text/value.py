"""The spreadsheet function VALUE."""

import re

from sheet.core.coerce import parse_number, to_text
from sheet.core.dates import parse_date, to_serial
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value

_TIME = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")


@function
def VALUE(text: Value) -> float:
    """Return the number that ``text`` spells: a plain number, a percentage, a date or a time of the day.

    Dates look like ``2024-02-29``, times like ``18:30`` or ``18:30:15``. Other text and truth values are
    ``#VALUE!``.
    """
    if isinstance(text, bool):
        raise value_error("a truth value is not a text")
    content = to_text(text).strip()
    number = parse_number(content)
    if number is not None:
        return number
    found = _TIME.fullmatch(content)
    if found:
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return (hours * 3600 + minutes * 60 + seconds) / 86400
    return to_serial(parse_date(content))
