"""The spreadsheet function SEARCH."""

from sheet.core.coerce import to_integer, to_text
from sheet.core.criteria import wildcard_pattern
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def SEARCH(wanted: Value, text: Value, start: Value = 1) -> int:
    """Return the position, from 1, at which ``wanted`` occurs in ``text``, without regard to case.

    ``wanted`` may hold wildcards. ``#VALUE!`` when it does not occur or ``start`` is outside of the text.
    """
    content, first = to_text(text), to_integer(start)
    if not 1 <= first <= len(content) + 1:
        raise value_error("the start lies outside of the text")
    found = wildcard_pattern(to_text(wanted)).search(content, first - 1)
    if found is None:
        raise value_error("the text does not occur")
    return found.start() + 1
