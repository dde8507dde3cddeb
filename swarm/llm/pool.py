"""Several endpoints as one model: roles, affinity, load, and failover when one is gone."""

import asyncio
import itertools
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from swarm.errors import (
    AccessDenied,
    ConfigError,
    ContextOverflow,
    EndpointError,
    EndpointUnavailable,
    ModelNotFound,
    QuotaExhausted,
    RateLimited,
    ReplyIncomplete,
    ReplyInvalid,
)
from swarm.llm.client import ChatModel
from swarm.llm.endpoint import Endpoint
from swarm.llm.estimate import estimated_tokens
from swarm.llm.gate import Sleep
from swarm.llm.health import EndpointWatch
from swarm.llm.retry import BOUNDS, MAX_WAITED_S, Bounds
from swarm.llm.routing import SPILL_S, Candidate, ordered
from swarm.llm.tariff import STAND_IN
from swarm.protocols import Delayed, ModelAnswer, ModelRequest

_FAILING_OVER = (
    AccessDenied,
    EndpointUnavailable,
    ModelNotFound,
    QuotaExhausted,
    RateLimited,
    ReplyIncomplete,
    ReplyInvalid,
)
_WITH_OTHERS = Bounds(tries=2, waited_s=SPILL_S)
_LOOK_AGAIN_S = 60.0
_SHORTEST_WAIT_S = 1.0
_KEPT_PINS = 20_000


@dataclass(frozen=True, slots=True)
class _Member:
    endpoint: Endpoint
    model: ChatModel

    def candidate(self, role: str) -> Candidate:
        return Candidate(
            self.endpoint.name,
            self.endpoint.weight,
            self.model.room(role),
            self.endpoint.context_tokens,
            self.endpoint.long_context,
            self.endpoint.is_named_for(role),
        )


class EndpointPool:
    """Asks one of several endpoints, each behind a gate of its own.

    A conversation stays with the endpoint that answered it last. When that one is gone, refuses the key, has no quota
    left or wants to be left alone for long, the next one takes over, and the conversation stays there.

    Args:
        endpoints: who can be asked; their names must differ.
        random: a number in [0, 1), for jitter.
        clock: seconds that never run backwards.
        sleep: waits for seconds.

    Attributes:
        watch: tells of changes of the endpoints' states.

    Raises:
        ConfigError: there is no endpoint, or two have the same name.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        random: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        names = [endpoint.name for endpoint in endpoints]
        if not names:
            raise ConfigError("a pool needs an endpoint")
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ConfigError(f"two endpoints are named {twice}", hint="Give each endpoint a name of its own.")
        self.watch = EndpointWatch(clock)
        self._members = {
            endpoint.name: _Member(
                endpoint, ChatModel(endpoint, random=random, clock=clock, sleep=sleep, watch=self.watch)
            )
            for endpoint in endpoints
        }
        self._clock = clock
        self._sleep = sleep
        self._pins: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._unkeyed = itertools.count()

    def name_for(self, role: str) -> str:
        """Return the model's name at the endpoint that serves most of a role. Raises ConfigError when none does."""
        served, members = self._serving(role)
        first = max(members, key=lambda member: (member.endpoint.is_named_for(served), member.endpoint.weight))
        return first.model.name_for(served)

    async def reply(self, request: ModelRequest, *, delayed: Delayed) -> ModelAnswer:
        """Ask one endpoint after the other until one has answered.

        Raises:
            EndpointError: no complete reply was to be had from any of them.
        """
        role, members = self._serving(request.role)
        request = replace(request, role=role)
        tokens = estimated_tokens(request)
        gives_up_at = self._clock() + MAX_WAITED_S
        while True:
            candidates = self._ordered(request, members, tokens)
            try:
                return await self._ask_in_turn(request, candidates, delayed)
            except RateLimited as error:
                wait_s = max(_SHORTEST_WAIT_S, min(self._soonest(role, members), _LOOK_AGAIN_S))
                if self._clock() + self._soonest(role, members) > gives_up_at:
                    raise
                await delayed(error, wait_s)
                await self._sleep(wait_s)

    async def close(self) -> None:
        """Release connections. Never raises."""
        for member in self._members.values():
            await member.model.close()

    def _serving(self, role: str) -> tuple[str, list[_Member]]:
        for served in (role, STAND_IN):
            members = [member for member in self._members.values() if member.endpoint.serves(served)]
            if members:
                return served, members
        raise ConfigError(
            f"no endpoint serves the role {role!r}", hint=f"Name one with roles = [{role!r}] in the config file."
        )

    def _ordered(self, request: ModelRequest, members: Sequence[_Member], tokens: int) -> list[Candidate]:
        key = request.affinity or f"#{next(self._unkeyed)}"
        pinned = self._pins.get((request.role, key), "")
        return ordered([member.candidate(request.role) for member in members], key=key, pinned=pinned, tokens=tokens)

    def _soonest(self, role: str, members: Sequence[_Member]) -> float:
        waits = [room.wait_s for room in (member.model.room(role) for member in members) if not room.refused]
        return min(waits, default=0.0)

    async def _ask_in_turn(
        self, request: ModelRequest, candidates: Sequence[Candidate], delayed: Delayed
    ) -> ModelAnswer:
        failures: list[EndpointError] = []
        longest = 0
        for place, candidate in enumerate(candidates):
            member = self._members[candidate.name]
            if failures and isinstance(failures[-1], ContextOverflow) and not _is_longer(candidate, longest):
                continue
            others = any(other.usable for other in candidates[place + 1 :])
            try:
                bounds = _WITH_OTHERS if others else replace(BOUNDS, waited_s=_LOOK_AGAIN_S)
                answer = await member.model.reply(request, delayed=delayed, bounds=bounds)
            except _FAILING_OVER as error:
                failures.append(error)
            except ContextOverflow as error:
                failures.append(error)
                longest = max(longest, candidate.context_tokens or 0)
            else:
                self._pin(request, candidate.name)
                return replace(answer, tries=answer.tries + len(failures))
        raise _most_hopeful(failures)

    def _pin(self, request: ModelRequest, name: str) -> None:
        if not request.affinity:
            return
        key = (request.role, request.affinity)
        self._pins[key] = name
        self._pins.move_to_end(key)
        if len(self._pins) > _KEPT_PINS:
            self._pins.popitem(last=False)


def _is_longer(candidate: Candidate, longest: int) -> bool:
    return candidate.long_context or (candidate.context_tokens or 0) > longest


def _most_hopeful(failures: Sequence[EndpointError]) -> EndpointError:
    """Return the failure that is worth waiting for, if there is one: throttling first, then what may pass."""

    def rank(error: EndpointError) -> int:
        if isinstance(error, ContextOverflow):
            return 0
        return 1 if isinstance(error, RateLimited) else 2 if error.retryable else 3

    return min(failures, key=rank)
