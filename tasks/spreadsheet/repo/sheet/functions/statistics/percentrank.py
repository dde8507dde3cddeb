"""The spreadsheet function PERCENTRANK."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def PERCENTRANK(values: Argument, x: Value, digits: Value = 3) -> float:
    """Return where ``x`` stands among the numbers, from 0 at the smallest to 1 at the largest.

    Between two numbers it is interpolated. Decimals after the first ``digits`` are cut off. ``#N/A`` when
    ``x`` is outside.
    """
    raise NotImplementedError
