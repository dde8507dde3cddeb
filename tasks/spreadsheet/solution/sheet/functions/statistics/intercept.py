"""The spreadsheet function INTERCEPT."""

from sheet.core.function import function
from sheet.core.ranges import pairs
from sheet.core.statistics import line_through
from sheet.core.types import Argument


@function
def INTERCEPT(known_y: Argument, known_x: Argument) -> float:
    """Return where the least-squares line through the points meets the y-axis.

    ``#N/A`` for different sizes or no points, ``#DIV/0!`` when all x are equal.
    """
    return line_through(pairs(known_x, known_y))[1]
