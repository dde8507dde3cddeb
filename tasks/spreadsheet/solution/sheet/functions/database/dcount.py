"""The spreadsheet function DCOUNT."""

from sheet.core.function import function
from sheet.core.ranges import is_number
from sheet.core.records import selected_values
from sheet.core.types import Argument


@function
def DCOUNT(database: Argument, field: Argument, criteria: Argument) -> int:
    """Return how many numbers a column holds in the records that meet ``criteria``."""
    return sum(map(is_number, selected_values(database, field, criteria)))
