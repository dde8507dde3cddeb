"""The spreadsheet function TRUE."""

from sheet.core.function import function


@function
def TRUE() -> bool:
    """Return the truth value TRUE."""
    raise NotImplementedError
