"""The spreadsheet function FISHER."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def FISHER(x: Value) -> float:
    """Return the Fisher transformation of a correlation coefficient.

    ``#NUM!`` unless it is between -1 and 1.
    """
    raise NotImplementedError
