"""The spreadsheet function DB."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DB(cost: Value, salvage: Value, life: Value, period: Value, month: Value = 12) -> float:
    """Return the depreciation in one period by the fixed-declining balance method.

    The rate 1 - (salvage / cost) ^ (1 / life) is rounded to three decimals; the first year has ``month``
    months, the period after the last one the rest. ``#NUM!`` for impossible numbers.
    """
    raise NotImplementedError
