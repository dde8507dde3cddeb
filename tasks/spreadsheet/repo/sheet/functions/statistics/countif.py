"""The spreadsheet function COUNTIF."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def COUNTIF(cells_to_test: Argument, criterion: Argument) -> int:
    """Return how many cells meet ``criterion``."""
    raise NotImplementedError
