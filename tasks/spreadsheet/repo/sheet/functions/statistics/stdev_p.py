"""The spreadsheet function STDEV.P."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def STDEV_P(*values: Argument) -> float:
    """Return the standard deviation of a whole population; ``#DIV/0!`` without numbers."""
    raise NotImplementedError
