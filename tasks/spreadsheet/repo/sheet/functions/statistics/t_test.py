"""The spreadsheet function T.TEST."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def T_TEST(first: Argument, second: Argument, tails: Value, kind: Value) -> float:
    """Return the probability that two samples with equal means differ as much as these do, by Student's test.

    ``tails`` is 1 or 2; ``kind`` 1 compares pairs, 2 samples of equal variance, 3 samples of unequal
    variance. Others are ``#NUM!``, pairs of different sizes ``#N/A``.
    """
    raise NotImplementedError
