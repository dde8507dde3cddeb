"""The spreadsheet function SUMIFS."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def SUMIFS(cells_to_add: Argument, *ranges_and_criteria: Argument) -> float:
    """Return the sum of the numbers of ``cells_to_add`` where every range meets its criterion.

    Further arguments are range, criterion, range, criterion, ...; all ranges need the same size
    (``#VALUE!``).
    """
    raise NotImplementedError
