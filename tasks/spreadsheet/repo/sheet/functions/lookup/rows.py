"""The spreadsheet function ROWS."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def ROWS(block: Argument) -> int:
    """Return how many rows ``block`` has; a single value has one."""
    raise NotImplementedError
