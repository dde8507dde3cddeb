"""The spreadsheet function COLUMNS."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def COLUMNS(block: Argument) -> int:
    """Return how many columns ``block`` has; a single value has one."""
    raise NotImplementedError
