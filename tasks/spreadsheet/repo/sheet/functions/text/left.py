"""The spreadsheet function LEFT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def LEFT(text: Value, count: Value = 1) -> str:
    """Return the first ``count`` characters; ``#VALUE!`` for a negative count."""
    raise NotImplementedError
