"""The spreadsheet function NA."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def NA() -> Value:
    """Raise ``#N/A``: a value that is not available."""
    raise NotImplementedError
