"""The spreadsheet function IMEXP."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IMEXP(number: Value) -> str:
    """Return e raised to a complex number."""
    raise NotImplementedError
