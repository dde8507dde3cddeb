"""The spreadsheet function PERCENTILE.EXC."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def PERCENTILE_EXC(values: Argument, fraction: Value) -> float:
    """Return the value below which ``fraction`` of the numbers lie, ends excluded.

    The value of rank k stands for k / (n + 1); ``#NUM!`` for a fraction before the first or after the last.
    """
    raise NotImplementedError
