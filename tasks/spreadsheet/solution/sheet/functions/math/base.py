"""The spreadsheet function BASE."""

from sheet.core.bases import to_digits
from sheet.core.coerce import to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def BASE(number: Value, radix: Value, length: Value = 0) -> str:
    """Return the whole part of ``number`` written in base ``radix``, filled with zeros to ``length`` digits.

    Digits above 9 are upper-case letters. ``#NUM!`` for a negative number or length, or a radix that is not 2
    to 36.
    """
    value, base, width = to_integer(number), to_integer(radix), to_integer(length)
    if value < 0 or width < 0 or not 2 <= base <= 36:
        raise num_error("a number of at least 0 and a radix of 2 to 36 are wanted")
    return to_digits(value, base).rjust(width, "0")
