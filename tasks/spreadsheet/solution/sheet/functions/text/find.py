"""The spreadsheet function FIND."""

from sheet.core.coerce import to_integer, to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def FIND(wanted: Value, text: Value, start: Value = 1) -> int:
    """Return the position, from 1, at which ``wanted`` occurs in ``text``, with regard to case.

    The search begins at position ``start``. ``#VALUE!`` when it does not occur or ``start`` is outside of the
    text.
    """
    content, first = to_text(text), to_integer(start)
    if not 1 <= first <= len(content) + 1:
        raise value_error("the start lies outside of the text")
    position = content.find(to_text(wanted), first - 1)
    if position < 0:
        raise value_error("the text does not occur")
    return position + 1
