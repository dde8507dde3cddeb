"""The spreadsheet function IMPRODUCT."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def IMPRODUCT(*numbers_to_multiply: Argument) -> str:
    """Return the product of complex numbers; blanks in ranges are skipped."""
    raise NotImplementedError
