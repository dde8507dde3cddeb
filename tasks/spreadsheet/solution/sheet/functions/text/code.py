"""The spreadsheet function CODE."""

from sheet.core.coerce import to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def CODE(text: Value) -> int:
    """Return the number of the first character of ``text``; ``#VALUE!`` for an empty text."""
    content = to_text(text)
    if not content:
        raise value_error("the text is empty")
    return ord(content[0])
