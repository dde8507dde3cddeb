"""Patterns of paths in the style of ``.gitignore``."""

import re
from collections.abc import Iterable

from swarm.errors import UsageError


class PathPatterns:
    """A list of patterns; the last one that fits a path decides, ``!`` takes it back.

    A pattern without a slash fits names at any depth; one with a slash begins at the top. ``*`` and ``?`` stop at a
    slash, ``**`` does not. A pattern that fits a folder fits all that is in it.

    Args:
        patterns: the patterns, in order.
        meaning: what an error message calls such a pattern.

    Raises:
        UsageError: a pattern cannot be understood.
    """

    def __init__(self, patterns: Iterable[str], *, meaning: str = "protected") -> None:
        self._rules = [
            (not pattern.startswith("!"), _compile(pattern.removeprefix("!"), meaning)) for pattern in patterns
        ]

    def __bool__(self) -> bool:
        return bool(self._rules)

    def among(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Return those of the paths that the patterns fit."""
        return tuple(path for path in paths if self._fits(path))

    def _fits(self, path: str) -> bool:
        fits = False
        for adds, pattern in self._rules:
            if pattern.fullmatch(path):
                fits = adds
        return fits


def _compile(pattern: str, meaning: str) -> re.Pattern[str]:
    body = pattern.rstrip("/")
    start = "" if "/" in body else "(?:.*/)?"
    pieces = re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?|\[!?[^]/]+\])", body.lstrip("/"))
    translated = "".join(_translate(piece) for piece in pieces)
    try:
        return re.compile(f"{start}{translated}(?:/.*)?", re.DOTALL)
    except re.error as error:
        raise UsageError(f"the {meaning} pattern {pattern!r} cannot be understood: {error}") from error


def _translate(piece: str) -> str:
    wildcards = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if piece in wildcards:
        return wildcards[piece]
    if piece.startswith("[") and piece.endswith("]"):
        negated = piece.startswith("[!")
        members = re.sub(r"([\\^\[&~|])", r"\\\1", piece[2:-1] if negated else piece[1:-1])
        return f"[^/{members}]" if negated else f"[{members}]"
    return re.escape(piece)
