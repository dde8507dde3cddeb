"""Numbers in bases 2, 8 and 16, written with ten digits in two's complement."""

from sheet.core.types import Argument

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def to_digits(number: int, base: int) -> str:
    """Return a number of at least 0 in ``base`` (2 to 36), with upper-case letters."""
    raise NotImplementedError


def parse_signed(value: Argument, base: int) -> int:
    """Return the number that ``value`` spells in ``base``, with at most ten digits.

    Ten digits whose first bit is set are negative (two's complement): ``"FFFFFFFFFF"`` is -1. Blank is 0. A
    wrong digit or too many of them are ``#NUM!``.
    """
    raise NotImplementedError


def format_signed(number: int, base: int, places: Argument = None) -> str:
    """Return ``number`` in ``base``, in two's complement of ten digits when it is negative.

    ``places`` is the least number of digits of a number that is not negative. ``#NUM!`` when the number needs
    more digits than ``places`` or does not fit ten, or when ``places`` is not 1 to 10.
    """
    raise NotImplementedError
