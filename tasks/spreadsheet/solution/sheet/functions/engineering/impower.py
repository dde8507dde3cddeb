"""The spreadsheet function IMPOWER."""

import cmath

from sheet.core.coerce import to_number
from sheet.core.complexes import format_complex, parse_complex, suffix_of
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def IMPOWER(number: Value, exponent: Value) -> str:
    """Return a complex number raised to a real power.

    ``#NUM!`` for 0 raised to 0, ``#DIV/0!`` to a negative power.
    """
    value, power = parse_complex(number), to_number(exponent)
    if value == 0 and power == 0:
        raise num_error("zero to the power zero")
    exact = isinstance(power, int) and abs(power) <= 64
    result = value**power if exact else cmath.rect(abs(value) ** power, cmath.phase(value) * power)
    return format_complex(result, suffix_of(number))
