"""The spreadsheet function NUMBERVALUE."""

from sheet.core.coerce import parse_number, to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def NUMBERVALUE(text: Value, decimal_mark: Value = ".", group_mark: Value = ",") -> float:
    """Return the number that ``text`` spells with the given marks.

    Spaces are ignored, and so are group marks before the decimal mark. Each percent sign at the end divides
    by 100. An empty text is 0. ``#VALUE!`` for anything else, such as two decimal marks.
    """
    point, comma = to_text(decimal_mark)[:1], to_text(group_mark)[:1]
    content = "".join(to_text(text).split())
    digits = content.rstrip("%")
    whole, mark, fraction = digits.partition(point)
    number = parse_number((whole.replace(comma, "") + ("." + fraction if mark else "")) or "0")
    if number is None or comma in fraction:
        raise value_error(f"{content!r} is not a number")
    return number / 100 ** (len(content) - len(digits))
