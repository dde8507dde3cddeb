"""From a text to tokens."""

from dataclasses import dataclass


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
    raise NotImplementedError
