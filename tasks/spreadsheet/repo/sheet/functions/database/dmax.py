"""The spreadsheet function DMAX."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def DMAX(database: Argument, field: Argument, criteria: Argument) -> float:
    """Return the largest number of a column in the records that meet ``criteria``; 0 when there is none."""
    raise NotImplementedError
