"""How a run is carried out: what is recorded of its settings."""

from collections.abc import Iterable
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


WORKER = "worker"
"""The role of work for which no other one is named."""

JUDGE = "judge"
"""The role of those who judge work; where no model is named for it, the workers' is asked."""

OF_THE_RUN = frozenset({"planner", JUDGE, "compactor"})
"""Roles that plan, judge and summarise: no work is given to them."""


def named_roles(settings: RunSettings) -> frozenset[str]:
    """Return the roles for which a model is named."""
    return frozenset(settings.models).union(*(endpoint.models for endpoint in settings.endpoints)) - {""}


def roles_for_work(*configured: Iterable[str]) -> tuple[str, ...]:
    """Return the roles that a planner may give work to, the usual one first: those that the run's configuration has.

    Args:
        configured: roles for which a model is named, and those that have limits.
    """
    return (WORKER, *sorted(set().union(*configured) - OF_THE_RUN - {WORKER}))
