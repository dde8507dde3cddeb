"""The spreadsheet function DSTDEV."""

import math

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.records import selected_values
from sheet.core.statistics import variance
from sheet.core.types import Argument


@function
def DSTDEV(database: Argument, field: Argument, criteria: Argument) -> float:
    """Return the standard deviation of a column, taken as a sample, over the records that meet ``criteria``.

    ``#DIV/0!`` for fewer than two numbers.
    """
    return math.sqrt(variance(numbers([selected_values(database, field, criteria)]), sample=True))
