"""The spreadsheet function CONCAT."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def CONCAT(*values: Argument) -> str:
    """Return all the values as one text, ranges row by row; ``#VALUE!`` beyond 32767 characters."""
    raise NotImplementedError
