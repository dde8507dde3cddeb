"""The spreadsheet function Z.TEST."""

import math

from sheet.core.coerce import to_number
from sheet.core.distributions import normal_cumulative
from sheet.core.errors import na_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import mean, variance
from sheet.core.types import Argument, Value


@function
def Z_TEST(values: Argument, expected: Value, deviation: Value = None) -> float:
    """Return the probability that a sample has a larger mean, if ``expected`` is the true one.

    Without ``deviation`` that of the sample is taken. ``#N/A`` without numbers.
    """
    found = numbers(values)
    if not found:
        raise na_error("no numbers")
    spread = math.sqrt(variance(found, sample=True)) if deviation is None else to_number(deviation)
    return 1 - normal_cumulative((mean(found) - to_number(expected)) / (spread / math.sqrt(len(found))))
