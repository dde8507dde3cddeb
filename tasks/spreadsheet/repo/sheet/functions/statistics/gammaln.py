"""The spreadsheet function GAMMALN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def GAMMALN(number: Value) -> float:
    """Return the natural logarithm of the gamma function; ``#NUM!`` unless ``number`` is positive."""
    raise NotImplementedError
