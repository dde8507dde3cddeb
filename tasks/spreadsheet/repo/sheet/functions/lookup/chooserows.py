"""The spreadsheet function CHOOSEROWS."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix


@function
def CHOOSEROWS(block: Argument, *rows: Argument) -> Matrix:
    """Return the given rows of ``block``, counted from 1, or from the end when negative.

    Rows may repeat. ``#VALUE!`` for a row that is not there.
    """
    raise NotImplementedError
