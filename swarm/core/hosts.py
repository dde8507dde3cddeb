"""The hosts that a task lets its commands reach: ``pypi.org``, ``*.example.org``, ``localhost.example:8443``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

_RULE = re.compile(r"(\*\.)?([a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*)(?::(\d{1,5}))?")
_PORTS = (80, 443)


@dataclass(frozen=True, slots=True)
class _Rule:
    host: str
    below: bool
    ports: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Which hosts may be reached at which ports; those of HTTP where none is named."""

    rules: tuple[_Rule, ...]
    words: str

    @classmethod
    def of(cls, hosts: Iterable[str]) -> Self:
        """Read rules. Raises ValueError naming one that is none."""
        texts = [text.strip().lower() for text in hosts]
        return cls(tuple(map(_rule, texts)), ", ".join(texts))

    def allows(self, host: str, port: int) -> bool:
        """Whether a host, in lower case, may be reached at a port."""
        return any(
            port in rule.ports and (host.endswith(f".{rule.host}") if rule.below else host == rule.host)
            for rule in self.rules
        )


def _rule(text: str) -> _Rule:
    found = _RULE.fullmatch(text)
    if not found or not 0 < int(found[3] or 1) < 65536:
        raise ValueError(f"{text!r} is not a host; write pypi.org, *.example.org or example.org:8443")
    return _Rule(found[2], bool(found[1]), (int(found[3]),) if found[3] else _PORTS)
