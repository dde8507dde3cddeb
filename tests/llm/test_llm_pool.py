"""The pool: who is asked, what happens when one is gone, and what is told of it; over real sockets."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.events import EndpointChanged, EndpointState
from swarm.core.messages import Message, Role
from swarm.errors import (
    AccessDenied,
    ConfigError,
    ContextOverflow,
    EndpointError,
    EndpointUnavailable,
    QuotaExhausted,
    RateLimited,
)
from swarm.llm import Endpoint, EndpointPool
from swarm.llm.gate import Room
from swarm.llm.routing import LONG_PROMPT_TOKENS, Candidate, ordered
from tests.llm.llm_servers import HELLO, QUICK, FakeTime, FaultServer, Handler, error, hang_up, question, serving

IDLE = Room(0.0, refused=False, load=0, free=10)
KEYS = [f"subtask-{number}@1" for number in range(2_000)]


async def ignore(fault: EndpointError, seconds: float) -> None:
    pass


@dataclass
class Ring:
    """A pool over fault servers, each named by a letter."""

    pool: EndpointPool
    servers: dict[str, FaultServer]
    time: FakeTime

    async def ask(self, affinity: str = "", **settings: Any) -> str:
        answer = await self.pool.reply(question(affinity=affinity, **settings), delayed=ignore)
        return answer.endpoint

    def counts(self) -> dict[str, int]:
        return {name: len(server.received) for name, server in self.servers.items()}


@asynccontextmanager
async def ring(settings: dict[str, dict[str, Any]], **handlers: list[Handler]) -> AsyncIterator[Ring]:
    servers: dict[str, FaultServer] = {}
    async with serving(*handlers["a"]) as a, serving(*handlers["b"]) as b:
        servers = {"a": a, "b": b}
        time = FakeTime(real_s=0.1)
        endpoints = [
            Endpoint(server.base_url, name=name, timeouts=QUICK, **{"model": f"model-{name}", **settings.get(name, {})})
            for name, server in servers.items()
        ]
        pool = EndpointPool(endpoints, random=lambda: 0.5, clock=time.clock, sleep=time.sleep)
        try:
            yield Ring(pool, servers, time)
        finally:
            await pool.close()


def candidates(*names: str, **rooms: Room) -> list[Candidate]:
    return [Candidate(name, 1.0, rooms.get(name, IDLE)) for name in names]


def first(all_of_them: list[Candidate], key: str, **settings: Any) -> str:
    return ordered(all_of_them, key=key, **{"pinned": "", "tokens": 100, **settings})[0].name


# -- routing -------------------------------------------------------------------------------------------------------


def test_keys_spread_by_weight_and_hardly_move_when_an_endpoint_goes() -> None:
    heavy = [Candidate("a", 3.0, IDLE), Candidate("b", 1.0, IDLE)]
    shares = Counter(first(heavy, key) for key in KEYS)
    assert 0.70 < shares["a"] / len(KEYS) < 0.80
    three, two = candidates("a", "b", "c"), candidates("a", "b")
    moved = [key for key in KEYS if first(three, key) != first(two, key)]
    assert all(first(three, key) == "c" for key in moved)


def test_a_conversation_stays_and_what_is_new_goes_where_there_is_room() -> None:
    full = candidates("a", "b", a=Room(0.0, refused=False, load=100, free=0))
    assert {first(full, key) for key in KEYS} == {"b"}
    assert {first(full, key, pinned="a") for key in KEYS[:50]} == {"a"}


@pytest.mark.parametrize("room", [Room(30.0, refused=False, load=0, free=5), Room(60.0, refused=True, load=0, free=5)])
def test_who_takes_nothing_for_long_loses_even_its_own(room: Room) -> None:
    assert first(candidates("a", "b", a=room), KEYS[0], pinned="a") == "b"
    soon = Room(5.0, refused=False, load=0, free=5)
    assert first(candidates("a", "b", a=soon), KEYS[0], pinned="a") == "a"


def test_long_prompts_go_to_the_endpoints_for_them_and_short_ones_do_not() -> None:
    marked = [Candidate("a", 1.0, IDLE), Candidate("b", 1.0, IDLE, long_context=True)]
    assert {first(marked, key, tokens=LONG_PROMPT_TOKENS) for key in KEYS[:50]} == {"b"}
    assert {first(marked, key, tokens=100, pinned="b") for key in KEYS[:50]} == {"a"}
    sized = [Candidate("a", 1.0, IDLE, context_tokens=8_000), Candidate("b", 1.0, IDLE)]
    assert [each.name for each in ordered(sized, key="k", pinned="a", tokens=7_900)] == ["b"]
    assert len(ordered(sized[:1], key="k", pinned="", tokens=9_000)) == 1


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans(), st.integers(0, 50)), min_size=1, max_size=6), st.text())
def test_everybody_gets_a_turn(states: list[tuple[float, bool, int]], key: str) -> None:
    everyone = [
        Candidate(str(number), 1.0, Room(wait, refused, load, 5)) for number, (wait, refused, load) in enumerate(states)
    ]
    chosen = ordered(everyone, key=key, pinned="0", tokens=10)
    assert {each.name for each in chosen} == {each.name for each in everyone}
    assert [each.room.refused for each in chosen] == sorted(each.room.refused for each in chosen)


# -- failover ------------------------------------------------------------------------------------------------------


async def test_a_conversation_stays_with_the_endpoint_that_answered_it() -> None:
    async with ring({}, a=[HELLO], b=[HELLO]) as pool:
        homes = {key: await pool.ask(key) for key in KEYS[:20]}
        assert set(homes.values()) == {"a", "b"}
        for key, home in homes.items():
            assert await pool.ask(key) == home


@pytest.mark.parametrize(
    ("fault", "requests"),
    [
        (error(401, "Incorrect API key"), 1),
        (error(429, "You exceeded your current quota", code="insufficient_quota"), 1),
        (error(404, "The model does not exist", code="model_not_found"), 1),
        (error(429, "slow down", headers={"retry_after": "300"}), 1),
        (hang_up, 5),
        (error(500, "broken"), 5),
    ],
)
async def test_the_other_one_takes_over_when_one_is_gone(fault: Handler, requests: int) -> None:
    async with ring({}, a=[fault], b=[HELLO]) as pool:
        asked = await asyncio.gather(*(pool.ask(key) for key in KEYS[:200]))
    assert set(asked) == {"b"}
    # One that fails is left alone after five failures; what is on its way at that moment comes on top.
    assert 1 <= pool.counts()["a"] <= 4 * requests


async def test_f38_two_hundred_agents_and_a_wrong_key_cost_one_request_there() -> None:
    async with ring({}, a=[error(401, "Incorrect API key")], b=[HELLO]) as pool:
        await asyncio.gather(*(pool.ask(key) for key in KEYS[:200]))
        assert pool.counts() == {"a": 1, "b": 200}


async def test_f02_a_wait_of_hours_is_no_failure_while_another_endpoint_answers() -> None:
    async with ring({}, a=[error(429, headers={"retry_after": "86400"})], b=[HELLO]) as pool:
        for key in KEYS[:50]:
            await pool.ask(key)
        assert pool.counts()["a"] == 1
        assert pool.time.slept == []


async def test_it_waits_for_the_first_that_opens_when_all_are_throttled() -> None:
    slow, soon = (error(429, headers={"retry_after": seconds}) for seconds in ("400", "40"))
    async with ring({}, a=[slow, HELLO], b=[soon, HELLO]) as pool:
        began = pool.time.now
        assert await pool.ask(KEYS[0]) == "b"
        assert 40 <= pool.time.now - began < 400


async def test_when_nobody_is_left_the_fault_that_may_pass_is_told() -> None:
    denied, empty = error(401, "no"), error(402, "Insufficient Balance")
    async with ring({}, a=[denied], b=[error(500)]) as pool:
        with pytest.raises(EndpointUnavailable):
            await pool.ask(KEYS[0])
    async with ring({}, a=[denied], b=[empty]) as pool:
        with pytest.raises((AccessDenied, QuotaExhausted)):
            await pool.ask(KEYS[0])
        with pytest.raises((AccessDenied, QuotaExhausted)):
            await pool.ask(KEYS[1])
        assert pool.counts() == {"a": 1, "b": 1}
    async with ring({}, a=[error(429, headers={"retry_after": "5000"})], b=[denied]) as pool:
        with pytest.raises(RateLimited):
            await pool.ask(KEYS[0])


async def test_f36_a_prompt_that_is_too_long_goes_to_a_longer_window_only() -> None:
    overflow = error(400, "too long", code="context_length_exceeded")
    settings: dict[str, dict[str, Any]] = {"a": {"weight": 1e6}, "b": {"long_context": True}}
    async with ring(settings, a=[overflow], b=[HELLO]) as pool:
        assert await pool.ask(KEYS[0]) == "b"
    del settings["b"]
    async with ring(settings, a=[overflow], b=[HELLO]) as pool:
        with pytest.raises(ContextOverflow):
            await pool.ask(KEYS[0])
        assert pool.counts() == {"a": 1, "b": 0}


async def test_long_conversations_are_asked_of_the_endpoint_for_them() -> None:
    long = [Message(Role.USER, "x" * 4 * LONG_PROMPT_TOKENS)]
    async with ring({"b": {"long_context": True}}, a=[HELLO], b=[HELLO]) as pool:
        assert await pool.ask("k") == "a"
        assert await pool.ask("k", messages=long) == "b"


# -- roles ---------------------------------------------------------------------------------------------------------


async def test_roles_go_to_who_serves_them_and_others_to_the_worker() -> None:
    settings: dict[str, dict[str, Any]] = {
        "a": {"model": "", "models": {"planner": "large", "judge": "large"}},
        "b": {"roles": ["worker", "compactor"]},
    }
    async with ring(settings, a=[HELLO], b=[HELLO]) as pool:
        asked = {role: await pool.ask("k", role=role) for role in ("planner", "judge", "worker", "compactor", "poet")}
        names = [pool.pool.name_for(role) for role in ("planner", "worker", "poet")]
        sent = [exchange.payload["model"] for server in pool.servers.values() for exchange in server.received]
    assert asked == {"planner": "a", "judge": "a", "worker": "b", "compactor": "b", "poet": "b"}
    assert names == ["large", "model-b", "model-b"]
    assert sent == ["large"] * 2 + ["model-b"] * 3


async def test_who_serves_every_role_stands_in_for_who_is_named_for_one() -> None:
    settings: dict[str, dict[str, Any]] = {"a": {"roles": ["planner"]}, "b": {"weight": 1e6}}
    async with ring(settings, a=[HELLO, error(401)], b=[HELLO]) as pool:
        assert pool.pool.name_for("planner") == "model-a"
        assert [await pool.ask(key, role="planner") for key in KEYS[:3]] == ["a", "b", "b"]


def test_a_pool_that_cannot_work_is_refused() -> None:
    one = Endpoint("http://127.0.0.1:1/v1", model="m", name="same")
    with pytest.raises(ConfigError, match="same"):
        EndpointPool([one, one], random=lambda: 0.5)
    with pytest.raises(ConfigError):
        EndpointPool([], random=lambda: 0.5)
    planner = EndpointPool([Endpoint("http://127.0.0.1:1/v1", models={"planner": "p"})], random=lambda: 0.5)
    with pytest.raises(ConfigError, match="worker"):
        planner.name_for("worker")


# -- what is told --------------------------------------------------------------------------------------------------


async def _listen(pool: EndpointPool, told: list[EndpointChanged]) -> None:
    async for change in pool.watch.changes():
        told.append(change)  # noqa: PERF401 - there is no end to collect them at


async def test_changes_are_told_and_never_many() -> None:
    refusals: list[Handler] = [error(429, headers={"retry_after": "12"})] * 10
    async with ring({"b": {"roles": ["judge"]}}, a=[HELLO, *refusals, HELLO], b=[HELLO]) as pool:
        told: list[EndpointChanged] = []

        listener = asyncio.create_task(_listen(pool.pool, told))
        await pool.ask("warm-up")
        await asyncio.gather(*(pool.ask(key) for key in KEYS[:300]))
        listener.cancel()
    assert {change.state for change in told} == {EndpointState.THROTTLED}
    assert {(change.endpoint, change.code) for change in told} == {("a", "rate_limited")}
    assert 1 <= len(told) <= 11


async def test_an_endpoint_that_is_back_is_told_of() -> None:
    async with ring({"b": {"roles": ["judge"]}}, a=[HELLO, *[error(500)] * 5, HELLO], b=[HELLO]) as pool:
        changes = pool.pool.watch.changes()
        coming = asyncio.ensure_future(anext(changes))
        await pool.ask("k")
        await pool.ask("k")
        down = await coming
        up = await anext(changes)
        await changes.aclose()
    assert (down.state, down.model, up.state) == (EndpointState.DOWN, "model-a", EndpointState.READY)
