"""The spreadsheet function SORTBY."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix, Value


@function
def SORTBY(block: Argument, keys: Argument, order: Value = 1) -> Matrix:
    """Return the rows of ``block`` sorted by the values of a column ``keys`` beside it.

    Equal ones keep their order. ``order`` is 1 for growing or -1 for falling. ``#VALUE!`` for another order
    or keys of another length.
    """
    raise NotImplementedError
