"""The spreadsheet function RSQ."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def RSQ(known_y: Argument, known_x: Argument) -> float:
    """Return the square of the correlation: which share of the variation a line explains."""
    raise NotImplementedError
