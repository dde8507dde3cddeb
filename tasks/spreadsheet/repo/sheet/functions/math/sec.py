"""The spreadsheet function SEC."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SEC(angle: Value) -> float:
    """Return the secant of ``angle``, given in radians: one over its cosine."""
    raise NotImplementedError
