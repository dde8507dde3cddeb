"""The spreadsheet function DEVSQ."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def DEVSQ(*values: Argument) -> float:
    """Return the sum of the squared distances of the numbers from their mean."""
    raise NotImplementedError
