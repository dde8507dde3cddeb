"""The spreadsheet function RIGHT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def RIGHT(text: Value, count: Value = 1) -> str:
    """Return the last ``count`` characters; ``#VALUE!`` for a negative count."""
    raise NotImplementedError
