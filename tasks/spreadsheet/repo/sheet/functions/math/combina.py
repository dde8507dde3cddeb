"""The spreadsheet function COMBINA."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def COMBINA(number: Value, chosen: Value) -> int:
    """Return in how many ways ``chosen`` things of ``number`` kinds can be picked when kinds may repeat.

    Fractions are cut off. ``#NUM!`` when either is negative, or when there is no kind but something is
    chosen.
    """
    raise NotImplementedError
