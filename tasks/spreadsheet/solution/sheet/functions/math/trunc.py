"""The spreadsheet function TRUNC."""

import decimal
import math

from sheet.core.coerce import to_integer, to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def TRUNC(number: Value, digits: Value = 0) -> float:
    """Return ``number`` with all decimals after the first ``digits`` cut off.

    Negative ``digits`` put zeros in place of digits before the point.
    """
    places = to_integer(digits)
    shown = decimal.Decimal(repr(float(to_number(number))))
    return float(math.trunc(shown.scaleb(places)) * decimal.Decimal(10) ** -places)
