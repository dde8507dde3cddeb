"""The spreadsheet function UNIQUE."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix, Value


@function
def UNIQUE(block: Argument, by_column: Value = False, only_once: Value = False) -> Matrix:
    """Return the different rows (or columns) in order of appearance, or only those that appear once.

    Texts are compared without case. ``#N/A`` when nothing is left.
    """
    raise NotImplementedError
