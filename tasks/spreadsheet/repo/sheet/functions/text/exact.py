"""The spreadsheet function EXACT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def EXACT(first: Value, second: Value) -> bool:
    """Tell whether two values are the same text, with regard to case."""
    raise NotImplementedError
