"""The spreadsheet function MINVERSE."""

from sheet.core.function import function
from sheet.core.matrices import inverse, numeric_matrix
from sheet.core.types import Argument, Matrix


@function
def MINVERSE(matrix: Argument) -> Matrix:
    """Return the inverse of a square ``matrix`` of numbers.

    ``#NUM!`` when it has none, ``#VALUE!`` when it is not square or holds something else.
    """
    return inverse(numeric_matrix(matrix, square=True))
