"""The spreadsheet function MID."""

from sheet.core.coerce import to_integer, to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def MID(text: Value, start: Value, count: Value) -> str:
    """Return ``count`` characters from position ``start`` (from 1) on.

    Beyond the end it is empty. ``#VALUE!`` for a start below 1 or a negative count.
    """
    first, length = to_integer(start), to_integer(count)
    if first < 1 or length < 0:
        raise value_error("the start is at least 1 and the count at least 0")
    return to_text(text)[first - 1 : first - 1 + length]
