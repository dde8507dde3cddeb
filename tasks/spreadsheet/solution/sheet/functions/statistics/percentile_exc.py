"""The spreadsheet function PERCENTILE.EXC."""

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import percentile
from sheet.core.types import Argument, Value


@function
def PERCENTILE_EXC(values: Argument, fraction: Value) -> float:
    """Return the value below which ``fraction`` of the numbers lie, ends excluded.

    The value of rank k stands for k / (n + 1); ``#NUM!`` for a fraction before the first or after the last.
    """
    return percentile(numbers(values), to_number(fraction), exclusive=True)
