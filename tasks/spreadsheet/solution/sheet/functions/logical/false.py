"""The spreadsheet function FALSE."""

from sheet.core.function import function


@function
def FALSE() -> bool:
    """Return the truth value FALSE."""
    return False
