"""The spreadsheet function IMSUB."""

from sheet.core.complexes import format_complex, parse_complex, suffix_of
from sheet.core.function import function
from sheet.core.types import Value


@function
def IMSUB(first: Value, second: Value) -> str:
    """Return the difference of two complex numbers."""
    return format_complex(parse_complex(first) - parse_complex(second), suffix_of(first, second))
