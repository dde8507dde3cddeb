"""The spreadsheet function T."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def T(value: Value) -> str:
    """Return ``value`` when it is a text, else an empty text."""
    return value if isinstance(value, str) else ""
