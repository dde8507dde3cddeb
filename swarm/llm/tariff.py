"""Who may answer a role, and what that costs: pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from swarm.core.prices import Price, dearest
from swarm.llm.endpoint import Endpoint

STAND_IN = "worker"
"""Who serves a role that no endpoint is named for serves this one."""


class _Role(NamedTuple):
    """What is asked of a role before each of its calls."""

    dearest: Price | None
    longest_context: int | None


class Tariff:
    """The prices of one or several endpoints.

    Args:
        endpoints: who can be asked; without any, nothing has a price.
    """

    def __init__(self, endpoints: Sequence[Endpoint] = ()) -> None:
        self._endpoints = tuple(endpoints)
        self._by_name = {endpoint.name: endpoint for endpoint in endpoints}
        self._roles: dict[str, _Role] = {}

    def price(self, endpoint: str, model: str) -> Price | None:
        """Return the price of a model at the endpoint of that name."""
        found = self._by_name.get(endpoint)
        return found.prices.get(model) if found else None

    def dearest(self, role: str) -> Price | None:
        """Return the most that a call of a role may cost, whoever answers; None when a price is not known."""
        return self._role(role).dearest

    def longest_context(self, role: str) -> int | None:
        """Return the longest prompt and reply together that each of a role's endpoints takes; None when unknown."""
        return self._role(role).longest_context

    def unpriced(self, roles: Iterable[str]) -> list[str]:
        """Return the models that may answer these roles and have no price."""
        asked = ((endpoint, endpoint.name_for(served)) for role in roles for served, endpoint in self._serving(role))
        return sorted({name for endpoint, name in asked if name not in endpoint.prices})

    def _role(self, role: str) -> _Role:
        found = self._roles.get(role)
        if found is None:
            serving = self._serving(role)
            prices = [endpoint.prices.get(endpoint.name_for(served)) for served, endpoint in serving]
            lengths = [endpoint.context_tokens for _, endpoint in serving if endpoint.context_tokens is not None]
            found = self._roles[role] = _Role(dearest(prices), min(lengths, default=None))
        return found

    def _serving(self, role: str) -> list[tuple[str, Endpoint]]:
        for served in (role, STAND_IN):
            serving = [(served, endpoint) for endpoint in self._endpoints if endpoint.serves(served)]
            if serving:
                return serving
        return []


NO_PRICES = Tariff()
"""The tariff of endpoints whose prices are not known."""
