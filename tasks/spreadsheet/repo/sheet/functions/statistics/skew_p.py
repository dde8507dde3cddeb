"""The spreadsheet function SKEW.P."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def SKEW_P(*values: Argument) -> float:
    """Return the skewness of a whole population; ``#DIV/0!`` without variation."""
    raise NotImplementedError
