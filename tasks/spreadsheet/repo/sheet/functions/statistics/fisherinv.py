"""The spreadsheet function FISHERINV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def FISHERINV(y: Value) -> float:
    """Return the correlation coefficient whose Fisher transformation is ``y``."""
    raise NotImplementedError
