"""The spreadsheet function SUMIF."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def SUMIF(cells_to_test: Argument, criterion: Argument, cells_to_add: Argument = None) -> float:
    """Return the sum of the numbers at the positions where ``cells_to_test`` meet ``criterion``.

    Without ``cells_to_add`` the tested cells themselves are added. Ranges of different sizes are ``#VALUE!``.
    """
    raise NotImplementedError
