"""The spreadsheet function SUMIFS."""

import math

from sheet.core.criteria import matching_positions
from sheet.core.function import function
from sheet.core.ranges import cells, numbers
from sheet.core.types import Argument


@function
def SUMIFS(cells_to_add: Argument, *ranges_and_criteria: Argument) -> float:
    """Return the sum of the numbers of ``cells_to_add`` where every range meets its criterion.

    Further arguments are range, criterion, range, criterion, ...; all ranges need the same size
    (``#VALUE!``).
    """
    positions = matching_positions(cells_to_add, "<>", *ranges_and_criteria)
    found = list(cells(cells_to_add))
    return math.fsum(numbers([[found[position] for position in positions]]))
