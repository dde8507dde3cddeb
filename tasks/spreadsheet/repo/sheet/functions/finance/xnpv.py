"""The spreadsheet function XNPV."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def XNPV(rate: Value, flows: Argument, dates: Argument) -> float:
    """Return the value, on the first day, of cash flows on any days.

    ``#NUM!`` for different counts, an earlier day than the first, or a rate of -1 or less.
    """
    raise NotImplementedError
