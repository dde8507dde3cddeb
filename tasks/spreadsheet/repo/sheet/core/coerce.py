"""Coercion: turn any value into a number, a text or a truth value, the way cells do it."""

from sheet.core.types import Argument, Value


def scalar(value: Argument) -> Value:
    """Return the single value that ``value`` stands for.

    A matrix of one cell stands for that cell; a larger or empty one is ``#VALUE!``. An error is raised.
    """
    raise NotImplementedError


def parse_number(text: str) -> float | None:
    """Return the number that ``text`` spells, or None.

    Spaces around it, a sign, commas between thousands, an exponent and a final percent sign are allowed: ``"
    1,250.5 "`` is 1250.5 and ``"5%"`` is 0.05. Whole numbers come back as ``int``.
    """
    raise NotImplementedError


def to_number(value: Argument) -> float:
    """Return ``value`` as a number.

    Blank is 0, TRUE is 1, FALSE is 0, and text must spell a number. Anything else is ``#VALUE!``.
    """
    raise NotImplementedError


def to_integer(value: Argument) -> int:
    """Return ``value`` as a number whose fraction is cut off (towards zero)."""
    raise NotImplementedError


def to_text(value: Argument) -> str:
    """Return ``value`` as a cell would show it.

    Blank is ``""``, truth values are ``TRUE`` and ``FALSE``, whole numbers have no decimal point, and other
    numbers have at most 15 significant digits with an upper-case exponent.
    """
    raise NotImplementedError


def to_bool(value: Argument) -> bool:
    """Return ``value`` as a truth value.

    Numbers are true unless 0, blank is false, and of texts only ``TRUE`` and ``FALSE`` (in any case) count;
    another text is ``#VALUE!``.
    """
    raise NotImplementedError


def sort_key(value: Value) -> tuple[int, float | str]:
    """Return a key that orders values: numbers, then texts (case is ignored), FALSE, TRUE, then blanks.

    Values of different kinds never have equal keys. An error is raised.
    """
    raise NotImplementedError


def clean(result: Argument) -> Argument:
    """Return ``result`` in the form in which cells store it.

    Minus zero becomes 0, integers beyond 2**53 become floats, and in a matrix every cell is cleaned. What is
    not a real, finite number (infinity, not-a-number, a complex number) raises ``#NUM!``.
    """
    raise NotImplementedError
