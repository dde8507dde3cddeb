"""Tokens: cut the text of a formula into its smallest parts."""

from typing import NamedTuple


class Token(NamedTuple):
    """A part of a formula.

    ``kind`` is ``number``, ``text``, ``error``, ``cell``, ``name``, ``operator`` or ``end``; ``position``
    counts characters from 0.
    """

    kind: str
    text: str
    position: int


def tokenize(formula: str) -> list[Token]:
    """Return the tokens of a formula without its ``=``, and a last one of kind ``end``.

    White space is dropped. The token of a text has no quotes, and its doubled quotes are single ones. A
    character that begins no token is ``#NAME?``.
    """
    raise NotImplementedError
