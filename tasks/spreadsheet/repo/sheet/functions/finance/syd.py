"""The spreadsheet function SYD."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SYD(cost: Value, salvage: Value, life: Value, period: Value) -> float:
    """Return the depreciation in one period by the sum-of-years' digits method.

    ``#NUM!`` for impossible numbers.
    """
    raise NotImplementedError
