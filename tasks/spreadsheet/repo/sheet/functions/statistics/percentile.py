"""The spreadsheet function PERCENTILE."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def PERCENTILE(values: Argument, fraction: Value) -> float:
    """Return the value below which ``fraction`` of the numbers lie, ends included and interpolated.

    ``#NUM!`` without numbers or for a fraction outside 0 to 1.
    """
    raise NotImplementedError
