"""The spreadsheet function DMAX."""

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.records import selected_values
from sheet.core.types import Argument


@function
def DMAX(database: Argument, field: Argument, criteria: Argument) -> float:
    """Return the largest number of a column in the records that meet ``criteria``; 0 when there is none."""
    return max(numbers([selected_values(database, field, criteria)]), default=0)
