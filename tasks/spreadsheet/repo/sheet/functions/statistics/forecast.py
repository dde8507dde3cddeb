"""The spreadsheet function FORECAST."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def FORECAST(x: Value, known_y: Argument, known_x: Argument) -> float:
    """Return the y at ``x`` on the least-squares line through the known points.

    ``#N/A`` for different sizes or no points, ``#DIV/0!`` when all known x are equal.
    """
    raise NotImplementedError
