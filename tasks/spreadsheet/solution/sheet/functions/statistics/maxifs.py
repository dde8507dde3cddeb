"""The spreadsheet function MAXIFS."""

from sheet.core.criteria import matching_positions
from sheet.core.function import function
from sheet.core.ranges import cells, numbers
from sheet.core.types import Argument


@function
def MAXIFS(cells_to_compare: Argument, *ranges_and_criteria: Argument) -> float:
    """Return the largest number at the positions where every range meets its criterion.

    0 when there is none.
    """
    found = list(cells(cells_to_compare))
    positions = matching_positions(cells_to_compare, "<>", *ranges_and_criteria)
    return max(numbers([[found[position] for position in positions]]), default=0)
