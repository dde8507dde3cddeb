"""The spreadsheet function PI."""

import math

from sheet.core.function import function


@function
def PI() -> float:
    """Return the ratio of a circle's circumference to its diameter."""
    return math.pi
