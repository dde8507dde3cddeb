"""The spreadsheet function REPT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def REPT(text: Value, times: Value) -> str:
    """Return ``text`` repeated; ``#VALUE!`` for negative times or beyond 32767 characters."""
    raise NotImplementedError
