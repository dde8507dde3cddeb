"""The spreadsheet function ARABIC."""

from sheet.core.coerce import to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value

_WORTH = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


@function
def ARABIC(text: Value) -> int:
    """Return the number that the Roman numeral ``text`` spells.

    Case and spaces around it are ignored, a leading minus makes it negative, and blank is 0. A letter before
    a larger one is subtracted. Any other character is ``#VALUE!``.
    """
    numeral = to_text(text).strip().upper()
    letters = numeral.removeprefix("-")
    if any(letter not in _WORTH for letter in letters):
        raise value_error(f"{numeral!r} is not a Roman numeral")
    total = largest = 0
    for letter in reversed(letters):
        worth = _WORTH[letter]
        total += worth if worth >= largest else -worth
        largest = max(largest, worth)
    return -total if numeral.startswith("-") else total
