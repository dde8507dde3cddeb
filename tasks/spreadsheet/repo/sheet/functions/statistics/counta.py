"""The spreadsheet function COUNTA."""

from sheet.core.function import error_aware
from sheet.core.types import Argument


@error_aware
def COUNTA(*values: Argument) -> int:
    """Return how many cells are filled, errors and empty texts included."""
    raise NotImplementedError
