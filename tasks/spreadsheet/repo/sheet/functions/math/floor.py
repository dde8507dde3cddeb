"""The spreadsheet function FLOOR."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def FLOOR(number: Value, significance: Value = 1) -> float:
    """Return ``number`` rounded down, towards negative infinity, to a multiple of ``significance``.

    ``#DIV/0!`` for a significance of 0 (unless ``number`` is 0 too), ``#NUM!`` for a negative one with a
    positive number.
    """
    raise NotImplementedError
