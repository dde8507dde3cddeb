"""Tokens: cut the text of a formula into its smallest parts."""

import re
from typing import NamedTuple

from sheet.core.errors import name_error

_PATTERN = re.compile(
    r"""\s*(?:
        (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<text>"(?:[^"]|"")*")
      | (?P<error>\#(?:N/A|REF!|NUM!|VALUE!|DIV/0!|NAME\?))
      | (?P<cell>\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}(?![\w.(]))
      | (?P<name>[A-Za-z][\w.]*)
      | (?P<operator><=|>=|<>|[-+*/^&=<>%:(),])
    )""",
    re.VERBOSE,
)


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
    tokens: list[Token] = []
    position = 0
    end = len(formula.rstrip())
    while position < end:
        found = _PATTERN.match(formula, position)
        if not found or not found.lastgroup:
            raise name_error(f"unexpected {formula[position]!r} at position {position}")
        kind = found.lastgroup
        text = found[kind]
        if kind == "text":
            text = text[1:-1].replace('""', '"')
        tokens.append(Token(kind, text, found.start(kind)))
        position = found.end()
    return [*tokens, Token("end", "", end)]
