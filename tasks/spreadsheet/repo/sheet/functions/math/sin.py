"""The spreadsheet function SIN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SIN(angle: Value) -> float:
    """Return the sine of ``angle``, given in radians."""
    raise NotImplementedError
