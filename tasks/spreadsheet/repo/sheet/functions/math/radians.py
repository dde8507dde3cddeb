"""The spreadsheet function RADIANS."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def RADIANS(angle: Value) -> float:
    """Return ``angle``, given in degrees, in radians."""
    raise NotImplementedError
