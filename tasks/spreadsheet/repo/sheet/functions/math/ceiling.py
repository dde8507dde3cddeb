"""The spreadsheet function CEILING."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def CEILING(number: Value, significance: Value = 1) -> float:
    """Return ``number`` rounded up, towards positive infinity, to a multiple of ``significance``.

    A significance of 0 gives 0; its sign is ignored unless ``number`` is positive and it is negative:
    ``#NUM!``.
    """
    raise NotImplementedError
