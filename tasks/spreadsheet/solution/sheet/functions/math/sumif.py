"""The spreadsheet function SUMIF."""

import math

from sheet.core.criteria import matching_positions
from sheet.core.function import function
from sheet.core.ranges import cells, numbers
from sheet.core.types import Argument


@function
def SUMIF(cells_to_test: Argument, criterion: Argument, cells_to_add: Argument = None) -> float:
    """Return the sum of the numbers at the positions where ``cells_to_test`` meet ``criterion``.

    Without ``cells_to_add`` the tested cells themselves are added. Ranges of different sizes are ``#VALUE!``.
    """
    added = cells_to_test if cells_to_add is None else cells_to_add
    positions = matching_positions(cells_to_test, criterion, added, "<>")
    found = list(cells(added))
    return math.fsum(numbers([[found[position] for position in positions]]))
