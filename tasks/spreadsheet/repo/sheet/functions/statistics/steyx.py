"""The spreadsheet function STEYX."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def STEYX(known_y: Argument, known_x: Argument) -> float:
    """Return the standard error of the y that a least-squares line predicts.

    ``#DIV/0!`` for fewer than three points or when all x are equal.
    """
    raise NotImplementedError
