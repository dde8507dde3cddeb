"""The spreadsheet function MID."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def MID(text: Value, start: Value, count: Value) -> str:
    """Return ``count`` characters from position ``start`` (from 1) on.

    Beyond the end it is empty. ``#VALUE!`` for a start below 1 or a negative count.
    """
    raise NotImplementedError
