"""The spreadsheet function FREQUENCY."""

import bisect

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument, Matrix


@function
def FREQUENCY(data: Argument, bins: Argument) -> Matrix:
    """Return, as a column, how many numbers lie in each class.

    ``bins`` are upper bounds, sorted before use; the last of the classes, one more than bounds, takes what is
    above all.
    """
    bounds = sorted(numbers(bins))
    counts = [0] * (len(bounds) + 1)
    for number in numbers(data):
        counts[bisect.bisect_left(bounds, number)] += 1
    return [[count] for count in counts]
