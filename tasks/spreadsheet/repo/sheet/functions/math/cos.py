"""The spreadsheet function COS."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def COS(angle: Value) -> float:
    """Return the cosine of ``angle``, given in radians."""
    raise NotImplementedError
