"""The spreadsheet function NORM.S.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def NORM_S_DIST(z: Value, cumulative: Value) -> float:
    """Return the standard normal distribution: its probability up to ``z``, or its density there."""
    raise NotImplementedError
