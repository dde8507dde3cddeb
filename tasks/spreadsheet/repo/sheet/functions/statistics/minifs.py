"""The spreadsheet function MINIFS."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def MINIFS(cells_to_compare: Argument, *ranges_and_criteria: Argument) -> float:
    """Return the smallest number at the positions where every range meets its criterion.

    0 when there is none.
    """
    raise NotImplementedError
