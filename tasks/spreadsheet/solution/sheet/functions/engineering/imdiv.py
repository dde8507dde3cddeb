"""The spreadsheet function IMDIV."""

from sheet.core.complexes import format_complex, parse_complex, suffix_of
from sheet.core.function import function
from sheet.core.types import Value


@function
def IMDIV(dividend: Value, divisor: Value) -> str:
    """Return the quotient of two complex numbers; ``#DIV/0!`` for a divisor of 0."""
    return format_complex(parse_complex(dividend) / parse_complex(divisor), suffix_of(dividend, divisor))
