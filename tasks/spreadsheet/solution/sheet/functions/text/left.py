"""The spreadsheet function LEFT."""

from sheet.core.coerce import to_integer, to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def LEFT(text: Value, count: Value = 1) -> str:
    """Return the first ``count`` characters; ``#VALUE!`` for a negative count."""
    length = to_integer(count)
    if length < 0:
        raise value_error("a count of at least 0 is wanted")
    return to_text(text)[:length]
