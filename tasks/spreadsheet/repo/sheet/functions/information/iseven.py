"""The spreadsheet function ISEVEN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ISEVEN(number: Value) -> bool:
    """Tell whether ``number`` without its fraction is even.

    ``#VALUE!`` for text that is no number or a truth value.
    """
    raise NotImplementedError
