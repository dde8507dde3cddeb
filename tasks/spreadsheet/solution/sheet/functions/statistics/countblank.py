"""The spreadsheet function COUNTBLANK."""

from sheet.core.function import error_aware
from sheet.core.ranges import cells
from sheet.core.types import Argument


@error_aware
def COUNTBLANK(cells_to_count: Argument) -> int:
    """Return how many cells are blank or hold an empty text."""
    return sum(1 for cell in cells(cells_to_count) if cell is None or cell == "")
