"""The spreadsheet function RIGHT."""

from sheet.core.coerce import to_integer, to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def RIGHT(text: Value, count: Value = 1) -> str:
    """Return the last ``count`` characters; ``#VALUE!`` for a negative count."""
    content, length = to_text(text), to_integer(count)
    if length < 0:
        raise value_error("a count of at least 0 is wanted")
    return content[max(len(content) - length, 0) :]
