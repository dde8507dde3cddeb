"""The spreadsheet function AVEDEV."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def AVEDEV(*values: Argument) -> float:
    """Return the mean distance of the numbers from their mean; ``#DIV/0!`` without numbers."""
    raise NotImplementedError
