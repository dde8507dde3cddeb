"""The spreadsheet function GEOMEAN."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def GEOMEAN(*values: Argument) -> float:
    """Return the geometric mean of positive numbers; ``#NUM!`` when one is not positive or there are none."""
    raise NotImplementedError
