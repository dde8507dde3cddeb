"""The spreadsheet function MDETERM."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def MDETERM(matrix: Argument) -> float:
    """Return the determinant of a square ``matrix`` of numbers; ``#VALUE!`` for another one."""
    raise NotImplementedError
