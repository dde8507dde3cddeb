"""The spreadsheet function DECIMAL."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DECIMAL(text: Value, radix: Value) -> int:
    """Return the number that ``text`` spells in base ``radix`` (2 to 36).

    Case and spaces around it are ignored. ``#NUM!`` for another radix or for a character that is no digit of
    it.
    """
    raise NotImplementedError
