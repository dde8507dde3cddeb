"""The spreadsheet function MINIFS."""

from sheet.core.criteria import matching_positions
from sheet.core.function import function
from sheet.core.ranges import cells, numbers
from sheet.core.types import Argument


@function
def MINIFS(cells_to_compare: Argument, *ranges_and_criteria: Argument) -> float:
    """Return the smallest number at the positions where every range meets its criterion.

    0 when there is none.
    """
    found = list(cells(cells_to_compare))
    positions = matching_positions(cells_to_compare, "<>", *ranges_and_criteria)
    return min(numbers([[found[position] for position in positions]]), default=0)
