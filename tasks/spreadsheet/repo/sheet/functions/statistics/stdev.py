"""The spreadsheet function STDEV."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def STDEV(*values: Argument) -> float:
    """Return the standard deviation of a sample; ``#DIV/0!`` for fewer than two numbers."""
    raise NotImplementedError
