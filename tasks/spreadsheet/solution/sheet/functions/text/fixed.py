"""The spreadsheet function FIXED."""

import decimal

from sheet.core.coerce import to_bool, to_integer, to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def FIXED(number: Value, digits: Value = 2, no_commas: Value = False) -> str:
    """Return ``number`` as text with exactly ``digits`` decimals.

    Thousands are divided by commas unless ``no_commas``. Halves are rounded away from zero. Negative
    ``digits`` round before the decimal point.
    """
    places = to_integer(digits)
    step = decimal.Decimal(1).scaleb(-places)
    shown = decimal.Decimal(repr(float(to_number(number))))
    rounded = (shown / step).quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP) * step
    return format(rounded, f"{'' if to_bool(no_commas) else ','}.{max(places, 0)}f")
