"""The gate: slots, throttling, wrong keys; and a storm over real sockets."""

import asyncio
import heapq
from dataclasses import dataclass, field

import pytest

from swarm.core.backpressure import Backpressure
from swarm.core.events import EndpointState
from swarm.errors import (
    AccessDenied,
    EndpointError,
    EndpointUnavailable,
    ModelNotFound,
    QuotaExhausted,
    RateLimited,
)
from swarm.llm import ChatModel, Endpoint
from swarm.llm.gate import Changed, Entry, Gate, ignore_change
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
        sleeper = (self.now + seconds, self.count, woken)
        heapq.heappush(self.sleepers, sleeper)
        try:
            await woken.wait()
        except asyncio.CancelledError:
            if sleeper in self.sleepers:
                self.sleepers.remove(sleeper)
                heapq.heapify(self.sleepers)
            raise

    async def wake_next(self) -> None:
        self.now, _, woken = heapq.heappop(self.sleepers)
        woken.set()
        await settle()


async def settle(rounds: int = 30) -> None:
    for _ in range(rounds):
        await asyncio.sleep(0)


async def ignore(error: EndpointError, seconds: float) -> None:
    pass


async def wait_on(error: EndpointError, stalled_s: float, seconds: float) -> None:
    pass


def gate_of(timer: FakeTime | QueuedTime, cap: int = 1_000, changed: Changed = ignore_change) -> Gate:
    return Gate(Backpressure(cap), clock=timer.clock, sleep=timer.sleep, changed=changed)


@dataclass
class Crowd:
    """Calls behind a gate that each wait to be told to go on."""

    gate: Gate
    inside: list[Entry] = field(default_factory=list)
    refused: list[EndpointError] = field(default_factory=list)
    may_leave: list[asyncio.Event] = field(default_factory=list)
    over: bool = False

    async def call(self) -> None:
        try:
            with await self.gate.enter("m", 0, wait_on) as entry:
                self.inside.append(entry)
                self.may_leave.append(asyncio.Event())
                if not self.over:
                    await self.may_leave[-1].wait()
        except EndpointError as error:
            self.refused.append(error)

    def all_leave(self, *, over: bool = False) -> None:
        self.over = over
        for event in self.may_leave:
            event.set()


async def test_calls_go_in_the_order_in_which_they_came_and_twice_as_many_each_round() -> None:
    crowd = Crowd(gate_of(QueuedTime()))
    async with asyncio.TaskGroup() as group:
        for _ in range(300):
            group.create_task(crowd.call())
        reached = [0]
        for _ in range(6):
            await settle(300)
            reached.append(len(crowd.inside))
            for entry in crowd.inside[reached[-2] :]:
                entry.answered(200)
        assert reached == [0, 1, 10, 22, 46, 94, 190]
        crowd.all_leave(over=True)
    assert len(crowd.inside) == 300


async def test_a_refusal_holds_everyone_back_and_one_call_goes_first_when_it_is_over() -> None:
    timer = QueuedTime()
    crowd = Crowd(gate_of(timer))
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(crowd.call())
        await settle()
        crowd.inside[0].answered(200)
        await settle()
        assert len(crowd.inside) == 5
        for entry in crowd.inside[2:]:
            entry.answered(200)
        crowd.inside[1].failed(RateLimited("slow down", retry_after_s=20), 20)
        for event in crowd.may_leave[1:4]:
            event.set()
        for _ in range(40):
            group.create_task(crowd.call())
        await settle()
        assert (len(crowd.inside), len(timer.sleepers)) == (5, 1)
        await timer.wake_next()
        assert (timer.now, len(crowd.inside)) == (20, 6)
        crowd.inside[-1].answered(200)
        await settle()
        assert len(crowd.inside) == 6
        crowd.all_leave(over=True)
        await settle(200)
        while timer.sleepers:
            await timer.wake_next()


async def test_until_the_endpoint_has_answered_calls_go_one_at_a_time() -> None:
    gate = gate_of(QueuedTime(), 10)
    inside: list[Entry] = []
    leave = [asyncio.Event() for _ in range(5)]

    async def call(number: int) -> None:
        with await gate.enter("m", 0, wait_on) as entry:
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


async def test_a_denied_key_is_refused_until_a_probe_succeeds() -> None:
    timer = FakeTime()
    gate = gate_of(timer, 10)
    with await gate.enter("m", 0, wait_on) as entry:
        entry.answered(200)
        with await gate.enter("m", 0, wait_on) as second:
            second.failed(AccessDenied("no", status=401), 0)
        for model in ("m", "other"):
            with pytest.raises(AccessDenied), await gate.enter(model, 0, wait_on):
                pass
        entry.answered(200)
    with pytest.raises(AccessDenied), await gate.enter("m", 0, wait_on):
        pass
    timer.now += 60
    with await gate.enter("m", 0, wait_on) as probe:
        probe.answered(200)
        probe.succeeded(10)
    with await gate.enter("m", 0, wait_on) as third:
        third.failed(QuotaExhausted("empty"), 0)
    with pytest.raises(QuotaExhausted), await gate.enter("m", 0, wait_on):
        pass
    timer.now += 60
    with await gate.enter("m", 0, wait_on) as probe:
        probe.answered(200)
    with await gate.enter("m", 0, wait_on):
        pass


async def test_a_model_that_is_not_there_is_refused_for_itself_only() -> None:
    gate = gate_of(FakeTime())
    with await gate.enter("gone", 0, wait_on) as entry:
        entry.answered(404)
        entry.failed(ModelNotFound("gone", status=404), 0)
    with pytest.raises(ModelNotFound), await gate.enter("gone", 0, wait_on):
        pass
    with await gate.enter("there", 0, wait_on):
        pass


async def test_an_endpoint_that_fails_is_left_alone_and_one_call_looks_whether_it_is_back() -> None:
    timer = QueuedTime()
    told: list[tuple[EndpointState, str]] = []
    crowd = Crowd(gate_of(timer, changed=lambda state, model, error, wait_s: told.append((state, model))))
    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(crowd.call())
        await settle()
        crowd.inside[0].answered(200)
        await settle()
        for entry in crowd.inside:
            entry.failed(EndpointUnavailable("reset"), 0)
        crowd.all_leave()
        for _ in range(10):
            group.create_task(crowd.call())
        await settle()
        assert (len(crowd.inside), told) == (10, [(EndpointState.DOWN, "m")])
        await timer.wake_next()
        assert (timer.now, len(crowd.inside)) == (5, 11)
        crowd.inside[-1].failed(EndpointUnavailable("reset"), 0)
        crowd.all_leave()
        await settle()
        await timer.wake_next()
        assert (timer.now, len(crowd.inside)) == (15, 12)
        crowd.inside[-1].succeeded(10)
        await settle()
        assert told[-1] == (EndpointState.READY, "m")
        crowd.all_leave(over=True)
    assert (len(crowd.inside), crowd.refused) == (20, [])


async def test_a_cancelled_call_at_the_head_of_the_queue_holds_nobody_up() -> None:
    gate = gate_of(FakeTime(), 1)
    with await gate.enter("m", 0, wait_on) as entry:
        entry.answered(200)
        crowd = Crowd(gate)
        calls = [asyncio.create_task(crowd.call()) for _ in range(3)]
        await settle()
        calls[0].cancel()
        await settle()
    await settle()
    assert len(crowd.inside) == 1
    crowd.all_leave(over=True)
    await asyncio.gather(*calls[1:])
    assert len(crowd.inside) == 2


async def test_a_call_that_is_cancelled_when_it_was_just_let_in_gives_its_place_back() -> None:
    gate = gate_of(FakeTime(), 1)
    crowd = Crowd(gate)
    with await gate.enter("m", 0, wait_on) as entry:
        entry.answered(200)
        calls = [asyncio.create_task(crowd.call()) for _ in range(2)]
        await settle()
    while gate.room("m").load == 2:  # both wait
        await asyncio.sleep(0)
        if gate.pressure.in_flight:
            calls[0].cancel()
            break
    await settle()
    assert (calls[0].cancelled(), len(crowd.inside), gate.pressure.in_flight) == (True, 1, 1)
    crowd.all_leave(over=True)
    await calls[1]
    assert gate.pressure.in_flight == 0


async def test_where_much_was_taken_and_nothing_refused_nobody_queues_for_a_place_that_is_free() -> None:
    gate = gate_of(FakeTime(), 20)
    for _ in range(500):
        with await gate.enter("m", 0, wait_on) as entry:
            entry.answered(200)
    crowd = Crowd(gate)
    async with asyncio.TaskGroup() as group:
        for _ in range(40):
            group.create_task(crowd.call())
        await settle()
        for entry in tuple(crowd.inside):
            entry.answered(200)
        await settle(4)
        assert len(crowd.inside) == 20
        crowd.all_leave()
        await settle(4)
        assert len(crowd.inside) == 40
        crowd.all_leave(over=True)


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
        idle_since = (-1, -1)
        for _ in range(agents):
            group.create_task(agent())
        while done < agents:
            # Time stands still while anybody has something to do.
            await asyncio.sleep(0.005)
            if idle_since == (len(server.received), done) and timer.sleepers:
                await timer.wake_next()
            idle_since = (len(server.received), done)
        await model.close()
    assert sum(taken.values()) == len(server.received)
    assert sum(taken.values()) <= 1.1 * agents


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
