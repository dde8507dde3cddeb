"""The spreadsheet function IMSUM."""

from sheet.core.complexes import format_complex, parse_complex, suffix_of
from sheet.core.function import function
from sheet.core.ranges import cells
from sheet.core.types import Argument


@function
def IMSUM(*numbers_to_add: Argument) -> str:
    """Return the sum of complex numbers; blanks in ranges are skipped."""
    terms = [cell for cell in cells(*numbers_to_add) if cell is not None]
    return format_complex(sum(map(parse_complex, terms)), suffix_of(*terms))
