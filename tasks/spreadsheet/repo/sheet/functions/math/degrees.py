"""The spreadsheet function DEGREES."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DEGREES(angle: Value) -> float:
    """Return ``angle``, given in radians, in degrees."""
    raise NotImplementedError
