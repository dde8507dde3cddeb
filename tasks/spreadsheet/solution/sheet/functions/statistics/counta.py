"""The spreadsheet function COUNTA."""

from sheet.core.function import error_aware
from sheet.core.ranges import cells
from sheet.core.types import Argument


@error_aware
def COUNTA(*values: Argument) -> int:
    """Return how many cells are filled, errors and empty texts included."""
    return sum(1 for cell in cells(*values) if cell is not None)
