"""The spreadsheet function NPV."""

from sheet.core.coerce import to_number
from sheet.core.finance import net_present_value
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument, Value


@function
def NPV(rate: Value, *flows: Argument) -> float:
    """Return the value today of flows that happen at the end of each period, the first one period from now.

    Blanks, text and truth values in ranges are no flows.
    """
    interest = to_number(rate)
    return net_present_value(interest, numbers(*flows)) / (1 + interest)
