"""The spreadsheet function ROMAN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ROMAN(number: Value) -> str:
    """Return ``number`` without its fraction as a Roman numeral in the classic form.

    0 is an empty text. ``#VALUE!`` when it is negative or above 3999.
    """
    raise NotImplementedError
