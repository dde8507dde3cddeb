"""The spreadsheet function REPT."""

from sheet.core.coerce import to_integer, to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def REPT(text: Value, times: Value) -> str:
    """Return ``text`` repeated; ``#VALUE!`` for negative times or beyond 32767 characters."""
    content, count = to_text(text), to_integer(times)
    if count < 0 or len(content) * count > 32767:
        raise value_error("the text cannot be repeated that often")
    return content * count
