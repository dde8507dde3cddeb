"""The spreadsheet function AVERAGEIF."""

from sheet.core.criteria import matching_positions
from sheet.core.function import function
from sheet.core.ranges import cells, numbers
from sheet.core.statistics import mean
from sheet.core.types import Argument


@function
def AVERAGEIF(cells_to_test: Argument, criterion: Argument, cells_to_average: Argument = None) -> float:
    """Return the mean of the numbers at the positions where ``cells_to_test`` meet ``criterion``.

    Without ``cells_to_average`` the tested cells are averaged. ``#DIV/0!`` when no number is selected.
    """
    averaged = cells_to_test if cells_to_average is None else cells_to_average
    found = list(cells(averaged))
    positions = matching_positions(cells_to_test, criterion, averaged, "<>")
    return mean(numbers([[found[position] for position in positions]]))
