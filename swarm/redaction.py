"""Secrets, taken out of text before it is stored, sent to a model, printed or exported.

Two kinds are: values that this process knows to be secret (keys of endpoints, variables of its environment whose names
say so), wherever they turn up; and whatever has the shape of a well-known kind of key. The shapes are few and exact,
because a word of a program that is taken for a key is a word that no agent can read.

What is known is kept for the whole process, as a secret is one wherever it comes from.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

MASK: Final = "[redacted]"

_SHORTEST_VALUE = 8
_SHORTEST_VARIABLE = 12
_LONG_VALUE = 20
_SECRET_NAMES = re.compile(
    r"(?:^|_)(?:KEY|APIKEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|AUTH)(?:_|$)", re.IGNORECASE
)

# Formats as their issuers document them; the lists of gitleaks and of GitHub's secret scanning name the same.
_SHAPES: Final = (
    r"sk-(?=[A-Za-z0-9_-]*[A-Z0-9])[A-Za-z0-9_-]{12,}",  # OpenAI, Anthropic, OpenRouter, DeepSeek
    r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}",  # Stripe
    r"gsk_[A-Za-z0-9]{32,}",  # Groq
    r"xai-[A-Za-z0-9]{32,}",  # xAI
    r"tgp_v1_[A-Za-z0-9_-]{32,}",  # Together
    r"hf_[A-Za-z0-9]{30,}",  # Hugging Face
    r"r8_[A-Za-z0-9]{32,}",  # Replicate
    r"AIza[A-Za-z0-9_-]{35}",  # Google
    r"ya29\.[A-Za-z0-9_-]{20,}",  # Google OAuth
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}",  # AWS
    r"gh[pousr]_[A-Za-z0-9]{36,}",  # GitHub
    r"github_pat_[A-Za-z0-9_]{60,}",  # GitHub
    r"glpat-[A-Za-z0-9_-]{20,}",  # GitLab
    r"xox[abeoprs]-(?=[A-Za-z-]*\d)[A-Za-z0-9-]{10,}",  # Slack
    r"xapp-\d-[A-Za-z0-9-]{20,}",  # Slack
    r"npm_[A-Za-z0-9]{36}",  # npm
    r"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}",  # PyPI
    r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",  # SendGrid
    r"dop_v1_[a-f0-9]{64}",  # DigitalOcean
    r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+",  # JSON web tokens
)
_KEYS = re.compile(rf"(?<![A-Za-z0-9_])(?:{'|'.join(_SHAPES)})")
# Each of the shapes begins with one of these: text without them, nearly all of it, is not searched further. Looking for
# each by itself takes a third of the time of one pattern for all.
_SIGNS: Final = (
    *("sk-", "k_live_", "k_test_", "gsk_", "xai-", "tgp_", "hf_", "r8_", "AIza", "ya29"),
    *("AKIA", "ASIA", "ABIA", "ACCA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_"),
    *("glpat", "xox", "xapp", "npm_", "pypi-", "SG.", "dop_", "eyJ"),
)
_BEARER = re.compile(r"(?i)(\bauthorization\b[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token)\s+)[A-Za-z0-9._~+/=-]{8,}")
_PRIVATE_KEY = re.compile(
    r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)[^-]*(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?"
)

_known: list[str] = []


def know(values: Iterable[str]) -> None:
    """Take values for secrets from now on; those that may be ordinary words (``not-needed``) are left out."""
    new = {value for value in values if len(value) >= _SHORTEST_VALUE and _is_no_word(value)}
    if not new <= set(_known):
        _known[:] = sorted({*_known, *new}, key=len, reverse=True)


def _is_no_word(value: str) -> bool:
    return len(value) >= _LONG_VALUE or any(character.isdigit() or character.isupper() for character in value)


def know_environment(environ: Mapping[str, str]) -> None:
    """Take the values of variables whose names say that they are secret for secrets.

    Values that may be words are left out: ``POSTGRES_PASSWORD=postgres`` must not hide that from every program.
    """
    know(value for name, value in environ.items() if _SECRET_NAMES.search(name) and _looks_secret(value))


def _looks_secret(value: str) -> bool:
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    plain = "/" not in value[:1] and not any(map(str.isspace, value))
    return plain and ((len(value) >= _SHORTEST_VARIABLE and mixed) or len(value) >= _LONG_VALUE)


def redact_known(text: str) -> str:
    """Return text with the values masked that are known to be secret."""
    for value in _known:
        if value in text:
            text = text.replace(value, MASK)
    return text


def redact(text: str) -> str:
    """Return text with all secrets masked that can be told. Doing it twice changes nothing more."""
    return _without_shapes(redact_known(text))


def redact_common(text: str) -> str:
    """Return what :func:`redact` does, of a text that many agents begin with: it is looked through once."""
    return _without_shapes_of_common(redact_known(text))


def _without_shapes(text: str) -> str:
    if any(map(text.__contains__, _SIGNS)):  # a generator would take twice as long, for every output of every tool
        text = _KEYS.sub(MASK, text)
    if "PRIVATE KEY" in text:
        text = _PRIVATE_KEY.sub(rf"\1{MASK}", text)
    if "uthorization" in text or "UTHORIZATION" in text:
        text = _BEARER.sub(rf"\1{MASK}", text)
    return text


_without_shapes_of_common = lru_cache(maxsize=64)(_without_shapes)


def blank_known(data: bytes, before: bytes = b"") -> tuple[bytes, int]:
    """Return bytes with known secrets overwritten by stars, length unchanged.

    Args:
        data: the bytes.
        before: the bytes just before them, in which a secret may have begun.

    Returns:
        ``data`` without secrets, and how many bytes at the end of ``before`` belong to one that ends in ``data``.
    """
    whole, begun = before + data, 0
    for value in _known:
        secret = value.encode()
        place = whole.find(secret)
        while place >= 0:
            begun = max(begun, len(before) - place)
            whole = whole[:place] + b"*" * len(secret) + whole[place + len(secret) :]
            place = whole.find(secret)
    return whole[len(before) :], begun


def longest_known() -> int:
    """Return the length in bytes of the longest value that is known to be secret."""
    return max(len(value.encode()) for value in _known) if _known else 0
