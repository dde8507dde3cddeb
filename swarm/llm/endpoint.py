"""An endpoint: where a model is asked, as whom, under which names, and within which limits."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import urlsplit

from swarm.core.backpressure import SILENCE_S
from swarm.core.prices import Price as Price
from swarm.errors import ConfigError
from swarm.llm.dialects import Dialect
from swarm.llm.profile import Profile, known_dialect
from swarm.redaction import know


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a call may take, in seconds.

    Attributes:
        connect_s: until the connection stands.
        first_event_s: until the headers, and then until the model's first output. Anything the server sends before
            that (keep-alive comments of a queue) counts as life and starts the time anew.
        idle_s: between two data events once the model has begun to answer; comments do not count.
        total_s: for the whole request.
        silence_s: until other calls join a first one that has been neither answered nor refused; refusals come at once.
    """

    connect_s: float = 10.0
    first_event_s: float = 300.0
    idle_s: float = 120.0
    total_s: float = 1_800.0
    silence_s: float = SILENCE_S

    def __post_init__(self) -> None:
        for name in ("connect_s", "first_event_s", "idle_s", "total_s", "silence_s"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"timeouts: {name} must be more than 0 seconds")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint.

    Attributes:
        base_url: the address that ``/chat/completions`` is appended to, with or without ``/v1`` as the server wants.
        api_key: sent as a bearer token; empty for servers without one. Never part of the representation.
        model: the model's name for every role that ``models`` does not name.
        models: model names by role.
        max_in_flight: calls that may be under way at the same time.
        temperature: sampling temperature of first attempts, later ones are warmer; the server's own when ``None``,
            which some servers insist on.
        timeouts: how long a call may take.
        dialect: the server's family (see :mod:`swarm.llm.families`); empty to choose it by the base URL.
        profiles: what is known of its models, by their names.
        name: how people call it in settings, events and reports; the host when empty.
        roles: the roles that it serves beside those that ``models`` names; when empty every role, as a stand-in where
            others are named for one.
        weight: its share of the calls, relative to the other endpoints of a role.
        requests_per_minute: the most calls to be sent in a minute; likewise ``tokens_per_minute``, input and output.
        context_tokens: the longest prompt and reply together; unknown when ``None``.
        long_context: it is the one for long prompts.
        prices: prices by model name.
        tools: how tools are offered: ``native`` calls, one ``action`` a turn, or as ``text``; empty to choose it.
        pin_model: a reply that another model gave than was asked is refused.

    Raises:
        ConfigError: the base URL, the key or a number cannot be used.
    """

    base_url: str
    api_key: str = field(default="", repr=False)
    model: str = ""
    models: Mapping[str, str] = field(default_factory=dict, hash=False)
    max_in_flight: int = 1_000
    temperature: float | None = None
    timeouts: Timeouts = Timeouts()
    dialect: str = ""
    profiles: Mapping[str, Profile] = field(default_factory=dict, hash=False, repr=False)
    name: str = ""
    roles: tuple[str, ...] = ()
    weight: float = 1.0
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    context_tokens: int | None = None
    long_context: bool = False
    prices: Mapping[str, Price] = field(default_factory=dict, hash=False)
    tools: str = ""
    pin_model: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", _checked_url(self.base_url))
        object.__setattr__(self, "api_key", _checked_key(self.api_key))
        know((self.api_key,))
        object.__setattr__(self, "models", MappingProxyType(dict(self.models)))
        object.__setattr__(self, "profiles", MappingProxyType(dict(self.profiles)))
        object.__setattr__(self, "prices", MappingProxyType(dict(self.prices)))
        object.__setattr__(self, "name", self.name or self.host)
        object.__setattr__(self, "roles", tuple(self.roles))
        if self.max_in_flight < 1:
            raise ConfigError("max_in_flight must be at least 1")
        for limit in ("weight", "requests_per_minute", "tokens_per_minute", "context_tokens"):
            value = getattr(self, limit)
            if value is not None and not 0 < value < math.inf:
                raise ConfigError(f"endpoint {self.name}: {limit} must be more than 0")
        if self.temperature is not None and not 0 <= self.temperature <= 2:
            raise ConfigError("the temperature must be between 0 and 2")
        if self.tools not in ("", "native", "action", "text"):
            raise ConfigError(f"there is no way {self.tools!r} to offer tools", hint="Choose native, action or text.")

    @property
    def host(self) -> str:
        """The host, with the port where the base URL names one: how messages call this endpoint."""
        return urlsplit(self.base_url).netloc

    def dialect_of(self, model: str) -> Dialect:
        """Return how to ask a model here, before it has refused anything. Raises ConfigError for an unknown family."""
        dialect = known_dialect(self.base_url, self.dialect, self.profiles.get(model))
        return replace(dialect, tools=(self.tools,)) if self.tools else dialect

    @property
    def main_model(self) -> str:
        """The model that most calls go to: the worker's where there is one. Raises ConfigError when none is named."""
        return self.name_for("worker" if self.serves("worker") or not self.models else next(iter(self.models)))

    def is_named_for(self, role: str) -> bool:
        """Whether it was chosen for a role, and does not just serve every one."""
        return role in self.roles or role in self.models

    def serves(self, role: str) -> bool:
        """Whether it is asked for a role."""
        if role in self.models:
            return True
        return bool(self.model) and (not self.roles or role in self.roles)

    def name_for(self, role: str) -> str:
        """Return the model's name for a role: its own, the default, or that of the workers, as in a pool.

        Raises:
            ConfigError: none of these is named.
        """
        name = self.models.get(role) or self.model or self.models.get("worker")
        if not name:
            raise ConfigError(
                f"no model is named for the role {role!r}", hint="Name one with --model, SWARM_MODEL or OPENAI_MODEL."
            )
        return name


def _checked_url(text: str) -> str:
    hint = "A base URL looks like http://127.0.0.1:8080/v1."
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port  # raises for a port that is not a number
    except ValueError as error:
        raise ConfigError("the base URL is not a URL", hint=hint) from error
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigError("the base URL must start with http:// or https:// and name a host", hint=hint)
    if "@" in parts.netloc:
        raise ConfigError(f"the base URL for {host} holds a user name or password", hint="Give the key as an API key.")
    if parts.query or parts.fragment or not url.isprintable() or " " in url:
        raise ConfigError(f"the base URL for {host} holds a query, a fragment or white space", hint=hint)
    return url


def _checked_key(text: str) -> str:
    key = text.strip()
    if not (key.isascii() and (key.isprintable() or not key)) or " " in key:
        raise ConfigError("the API key holds white space or characters that a header cannot carry")
    return key
