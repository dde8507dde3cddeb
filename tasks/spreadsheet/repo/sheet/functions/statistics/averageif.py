"""The spreadsheet function AVERAGEIF."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def AVERAGEIF(cells_to_test: Argument, criterion: Argument, cells_to_average: Argument = None) -> float:
    """Return the mean of the numbers at the positions where ``cells_to_test`` meet ``criterion``.

    Without ``cells_to_average`` the tested cells are averaged. ``#DIV/0!`` when no number is selected.
    """
    raise NotImplementedError
