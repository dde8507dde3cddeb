"""How a run is carried out: what is recorded of its settings."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """One of several endpoints: its name, its base URL, and its models by role (empty: every other role)."""

    name: str
    base_url: str
    models: dict[str, str]


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a run is carried out; recorded so that a resume knows what changed. Never holds a key.

    Attributes:
        base_url: the endpoint; the first of several.
        models: model name by role.
        sandbox: the level in force: ``bwrap``, ``container``, ``landlock`` or ``none``.
        simulated: the endpoint is the bundled simulation.
        endpoints: all of them, where there are several.
        prices: prices by model, where there is one endpoint, as `--price` takes them.
        degraded: why the sandbox is less than bubblewrap though nobody asked for less; empty when it is not.
    """

    base_url: str
    models: dict[str, str]
    sandbox: str
    simulated: bool = False
    endpoints: tuple[EndpointSettings, ...] = ()
    prices: dict[str, str] = field(default_factory=dict)
    degraded: str = ""


def named_roles(settings: RunSettings) -> frozenset[str]:
    """Return the roles for which a model is named."""
    return frozenset(settings.models).union(*(endpoint.models for endpoint in settings.endpoints))
