"""The spreadsheet function LEN."""

from sheet.core.coerce import to_text
from sheet.core.function import function
from sheet.core.types import Value


@function
def LEN(text: Value) -> int:
    """Return the number of characters that the value shows."""
    return len(to_text(text))
