"""Numbers in bases 2, 8 and 16, written with ten digits in two's complement."""

from sheet.core.coerce import to_integer, to_text
from sheet.core.errors import num_error
from sheet.core.types import Argument

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WIDTH = 10


def to_digits(number: int, base: int) -> str:
    """Return a number of at least 0 in ``base`` (2 to 36), with upper-case letters."""
    digits = ""
    while number >= base:
        number, digit = divmod(number, base)
        digits = DIGITS[digit] + digits
    return DIGITS[number] + digits


def parse_signed(value: Argument, base: int) -> int:
    """Return the number that ``value`` spells in ``base``, with at most ten digits.

    Ten digits whose first bit is set are negative (two's complement): ``"FFFFFFFFFF"`` is -1. Blank is 0. A
    wrong digit or too many of them are ``#NUM!``.
    """
    text = to_text(value).strip().upper() or "0"
    if len(text) > _WIDTH or any(character not in DIGITS[:base] for character in text):
        raise num_error(f"{text!r} is not a number in base {base}")
    number = int(text, base)
    modulus = base**_WIDTH
    return number - modulus if number >= modulus // 2 else number


def format_signed(number: int, base: int, places: Argument = None) -> str:
    """Return ``number`` in ``base``, in two's complement of ten digits when it is negative.

    ``places`` is the least number of digits of a number that is not negative. ``#NUM!`` when the number needs
    more digits than ``places`` or does not fit ten, or when ``places`` is not 1 to 10.
    """
    modulus = base**_WIDTH
    if not -(modulus // 2) <= number < modulus // 2:
        raise num_error("the number does not fit ten digits")
    if number < 0:
        return to_digits(number + modulus, base)
    text = to_digits(number, base)
    if places is None:
        return text
    width = to_integer(places)
    if not len(text) <= width <= _WIDTH:
        raise num_error("that many places cannot hold the number")
    return text.rjust(width, "0")
