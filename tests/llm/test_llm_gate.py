"""The gate: slots, throttling, wrong keys; and a storm over real sockets."""

import asyncio
import heapq
from dataclasses import dataclass, field

import pytest

from swarm.errors import AccessDenied, EndpointError, EndpointUnavailable, RateLimited
from swarm.llm import ChatModel, Endpoint
from swarm.llm.gate import Entry, Gate
from tests.llm.llm_servers import HELLO, Exchange, FakeTime, error, question, response, serving


@dataclass
class QueuedTime:
    """A clock for many sleepers: it jumps to the next one to wake when the test says so."""

    now: float = 0.0
    sleepers: list[tuple[float, int, asyncio.Event]] = field(default_factory=list)
    count: int = 0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.count += 1
        woken = asyncio.Event()
        heapq.heappush(self.sleepers, (self.now + seconds, self.count, woken))
        await woken.wait()

    async def wake_next(self) -> None:
        self.now, _, woken = heapq.heappop(self.sleepers)
        woken.set()
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def ignore(error: EndpointError, seconds: float) -> None:
    pass


async def test_a_closed_gate_opens_for_a_growing_number() -> None:
    timer = QueuedTime()
    gate = Gate(1_000, clock=timer.clock, sleep=timer.sleep)
    passed: list[float] = []

    async def call() -> None:
        async with gate.slot(ignore) as entry:
            passed.append(timer.now)
            entry.answered(200)

    gate.close(RateLimited("x"), 20)
    async with asyncio.TaskGroup() as group:
        for _ in range(63):
            group.create_task(call())
        await settle()
        while timer.sleepers:
            await timer.wake_next()
    assert passed[0] == 20
    assert [sum(moment < 20.99 + second for moment in passed) for second in range(6)] == [1, 3, 7, 15, 31, 63]


async def test_a_gate_closed_again_holds_back_those_who_have_not_passed() -> None:
    timer = QueuedTime()
    gate = Gate(1_000, clock=timer.clock, sleep=timer.sleep)
    passed: list[float] = []

    async def call() -> None:
        async with gate.slot(ignore):
            if not passed:
                gate.close(RateLimited("x"), 30)
            passed.append(timer.now)

    gate.close(RateLimited("x"), 20)
    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(call())
        await settle()
        while timer.sleepers:
            await timer.wake_next()
    assert passed[0] == 20
    assert all(moment >= 50 for moment in passed[1:])


async def test_after_a_closure_few_calls_run_ahead_of_their_answers() -> None:
    timer = FakeTime()
    gate = Gate(1_000, clock=timer.clock, sleep=timer.sleep)
    inside: list[Entry] = []
    over = asyncio.Event()

    async def call() -> None:
        async with gate.slot(ignore) as entry:
            inside.append(entry)
            await over.wait()

    gate.close(RateLimited("x"), 20)
    async with asyncio.TaskGroup() as group:
        for _ in range(40):
            group.create_task(call())
        reached = []
        for _ in range(4):
            await settle()
            reached.append(len(inside))
            for entry in inside:
                entry.answered(200)
        assert reached == [1, 3, 6, 10]
        timer.now += 60
        over.set()
    assert len(inside) == 40


async def test_until_the_key_is_proven_calls_go_one_at_a_time() -> None:
    timer = FakeTime()
    gate = Gate(10, clock=timer.clock, sleep=timer.sleep)
    inside: list[Entry] = []
    leave = [asyncio.Event() for _ in range(5)]

    async def call(number: int) -> None:
        async with gate.slot(ignore) as entry:
            inside.append(entry)
            await leave[number].wait()

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(call(number))
        await settle()
        assert len(inside) == 1
        leave[0].set()
        await settle()
        assert len(inside) == 2
        inside[1].answered(500)
        await settle()
        assert len(inside) == 5
        for event in leave:
            event.set()


async def test_a_denied_key_is_refused_until_a_call_succeeds() -> None:
    timer = FakeTime()
    gate = Gate(10, clock=timer.clock, sleep=timer.sleep)
    async with gate.slot(ignore) as entry:
        entry.answered(200)
        gate.deny(AccessDenied("no", status=401))
        with pytest.raises(AccessDenied):
            async with gate.slot(ignore):
                pass
        entry.answered(503)
        with pytest.raises(AccessDenied):
            async with gate.slot(ignore):
                pass
        entry.answered(200)
    async with gate.slot(ignore):
        pass


async def test_f01_a_storm_of_two_hundred_agents_sends_little_more_than_is_permitted() -> None:
    """The server takes 40 calls in each 10 s and refuses the rest until they are over."""
    agents, permitted, period_s = 200, 40, 10
    timer = QueuedTime()
    taken: dict[int, int] = {}
    done = 0

    async def handle(exchange: Exchange) -> bool | None:
        period, into = divmod(timer.now, period_s)
        taken[int(period)] = taken.get(int(period), 0) + 1
        if taken[int(period)] <= permitted:
            return await HELLO(exchange)
        return await error(429, "slow down", headers={"retry_after": f"{period_s - into:.3f}"})(exchange)

    async def agent() -> None:
        nonlocal done
        await model.reply(question(), delayed=ignore)
        done += 1

    seed = iter(range(10**9))
    async with serving(handle) as server, asyncio.TaskGroup() as group:
        endpoint = Endpoint(server.base_url, model="m", max_in_flight=agents)
        model = ChatModel(endpoint, random=lambda: next(seed) * 0.618 % 1, clock=timer.clock, sleep=timer.sleep)
        for _ in range(agents):
            group.create_task(agent())
        while done < agents:
            # Time stands still while anybody has something to do.
            await asyncio.sleep(0.001)
            if done + len(timer.sleepers) + len(model._gate._waiting) == agents and timer.sleepers:
                await timer.wake_next()
        await model.close()
    assert sum(taken.values()) == len(server.received)
    _, *after_the_first_burst = (taken[period] for period in sorted(taken))
    assert sum(after_the_first_burst) <= 1.1 * permitted * len(after_the_first_burst)


async def test_f10_agents_on_a_dead_endpoint_do_not_stampede() -> None:
    timer = FakeTime()
    model = ChatModel(
        Endpoint("http://127.0.0.1:9/v1", model="m"), random=lambda: 0.5, clock=timer.clock, sleep=timer.sleep
    )
    results = await asyncio.gather(
        *(model.reply(question(), delayed=ignore) for _ in range(20)), return_exceptions=True
    )
    assert all(isinstance(result, EndpointUnavailable) for result in results)
    await model.close()


async def test_f38_a_key_revoked_midway_stops_everyone_until_a_success() -> None:
    async with serving(HELLO, response(401), HELLO) as server:
        timer = FakeTime()
        model = ChatModel(
            Endpoint(server.base_url, model="m"), random=lambda: 0.5, clock=timer.clock, sleep=timer.sleep
        )
        await model.reply(question(), delayed=ignore)
        for _ in range(5):
            with pytest.raises(AccessDenied):
                await model.reply(question(), delayed=ignore)
        assert len(server.received) == 2
        await model.close()
