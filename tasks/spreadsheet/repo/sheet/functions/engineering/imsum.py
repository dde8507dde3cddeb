"""The spreadsheet function IMSUM."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def IMSUM(*numbers_to_add: Argument) -> str:
    """Return the sum of complex numbers; blanks in ranges are skipped."""
    raise NotImplementedError
