"""The spreadsheet function BASE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def BASE(number: Value, radix: Value, length: Value = 0) -> str:
    """Return the whole part of ``number`` written in base ``radix``, filled with zeros to ``length`` digits.

    Digits above 9 are upper-case letters. ``#NUM!`` for a negative number or length, or a radix that is not 2
    to 36.
    """
    raise NotImplementedError
