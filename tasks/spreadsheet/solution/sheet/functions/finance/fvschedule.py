"""The spreadsheet function FVSCHEDULE."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.ranges import cells
from sheet.core.types import Argument, Value


@function
def FVSCHEDULE(principal: Value, rates: Argument) -> float:
    """Return what ``principal`` grows to under a row of different rates; blanks are rates of 0."""
    return to_number(principal) * math.prod(1 + to_number(rate) for rate in cells(rates))
