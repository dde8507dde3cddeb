"""What a server says of its limits in a response's headers: pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ms|d|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_LARGEST = 1e12
_HEADERS = tuple(
    (what, f"x-ratelimit-limit-{what}", f"x-ratelimit-remaining-{what}", f"x-ratelimit-reset-{what}")
    for what in ("requests", "tokens")
)


@dataclass(frozen=True, slots=True)
class ToldLimit:
    """A limit on ``requests`` or ``tokens``: the whole, what is left, and the seconds until it is whole again."""

    what: str
    limit: float
    remaining: float
    reset_s: float


def told_limits(headers: Mapping[str, str]) -> Iterator[ToldLimit]:
    """Yield the limits that headers tell of; what is no number is passed over. Names are in lower case."""
    for what, of_whole, of_rest, of_reset in _HEADERS:
        whole = headers.get(of_whole)
        if whole is None:
            continue
        limit, remaining = _number(whole), _number(headers.get(of_rest, ""))
        reset_s = duration_s(headers.get(of_reset, ""))
        if limit is not None and remaining is not None and reset_s is not None and 0 <= remaining <= limit and limit:
            yield ToldLimit(what, limit, remaining, reset_s)


def duration_s(text: str) -> float | None:
    """Read a duration such as ``1s``, ``6m0s``, ``120ms``, ``2m59.56s`` or ``7.66`` as seconds; ``None`` for others."""
    text = text.strip()
    plain = _number(text)
    if plain is not None:
        return plain
    parts = _PARTS.findall(text[:64])
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,15}(\.\d{1,9})?", text.strip()) and float(text) < _LARGEST else None
