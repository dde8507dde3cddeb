"""The spreadsheet function VSTACK."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix


@function
def VSTACK(*blocks: Argument) -> Matrix:
    """Return the blocks below one another; missing cells of narrower blocks are ``#N/A``."""
    raise NotImplementedError
