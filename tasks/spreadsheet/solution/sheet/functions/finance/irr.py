"""The spreadsheet function IRR."""

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.finance import net_present_value, solve
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument, Value


@function
def IRR(flows: Argument, guess: Value = 0.1) -> float:
    """Return the rate at which the present value of regular cash flows is zero.

    ``#NUM!`` unless there is at least one payment and one receipt, or when no rate is found.
    """
    amounts = numbers(flows)
    if not amounts or min(amounts) >= 0 or max(amounts) <= 0:
        raise num_error("a payment and a receipt are wanted")
    return solve(lambda rate: net_present_value(rate, amounts), to_number(guess))
