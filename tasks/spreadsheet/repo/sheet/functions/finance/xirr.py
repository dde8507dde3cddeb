"""The spreadsheet function XIRR."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def XIRR(flows: Argument, dates: Argument, guess: Value = 0.1) -> float:
    """Return the yearly rate at which the present value of cash flows on any days is zero.

    The first flow is the earliest. ``#NUM!`` for different counts, an earlier day, or no payment or receipt.
    """
    raise NotImplementedError
