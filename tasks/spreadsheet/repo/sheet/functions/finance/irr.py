"""The spreadsheet function IRR."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def IRR(flows: Argument, guess: Value = 0.1) -> float:
    """Return the rate at which the present value of regular cash flows is zero.

    ``#NUM!`` unless there is at least one payment and one receipt, or when no rate is found.
    """
    raise NotImplementedError
