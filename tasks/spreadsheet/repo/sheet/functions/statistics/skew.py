"""The spreadsheet function SKEW."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def SKEW(*values: Argument) -> float:
    """Return the skewness of a sample: positive with a longer tail on the right.

    ``#DIV/0!`` for fewer than three numbers or no variation.
    """
    raise NotImplementedError
