"""The spreadsheet function ISODD."""

from sheet.core.coerce import to_integer
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def ISODD(number: Value) -> bool:
    """Tell whether ``number`` without its fraction is odd.

    ``#VALUE!`` for text that is no number or a truth value.
    """
    if isinstance(number, bool):
        raise value_error("a number is wanted")
    return to_integer(number) % 2 == 1
