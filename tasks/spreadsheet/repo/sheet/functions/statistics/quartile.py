"""The spreadsheet function QUARTILE."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def QUARTILE(values: Argument, quarter: Value) -> float:
    """Return the smallest number, a quartile or the largest, for ``quarter`` 0 to 4; others are ``#NUM!``."""
    raise NotImplementedError
