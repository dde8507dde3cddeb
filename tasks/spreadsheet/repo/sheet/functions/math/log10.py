"""The spreadsheet function LOG10."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def LOG10(number: Value) -> float:
    """Return the logarithm of ``number`` to base 10, exact for powers of ten.

    ``#NUM!`` unless it is positive.
    """
    raise NotImplementedError
