"""The spreadsheet function HSTACK."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix


@function
def HSTACK(*blocks: Argument) -> Matrix:
    """Return the blocks side by side; missing cells of lower blocks are ``#N/A``."""
    raise NotImplementedError
