"""What a server said, made fit for messages, journals and terminals: pure."""

import re
from collections.abc import Iterable

from swarm.redaction import MASK, redact
from swarm.text import neutralise_line

_SHOWN_CHARACTERS = 300
_READ_CHARACTERS = 8_192
_SHORTEST_SECRET = 4
_KEY_SHAPES = re.compile(
    r"\b(?:sk|rk|pk|key|gsk|hf|xai|tgp)[-_][A-Za-z0-9_\-]{12,}"
    r"|(?<=bearer )[A-Za-z0-9._~+/\-]{8,}=*"
    r"|\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*",
    re.IGNORECASE,
)


def presentable(text: str, secrets: Iterable[str] = ()) -> str:
    """Return text as one short line: secrets masked, nothing in it that a terminal obeys, cut at 300 characters.

    Args:
        text: what a server said.
        secrets: values that must never be shown, whatever they look like.
    """
    line = mask_secrets(neutralise_line(" ".join(text[:_READ_CHARACTERS].split())), secrets)
    return line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 1] + "…"


def mask_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """Return text with the given secrets, and whatever has the shape of a key, masked."""
    text = redact(text)
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, MASK)
    return _KEY_SHAPES.sub(MASK, text)
