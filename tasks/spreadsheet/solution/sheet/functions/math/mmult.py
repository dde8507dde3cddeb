"""The spreadsheet function MMULT."""

from sheet.core.function import function
from sheet.core.matrices import multiply, numeric_matrix
from sheet.core.types import Argument, Matrix


@function
def MMULT(left: Argument, right: Argument) -> Matrix:
    """Return the product of two matrices of numbers.

    ``#VALUE!`` unless ``left`` has as many columns as ``right`` has rows.
    """
    return multiply(numeric_matrix(left), numeric_matrix(right))
