"""The spreadsheet function INDEX."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def INDEX(block: Argument, row: Value, column: Value = None) -> Argument:
    """Return the cell of ``block`` at ``row`` and ``column``, counted from 1.

    Row 0 is a whole column and column 0 a whole row. In a single row or column one number is enough. Negative
    numbers are ``#VALUE!``, places outside of the block ``#REF!``.
    """
    raise NotImplementedError
