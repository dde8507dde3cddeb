"""What was found out about one model at one endpoint: an overruling of its family's dialect, kept as a small file."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlsplit

from swarm.errors import ConfigError
from swarm.llm.dialects import Dialect
from swarm.llm.families import DIALECTS, dialect_for

_WAYS = tuple(item.name for item in fields(Dialect) if item.type in (tuple[str, ...], tuple[bool, ...]))
_ON_OFF = tuple(item.name for item in fields(Dialect) if item.type == tuple[bool, ...])
_SLUG_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one model at one endpoint.

    Attributes:
        base_url: the endpoint.
        model: the model's name there.
        checked: the day of the examination.
        family: the server's family; empty to know it by the address.
        context_length: the model's window in tokens; 0 when it is not known.
        concurrency: how many calls at a time were tried without a refusal; 0 when it was not tried.
        ways: parts of the dialect that are overruled, by the names of :class:`~swarm.llm.dialects.Dialect`.
    """

    base_url: str
    model: str
    checked: str = ""
    family: str = ""
    context_length: int = 0
    concurrency: int = 0
    ways: Mapping[str, tuple[str | bool, ...]] = field(default_factory=dict, hash=False)

    @property
    def file_name(self) -> str:
        """The name of the profile's file: ``HOST_MODEL.toml``."""
        words = f"{urlsplit(self.base_url).netloc}_{self.model}"
        return re.sub(r"[^A-Za-z0-9._-]+", "-", words).strip(".-")[:_SLUG_LIMIT] + ".toml"

    def apply(self, dialect: Dialect) -> Dialect:
        """Return the dialect with the parts that this profile overrules."""
        ways: dict[str, Any] = dict(self.ways)
        return replace(dialect, **ways)

    def to_toml(self) -> str:
        """Return the text of the profile's file."""
        head = {
            "base_url": self.base_url,
            "model": self.model,
            "checked": self.checked,
            "family": self.family,
            "context_length": self.context_length,
            "concurrency": self.concurrency,
        }
        lines = [
            "# What `swarm doctor` found out. Change it to overrule what swarm does, delete it to forget it.",
            *(f"{name} = {json.dumps(value)}" for name, value in head.items()),
            "",
            "# Ways of asking, the best first; what is not named here is as in the server's family.",
            "[ways]",
            *(f"{name} = {json.dumps(list(ways))}" for name, ways in self.ways.items()),
        ]
        return "\n".join(lines) + "\n"


def parse_profile(text: str, source: str) -> Profile:
    """Read the text of a profile's file.

    Args:
        text: TOML.
        source: what errors call the file.

    Raises:
        ConfigError: it is not a profile; names the field.
    """
    try:
        raw = tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"{source}: not valid TOML: {error}") from None
    expected: dict[str, type] = {item.name: str for item in fields(Profile)[:4]}
    expected |= {"context_length": int, "concurrency": int, "ways": dict}
    for name, value in raw.items():
        if name not in expected:
            raise ConfigError(f"{source}: there is no field {name!r}", hint=f"Fields are {', '.join(expected)}.")
        if type(value) is not expected[name]:
            raise ConfigError(f"{source}: field {name!r} has the wrong type")
    if not raw.get("base_url") or not raw.get("model"):
        raise ConfigError(f"{source}: base_url and model must be named")
    if raw.get("family") and raw["family"] not in DIALECTS:
        raise ConfigError(f"{source}: there is no family {raw['family']!r}", hint=f"One of {', '.join(DIALECTS)}.")
    ways = {name: _ways(name, value, source) for name, value in raw.get("ways", {}).items()}
    return Profile(**(raw | {"ways": ways}))


def _ways(name: str, value: object, source: str) -> tuple[str | bool, ...]:
    if name not in _WAYS:
        raise ConfigError(f"{source}: there is no way {name!r}", hint=f"Ways are {', '.join(_WAYS)}.")
    kind = bool if name in _ON_OFF else str
    if not isinstance(value, list) or not all(isinstance(way, kind) for way in value):
        raise ConfigError(f"{source}: ways.{name} must be a list of {'true or false' if kind is bool else 'words'}")
    return tuple(value)


def known_dialect(base_url: str, family: str, profile: Profile | None) -> Dialect:
    """Return the dialect for one model: that of its family, overruled by its profile where there is one.

    Args:
        base_url: the endpoint.
        family: the family that was chosen for it; empty for none.
        profile: what is known of the model.

    Raises:
        ConfigError: there is no family of that name.
    """
    dialect = dialect_for(base_url, family or (profile.family if profile else ""))
    return profile.apply(dialect) if profile else dialect
