"""The spreadsheet function IMCONJUGATE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IMCONJUGATE(number: Value) -> str:
    """Return a complex number with the opposite imaginary part."""
    raise NotImplementedError
