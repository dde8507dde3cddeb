"""The spreadsheet function KURT."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def KURT(*values: Argument) -> float:
    """Return the excess kurtosis of a sample: positive with long tails, negative when flat.

    ``#DIV/0!`` for fewer than four numbers or no variation.
    """
    raise NotImplementedError
