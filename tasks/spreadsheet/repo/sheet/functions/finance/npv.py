"""The spreadsheet function NPV."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def NPV(rate: Value, *flows: Argument) -> float:
    """Return the value today of flows that happen at the end of each period, the first one period from now.

    Blanks, text and truth values in ranges are no flows.
    """
    raise NotImplementedError
