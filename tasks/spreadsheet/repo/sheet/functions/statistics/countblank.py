"""The spreadsheet function COUNTBLANK."""

from sheet.core.function import error_aware
from sheet.core.types import Argument


@error_aware
def COUNTBLANK(cells_to_count: Argument) -> int:
    """Return how many cells are blank or hold an empty text."""
    raise NotImplementedError
