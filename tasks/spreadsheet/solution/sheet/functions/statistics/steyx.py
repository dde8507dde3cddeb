"""The spreadsheet function STEYX."""

import math

from sheet.core.errors import div_error
from sheet.core.function import function
from sheet.core.ranges import pairs
from sheet.core.statistics import line_through
from sheet.core.types import Argument


@function
def STEYX(known_y: Argument, known_x: Argument) -> float:
    """Return the standard error of the y that a least-squares line predicts.

    ``#DIV/0!`` for fewer than three points or when all x are equal.
    """
    points = pairs(known_x, known_y)
    slope, intercept = line_through(points)
    if len(points) < 3:
        raise div_error("three points are wanted")
    residues = math.fsum((y - intercept - slope * x) ** 2 for x, y in points)
    return math.sqrt(residues / (len(points) - 2))
