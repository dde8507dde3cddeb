"""The spreadsheet function DSTDEV."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def DSTDEV(database: Argument, field: Argument, criteria: Argument) -> float:
    """Return the standard deviation of a column, taken as a sample, over the records that meet ``criteria``.

    ``#DIV/0!`` for fewer than two numbers.
    """
    raise NotImplementedError
