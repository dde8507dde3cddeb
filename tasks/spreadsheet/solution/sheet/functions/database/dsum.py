"""The spreadsheet function DSUM."""

import math

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.records import selected_values
from sheet.core.types import Argument


@function
def DSUM(database: Argument, field: Argument, criteria: Argument) -> float:
    """Return the sum of a column over the records that meet ``criteria``.

    Text and blanks are skipped; 0 when no number is left, ``#VALUE!`` for an unknown column.
    """
    return math.fsum(numbers([selected_values(database, field, criteria)]))
