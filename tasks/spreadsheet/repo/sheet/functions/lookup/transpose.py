"""The spreadsheet function TRANSPOSE."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix


@function
def TRANSPOSE(block: Argument) -> Matrix:
    """Return ``block`` with rows and columns exchanged."""
    raise NotImplementedError
