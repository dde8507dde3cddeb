"""A simulated endpoint in the process: it takes its time, fails like endpoints do, and keeps a ledger."""

import asyncio
import random
from collections import Counter

from pydantic import TypeAdapter

from swarm.core.messages import Reply
from swarm.errors import (
    AccessDenied,
    ContextOverflow,
    EndpointError,
    EndpointUnavailable,
    QuotaExhausted,
    RateLimited,
    ReplyIncomplete,
    ReplyTooLarge,
    RequestRejected,
)
from swarm.protocols import CallSpool, Delayed, ModelAnswer, ModelRequest
from swarm.testing.simulation.mind import Mind
from swarm.testing.simulation.places import Hands
from swarm.testing.simulation.scenario import Scenario

PASSING = (RateLimited, EndpointUnavailable, ReplyIncomplete)
FATAL = (ReplyTooLarge, RequestRejected, ContextOverflow)
PAUSING = (AccessDenied, QuotaExhausted)
MOST_TRIES = 6
ARRIVES_S = 0.2
"""The longest that a reply takes from its first to its last byte."""

_REPLY = TypeAdapter(Reply)
_END = b"\n[DONE]\n"


def _kept(spool: CallSpool | None) -> Reply | None:
    """Return the reply that a process has received to its last byte before it died, if one has."""
    body = spool.received() if spool is not None else b""
    return _REPLY.validate_json(body.removesuffix(_END)) if body.endswith(_END) else None


class Ledger:
    """What the endpoint was asked, over all processes: how often for each step."""

    def __init__(self, asked: Counter[tuple[str, int]] | None = None) -> None:
        self.asked = Counter() if asked is None else asked


class SimulatedModel:
    """Answers for one process. Implements :class:`swarm.protocols.Model`."""

    def __init__(self, scenario: Scenario, hands: Hands, ledger: Ledger, mind: Mind | None = None) -> None:
        self._scenario = scenario
        self._hands = hands
        self._ledger = ledger
        self._mind = mind or Mind(scenario.temper)

    def name_for(self, role: str) -> str:
        """Return the model's name."""
        return f"simulated-{role}"

    async def close(self) -> None:
        """Nothing to release."""

    async def reply(self, request: ModelRequest, *, delayed: Delayed) -> ModelAnswer:
        """Answer after a while, or fail."""
        if request.probing:
            return await self._answer_probe()
        attempt = request.affinity
        world = self._hands.world
        if request.role == "compactor":
            return await self._summarise(attempt.partition(" ")[0])
        step = world.facts.step_of(attempt, request.messages)
        self._hands.object_to(world.facts.objection_to_call(attempt, step, request.messages, world.clock.elapsed))
        self._hands.object_to(world.objection_to_files(attempt))
        if kept := _kept(request.spool):
            return ModelAnswer(kept, 0.0, 0.0, 1, 0.001, adopted=True)
        if world.received.get(attempt) == step:
            self._hands.object_to(f"{attempt} asks for step {step} again, whose whole reply a process had received")
        self._ledger.asked[attempt, step] += 1
        asked = self._ledger.asked[attempt, step]
        chance = random.Random(f"{self._scenario.seed} {attempt} {step} {asked}")
        began = world.clock.elapsed
        tries = await self._get_through(chance, delayed)
        await asyncio.sleep(chance.random() * self._scenario.temper.slowest_s)
        self._hands.act()
        try:
            reply = self._mind.answer(request.role, request.messages, chance)
        except Exception as error:
            self._hands.object_to(f"the simulated model broke: {type(error).__name__}: {error}")
            raise
        await self._arrive(reply, request.spool)
        world.received[attempt] = step
        seconds = round(world.clock.elapsed - began, 3)
        return ModelAnswer(reply, round(seconds / 2, 3), seconds, tries, 0.001)

    async def _arrive(self, reply: Reply, spool: CallSpool | None) -> None:
        """Read the reply in two pieces, as one reads a stream."""
        body = _REPLY.dump_json(reply) + _END
        middle = len(body) // 2
        if spool is not None:
            spool.begin()
            spool.write(body[:middle])
        await self._hands.take(ARRIVES_S)
        if spool is not None:
            spool.write(body[middle:])

    async def _summarise(self, attempt: str) -> ModelAnswer:
        world = self._hands.world
        self._hands.object_to(world.facts.objection_to_work(attempt, world.clock.elapsed))
        await self._hands.take(5.0)
        return ModelAnswer(Reply("Nothing is certain any more."), 1.0, 2.0, 1)

    async def _answer_probe(self) -> ModelAnswer:
        await self._hands.take(0.5)
        if self._is_out():
            raise EndpointUnavailable("connection refused")
        return ModelAnswer(Reply("yes"), 0.1, 0.1, 1)

    def _is_out(self) -> bool:
        now = self._hands.world.clock.elapsed
        return any(start <= now < end for start, end in self._scenario.outages)

    async def _get_through(self, chance: random.Random, delayed: Delayed) -> int:
        """Fail as often as chance wants it; return how many requests it took."""
        for number in range(1, MOST_TRIES + 1):
            await self._hands.take(0.5)
            error = self._fault(chance)
            if error is None:
                return number
            if not error.retryable or number == MOST_TRIES:
                raise error
            wait_s = error.retry_after_s or 2.0**number
            await delayed(error, wait_s)
            await asyncio.sleep(wait_s)
            self._hands.act()
        raise AssertionError("unreachable")

    def _fault(self, chance: random.Random) -> EndpointError | None:
        if self._is_out():
            return EndpointUnavailable("connection refused")
        if chance.random() < self._scenario.temper.fault:
            passing = chance.choice(PASSING)
            wait_s = chance.uniform(1, 60) if passing is RateLimited else None
            return passing("the endpoint is busy", retry_after_s=wait_s)
        if chance.random() < self._scenario.temper.refused:
            return chance.choice(FATAL if chance.random() < 0.7 else PAUSING)("the endpoint refuses")
        return None
