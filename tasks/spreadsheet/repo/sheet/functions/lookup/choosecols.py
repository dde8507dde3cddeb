"""The spreadsheet function CHOOSECOLS."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix


@function
def CHOOSECOLS(block: Argument, *columns: Argument) -> Matrix:
    """Return the given columns of ``block``, counted from 1, or from the end when negative.

    Columns may repeat. ``#VALUE!`` for a column that is not there.
    """
    raise NotImplementedError
