"""The spreadsheet function SYD."""

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def SYD(cost: Value, salvage: Value, life: Value, period: Value) -> float:
    """Return the depreciation in one period by the sum-of-years' digits method.

    ``#NUM!`` for impossible numbers.
    """
    years, year = to_number(life), to_number(period)
    if years <= 0 or not 1 <= year <= years:
        raise num_error("there is no such period")
    return (to_number(cost) - to_number(salvage)) * (years - year + 1) * 2 / (years * (years + 1))
