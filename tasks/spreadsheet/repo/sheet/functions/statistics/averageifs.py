"""The spreadsheet function AVERAGEIFS."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def AVERAGEIFS(cells_to_average: Argument, *ranges_and_criteria: Argument) -> float:
    """Return the mean of the numbers at the positions where every range meets its criterion.

    Further arguments are range, criterion, range, criterion, .... ``#DIV/0!`` when no number is selected.
    """
    raise NotImplementedError
