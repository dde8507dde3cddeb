"""The spreadsheet function ROUNDUP."""

import decimal

from sheet.core.coerce import to_integer, to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ROUNDUP(number: Value, digits: Value = 0) -> float:
    """Return ``number`` rounded away from zero to ``digits`` decimals.

    Negative ones mean tens, hundreds and so on.
    """
    exact = decimal.Decimal(repr(float(to_number(number))))
    step = decimal.Decimal(1).scaleb(-to_integer(digits))
    return float((exact / step).to_integral_value(decimal.ROUND_UP) * step)
