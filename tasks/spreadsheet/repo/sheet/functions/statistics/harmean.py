"""The spreadsheet function HARMEAN."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def HARMEAN(*values: Argument) -> float:
    """Return the harmonic mean of positive numbers; ``#NUM!`` when one is not positive or there are none."""
    raise NotImplementedError
