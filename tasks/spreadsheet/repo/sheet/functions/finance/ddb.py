"""The spreadsheet function DDB."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DDB(cost: Value, salvage: Value, life: Value, period: Value, factor: Value = 2) -> float:
    """Return the depreciation in one period by the double-declining balance method, or by another ``factor``.

    The value never falls below ``salvage``. ``#NUM!`` for impossible numbers.
    """
    raise NotImplementedError
