"""The spreadsheet function QUARTILE.EXC."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def QUARTILE_EXC(values: Argument, quarter: Value) -> float:
    """Return a quartile where the ends of the data are not 0 and 4.

    ``quarter`` is 1, 2 or 3, others are ``#NUM!``.
    """
    raise NotImplementedError
