"""The spreadsheet function SLOPE."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def SLOPE(known_y: Argument, known_x: Argument) -> float:
    """Return the slope of the least-squares line through the points.

    ``#N/A`` for different sizes or no points, ``#DIV/0!`` when all x are equal.
    """
    raise NotImplementedError
