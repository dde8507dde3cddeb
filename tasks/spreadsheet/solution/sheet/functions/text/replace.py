"""The spreadsheet function REPLACE."""

from sheet.core.coerce import to_integer, to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def REPLACE(text: Value, start: Value, count: Value, replacement: Value) -> str:
    """Return ``text`` with ``count`` characters from position ``start`` (from 1) on replaced.

    ``#VALUE!`` for a start below 1 or a negative count.
    """
    content, first, length = to_text(text), to_integer(start), to_integer(count)
    if first < 1 or length < 0:
        raise value_error("the start is at least 1 and the count at least 0")
    return content[: first - 1] + to_text(replacement) + content[first - 1 + length :]
