"""The spreadsheet function TAN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def TAN(angle: Value) -> float:
    """Return the tangent of ``angle``, given in radians."""
    raise NotImplementedError
