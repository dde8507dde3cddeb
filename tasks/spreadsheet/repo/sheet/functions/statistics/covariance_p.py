"""The spreadsheet function COVARIANCE.P."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def COVARIANCE_P(x: Argument, y: Argument) -> float:
    """Return the covariance of two ranges taken as a whole population.

    ``#N/A`` for different sizes, ``#DIV/0!`` without pairs of numbers.
    """
    raise NotImplementedError
