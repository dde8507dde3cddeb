"""Coercion: turn any value into a number, a text or a truth value, the way cells do it."""

import math
import re

from sheet.core.errors import CellError, num_error, value_error
from sheet.core.types import Argument, Value

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][+-]?\d+)?")
_LARGEST_EXACT = 2**53


def scalar(value: Argument) -> Value:
    """Return the single value that ``value`` stands for.

    A matrix of one cell stands for that cell; a larger or empty one is ``#VALUE!``. An error is raised.
    """
    if isinstance(value, list):
        if len(value) != 1 or len(value[0]) != 1:
            raise value_error("a single value is wanted here, not a range")
        value = value[0][0]
    if isinstance(value, CellError):
        raise value
    return value


def parse_number(text: str) -> float | None:
    """Return the number that ``text`` spells, or None.

    Spaces around it, a sign, commas between thousands, an exponent and a final percent sign are allowed: ``"
    1,250.5 "`` is 1250.5 and ``"5%"`` is 0.05. Whole numbers come back as ``int``.
    """
    stripped = text.strip()
    percent = stripped.endswith("%")
    digits = stripped[:-1].rstrip() if percent else stripped
    if not any(character.isdigit() for character in digits) or not _NUMBER.fullmatch(digits):
        return None
    digits = digits.replace(",", "")
    try:
        number: float = int(digits)
    except ValueError:
        try:
            number = float(digits)
        except ValueError:
            return None
    return number / 100 if percent else number


def to_number(value: Argument) -> float:
    """Return ``value`` as a number.

    Blank is 0, TRUE is 1, FALSE is 0, and text must spell a number. Anything else is ``#VALUE!``.
    """
    value = scalar(value)
    if value is None:
        return 0
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    number = parse_number(value)
    if number is None:
        raise value_error(f"{value!r} is not a number")
    return number


def to_integer(value: Argument) -> int:
    """Return ``value`` as a number whose fraction is cut off (towards zero)."""
    return math.trunc(to_number(value))


def to_text(value: Argument) -> str:
    """Return ``value`` as a cell would show it.

    Blank is ``""``, truth values are ``TRUE`` and ``FALSE``, whole numbers have no decimal point, and other
    numbers have at most 15 significant digits with an upper-case exponent.
    """
    value = scalar(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    if value == math.trunc(value) and abs(value) < 1e15:
        return str(math.trunc(value))
    return format(value, ".15g").upper()


def to_bool(value: Argument) -> bool:
    """Return ``value`` as a truth value.

    Numbers are true unless 0, blank is false, and of texts only ``TRUE`` and ``FALSE`` (in any case) count;
    another text is ``#VALUE!``.
    """
    value = scalar(value)
    if isinstance(value, str):
        known = {"TRUE": True, "FALSE": False}
        if value.upper() not in known:
            raise value_error(f"{value!r} is neither TRUE nor FALSE")
        return known[value.upper()]
    return bool(value)


def sort_key(value: Value) -> tuple[int, float | str]:
    """Return a key that orders values: numbers, then texts (case is ignored), FALSE, TRUE, then blanks.

    Values of different kinds never have equal keys. An error is raised.
    """
    value = scalar(value)
    if value is None:
        return (3, 0)
    if isinstance(value, bool):
        return (2, int(value))
    if isinstance(value, str):
        return (1, value.casefold())
    return (0, value)


def clean(result: Argument) -> Argument:
    """Return ``result`` in the form in which cells store it.

    Minus zero becomes 0, integers beyond 2**53 become floats, and in a matrix every cell is cleaned. What is
    not a real, finite number (infinity, not-a-number, a complex number) raises ``#NUM!``.
    """
    if isinstance(result, list):
        return [[_clean_scalar(cell) for cell in row] for row in result]
    return _clean_scalar(result)


def _clean_scalar(value: Value) -> Value:
    if value is None or isinstance(value, (bool, str, CellError)):
        return value
    if isinstance(value, complex):
        raise num_error("the result is not a real number")
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_EXACT else _finite(value)
    return _finite(value)


def _finite(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        raise num_error("the result is too large") from None
    if not math.isfinite(number):
        raise num_error("the result is not finite")
    return number or 0.0
