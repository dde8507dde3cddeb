"""The spreadsheet function DAVERAGE."""

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.records import selected_values
from sheet.core.statistics import mean
from sheet.core.types import Argument


@function
def DAVERAGE(database: Argument, field: Argument, criteria: Argument) -> float:
    """Return the mean of a column over the records that meet ``criteria``.

    ``#DIV/0!`` when no number is left.
    """
    return mean(numbers([selected_values(database, field, criteria)]))
