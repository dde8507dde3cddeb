"""The spreadsheet function TRIMMEAN."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def TRIMMEAN(values: Argument, fraction: Value) -> float:
    """Return the mean without the outermost ``fraction`` of the numbers, half of it at each end.

    As many are left out at both ends, rounded down. ``#NUM!`` unless the fraction is at least 0 and below 1.
    """
    raise NotImplementedError
