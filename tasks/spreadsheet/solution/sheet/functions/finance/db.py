"""The spreadsheet function DB."""

from sheet.core.coerce import to_integer, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def DB(cost: Value, salvage: Value, life: Value, period: Value, month: Value = 12) -> float:
    """Return the depreciation in one period by the fixed-declining balance method.

    The rate 1 - (salvage / cost) ^ (1 / life) is rounded to three decimals; the first year has ``month``
    months, the period after the last one the rest. ``#NUM!`` for impossible numbers.
    """
    value, rest, years = to_number(cost), to_number(salvage), to_number(life)
    wanted, months = to_integer(period), to_integer(month)
    if (
        value <= 0
        or rest < 0
        or years <= 0
        or not 1 <= months <= 12
        or not 1 <= wanted <= years + (months < 12)
    ):
        raise num_error("these numbers do not describe an asset")
    rate = round(1 - (rest / value) ** (1 / years), 3)
    loss = value * rate * months / 12
    for year in range(2, wanted + 1):
        value -= loss
        share = (12 - months) / 12 if year > years else 1
        loss = value * rate * share
    return loss
