"""The spreadsheet function REPLACE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def REPLACE(text: Value, start: Value, count: Value, replacement: Value) -> str:
    """Return ``text`` with ``count`` characters from position ``start`` (from 1) on replaced.

    ``#VALUE!`` for a start below 1 or a negative count.
    """
    raise NotImplementedError
