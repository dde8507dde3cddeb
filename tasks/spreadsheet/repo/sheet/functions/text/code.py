"""The spreadsheet function CODE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def CODE(text: Value) -> int:
    """Return the number of the first character of ``text``; ``#VALUE!`` for an empty text."""
    raise NotImplementedError
