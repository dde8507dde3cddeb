"""The spreadsheet function Z.TEST."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def Z_TEST(values: Argument, expected: Value, deviation: Value = None) -> float:
    """Return the probability that a sample has a larger mean, if ``expected`` is the true one.

    Without ``deviation`` that of the sample is taken. ``#N/A`` without numbers.
    """
    raise NotImplementedError
