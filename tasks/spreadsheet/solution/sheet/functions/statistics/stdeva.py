"""The spreadsheet function STDEVA."""

import math

from sheet.core.function import function
from sheet.core.ranges import numbers_and_text
from sheet.core.statistics import variance
from sheet.core.types import Argument


@function
def STDEVA(*values: Argument) -> float:
    """Return the standard deviation of a sample in which text counts as 0, TRUE as 1 and FALSE as 0."""
    return math.sqrt(variance(numbers_and_text(*values), sample=True))
