"""From a text to tokens."""

import re
from dataclasses import dataclass

from calc.errors import CalcError
from calc.places import place

_TOKEN = re.compile(r"(?P<blank>[ \t]+|#[^\n]*)|(?P<number>\d+(\.\d+)?)|(?P<name>[a-z_]\w*)|(?P<sign>[-+*/^()=,])|(?P<end>\n|;)", re.ASCII)


@dataclass(frozen=True)
class Token:
    """A piece of the text: its kind (``number``, ``name``, ``sign`` or ``end``), its text, and where it is."""

    kind: str
    text: str
    place: str


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text. Blanks and comments (from ``#`` to the end of the line) are left out.

    A line feed and a semicolon are tokens of kind ``end``; one more is added at the end of the text.

    Raises:
        CalcError: a sign that is no part of the language; the message is ``SIGN is not known``, with its place.
    """
    found: list[Token] = []
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise CalcError(f"{text[offset]} is not known", place(text, offset))
        if match.lastgroup != "blank":
            kind = next(name for name in ("number", "name", "sign", "end") if match[name] is not None)
            found.append(Token(kind, match[0], place(text, offset)))
        offset = match.end()
    return [*found, Token("end", "", place(text, len(text)))]
