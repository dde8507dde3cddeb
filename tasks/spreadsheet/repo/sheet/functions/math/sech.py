"""The spreadsheet function SECH."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SECH(number: Value) -> float:
    """Return the hyperbolic secant of ``number``: one over its hyperbolic cosine, and 0 far from 0."""
    raise NotImplementedError
