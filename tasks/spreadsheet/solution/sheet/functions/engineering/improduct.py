"""The spreadsheet function IMPRODUCT."""

import math

from sheet.core.complexes import format_complex, parse_complex, suffix_of
from sheet.core.function import function
from sheet.core.ranges import cells
from sheet.core.types import Argument


@function
def IMPRODUCT(*numbers_to_multiply: Argument) -> str:
    """Return the product of complex numbers; blanks in ranges are skipped."""
    factors = [cell for cell in cells(*numbers_to_multiply) if cell is not None]
    return format_complex(math.prod(map(parse_complex, factors)), suffix_of(*factors))
