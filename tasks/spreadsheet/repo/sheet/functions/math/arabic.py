"""The spreadsheet function ARABIC."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ARABIC(text: Value) -> int:
    """Return the number that the Roman numeral ``text`` spells.

    Case and spaces around it are ignored, a leading minus makes it negative, and blank is 0. A letter before
    a larger one is subtracted. Any other character is ``#VALUE!``.
    """
    raise NotImplementedError
