"""The spreadsheet function TRANSPOSE."""

from sheet.core.function import function
from sheet.core.ranges import as_matrix
from sheet.core.types import Argument, Matrix


@function
def TRANSPOSE(block: Argument) -> Matrix:
    """Return ``block`` with rows and columns exchanged."""
    return [list(column) for column in zip(*as_matrix(block), strict=True)]
