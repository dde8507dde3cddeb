"""The spreadsheet function ROUND."""

import decimal

from sheet.core.coerce import to_integer, to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ROUND(number: Value, digits: Value = 0) -> float:
    """Return ``number`` rounded to ``digits`` decimals; halves go away from zero.

    Negative ``digits`` round to tens, hundreds and so on. What counts is the decimal that a cell shows, so
    2.675 is a half.
    """
    exact = decimal.Decimal(repr(float(to_number(number))))
    step = decimal.Decimal(1).scaleb(-to_integer(digits))
    return float((exact / step).quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP) * step)
