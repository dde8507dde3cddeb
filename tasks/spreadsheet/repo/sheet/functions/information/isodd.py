"""The spreadsheet function ISODD."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ISODD(number: Value) -> bool:
    """Tell whether ``number`` without its fraction is odd.

    ``#VALUE!`` for text that is no number or a truth value.
    """
    raise NotImplementedError
