"""The spreadsheet function FVSCHEDULE."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def FVSCHEDULE(principal: Value, rates: Argument) -> float:
    """Return what ``principal`` grows to under a row of different rates; blanks are rates of 0."""
    raise NotImplementedError
