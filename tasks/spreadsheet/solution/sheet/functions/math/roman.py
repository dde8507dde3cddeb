"""The spreadsheet function ROMAN."""

from sheet.core.coerce import to_integer
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value

_NUMERALS = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


@function
def ROMAN(number: Value) -> str:
    """Return ``number`` without its fraction as a Roman numeral in the classic form.

    0 is an empty text. ``#VALUE!`` when it is negative or above 3999.
    """
    rest = to_integer(number)
    if not 0 <= rest <= 3999:
        raise value_error("Roman numerals reach from 0 to 3999")
    numeral = ""
    for worth, letters in _NUMERALS:
        count, rest = divmod(rest, worth)
        numeral += letters * count
    return numeral
