"""The spreadsheet function FREQUENCY."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix


@function
def FREQUENCY(data: Argument, bins: Argument) -> Matrix:
    """Return, as a column, how many numbers lie in each class.

    ``bins`` are upper bounds, sorted before use; the last of the classes, one more than bounds, takes what is
    above all.
    """
    raise NotImplementedError
