"""The spreadsheet function MODE.MULT."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix


@function
def MODE_MULT(*values: Argument) -> Matrix:
    """Return, as a column in order of appearance, all numbers that occur most often.

    ``#N/A`` when all occur once.
    """
    raise NotImplementedError
