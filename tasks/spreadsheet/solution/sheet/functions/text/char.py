"""The spreadsheet function CHAR."""

from sheet.core.coerce import to_integer
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def CHAR(code: Value) -> str:
    """Return the character with this number from 1 to 255; others are ``#VALUE!``."""
    number = to_integer(code)
    if not 1 <= number <= 255:
        raise value_error("a character number lies from 1 to 255")
    return chr(number)
