"""The spreadsheet function COVARIANCE.S."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def COVARIANCE_S(x: Argument, y: Argument) -> float:
    """Return the covariance of two ranges taken as samples.

    ``#N/A`` for different sizes, ``#DIV/0!`` with fewer than two pairs of numbers.
    """
    raise NotImplementedError
