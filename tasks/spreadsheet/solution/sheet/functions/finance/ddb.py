"""The spreadsheet function DDB."""

from sheet.core.coerce import to_integer, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def DDB(cost: Value, salvage: Value, life: Value, period: Value, factor: Value = 2) -> float:
    """Return the depreciation in one period by the double-declining balance method, or by another ``factor``.

    The value never falls below ``salvage``. ``#NUM!`` for impossible numbers.
    """
    value, rest, years = to_number(cost), to_number(salvage), to_number(life)
    wanted, speed = to_integer(period), to_number(factor)
    if value < 0 or rest < 0 or years <= 0 or speed <= 0 or not 1 <= wanted <= years:
        raise num_error("these numbers do not describe an asset")
    loss = 0.0
    for _ in range(wanted):
        value -= loss
        loss = min(value * min(speed / years, 1), max(value - rest, 0))
    return loss
