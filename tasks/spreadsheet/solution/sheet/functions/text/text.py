"""The spreadsheet function TEXT."""

import datetime
import decimal
import re

from sheet.core.coerce import parse_number, to_number, to_text
from sheet.core.dates import to_date
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value

_NUMERIC = re.compile(r"(?P<whole>[#0,]*[#0])(?:\.(?P<decimals>0+))?(?P<percent>%?)")
_DATE_WORDS = {
    "yyyy": "{0.year:04d}",
    "mm": "{0.month:02d}",
    "dd": "{0.day:02d}",
    "m": "{0.month}",
    "d": "{0.day}",
}


def _as_number(number: float, found: re.Match[str]) -> str:
    places = len(found["decimals"] or "")
    exact = decimal.Decimal(repr(float(number))) * (100 if found["percent"] else 1)
    step = decimal.Decimal(1).scaleb(-places)
    shown = format(
        abs(exact).quantize(step, decimal.ROUND_HALF_UP), f"{',' if ',' in found['whole'] else ''}f"
    )
    whole, point, fraction = shown.partition(".")
    sign = "-" if exact < 0 and shown.strip("0,.") else ""
    return sign + whole.rjust(found["whole"].count("0"), "0") + point + fraction + found["percent"]


def _date_word(word: str, day: datetime.date) -> str:
    if word == "yy":
        return f"{day.year % 100:02d}"
    return _DATE_WORDS[word].format(day)


@function
def TEXT(value: Value, pattern: Value) -> str:
    """Return a number as text in a format.

    A format is one of: ``0`` or ``#`` with an optional comma between thousands (``#,##0``), zeros after a
    point for decimals, a final ``%``; or words of a date out of ``yyyy``, ``yy``, ``mm``, ``dd``, ``m`` and
    ``d``, with any other characters between them. Text is returned as it is; another format is ``#VALUE!``.
    """
    if isinstance(value, str) and parse_number(value) is None:
        return value
    wanted = to_text(pattern)
    found = _NUMERIC.fullmatch(wanted)
    if found:
        return _as_number(to_number(value), found)
    if not re.search("[ymd]", wanted.lower()):
        raise value_error(f"{wanted!r} is not a known format")
    day = to_date(value)
    return re.sub(
        "yyyy|yy|mm|m|dd|d", lambda word: _date_word(word[0].lower(), day), wanted, flags=re.IGNORECASE
    )
