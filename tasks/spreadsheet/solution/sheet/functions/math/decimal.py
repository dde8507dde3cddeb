"""The spreadsheet function DECIMAL."""

from sheet.core.bases import DIGITS
from sheet.core.coerce import to_integer, to_text
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def DECIMAL(text: Value, radix: Value) -> int:
    """Return the number that ``text`` spells in base ``radix`` (2 to 36).

    Case and spaces around it are ignored. ``#NUM!`` for another radix or for a character that is no digit of
    it.
    """
    digits, base = to_text(text).strip().upper(), to_integer(radix)
    if not 2 <= base <= 36 or not digits or any(digit not in DIGITS[:base] for digit in digits):
        raise num_error(f"{digits!r} is not a number in base {base}")
    return int(digits, base)
