"""The spreadsheet function TRIMMEAN."""

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import mean
from sheet.core.types import Argument, Value


@function
def TRIMMEAN(values: Argument, fraction: Value) -> float:
    """Return the mean without the outermost ``fraction`` of the numbers, half of it at each end.

    As many are left out at both ends, rounded down. ``#NUM!`` unless the fraction is at least 0 and below 1.
    """
    ordered, share = sorted(numbers(values)), to_number(fraction)
    if not 0 <= share < 1:
        raise num_error("the fraction is at least 0 and below 1")
    cut = int(len(ordered) * share / 2)
    return mean(ordered[cut : len(ordered) - cut])
