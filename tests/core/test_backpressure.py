"""Backpressure against endpoints that permit so much and no more: how often they have to refuse, and what is lost."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarm.core.backpressure import FIRST_WINDOW, SILENCE_S, Backpressure, Hold, Ticket
from swarm.core.rates import MinuteLimit, Pace, TokenBucket
from tests.core.endpoint_worlds import PerPeriod, World, at_most


def answer(controller: Backpressure, count: int, now: float) -> None:
    """Let so many calls pass and be answered."""
    for _ in range(count):
        ticket = controller.sent("m", 0, now)
        controller.answered(ticket, now, taken=True)
        controller.ended(ticket, now)


# -- storms --------------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(
    permitted=st.integers(1, 120),
    retry_after=st.sampled_from([-1.0, 0.5, 5.0, 20.0]),
    reply_s=st.floats(0.05, 10),
    agents=st.integers(2, 300),
)
def test_a_limit_on_calls_in_flight_is_found_and_rarely_exceeded(
    permitted: int, retry_after: float, reply_s: float, agents: int
) -> None:
    calls = max(400, 20 * permitted)
    world = World(at_most(permitted, wait=retry_after), agents=agents, calls=calls, reply_s=reply_s)
    world.run()
    assert world.sent <= 1.1 * world.taken + FIRST_WINDOW
    assert world.finished == world.taken == calls


@settings(max_examples=15, deadline=None)
@given(count=st.integers(15, 150), period_s=st.floats(1, 90), reply_s=st.floats(0.05, 20), agents=st.integers(2, 300))
def test_a_limit_on_calls_in_a_period_is_kept_to(count: int, period_s: float, reply_s: float, agents: int) -> None:
    calls = 20 * count
    world = World(PerPeriod(count, period_s), agents=agents, calls=calls, reply_s=reply_s)
    world.run()
    assert world.sent <= 1.1 * world.taken + 2 * FIRST_WINDOW
    assert world.finished == calls


@pytest.mark.parametrize(
    ("count", "period_s", "reply_s"), [(20, 20.1, 2), (15, 66.8, 0.05), (15, 1, 0.05), (60, 60, 5)]
)
def test_a_small_limit_is_exceeded_by_less_than_a_tenth_what_it_costs_to_find_it_included(
    count: int, period_s: float, reply_s: float
) -> None:
    world = World(PerPeriod(count, period_s), agents=300, calls=40 * count, reply_s=reply_s)
    world.run()
    assert world.sent <= 1.1 * world.taken
    assert (world.now - 100) / period_s <= 1.5 * 40


def test_refusals_at_the_end_of_a_period_do_not_make_the_pace_quicker() -> None:
    pace = Pace()
    pace.begin(0.0)
    for at in (30.0, 90.0):  # confirmed: fifteen calls a minute
        for _ in range(15):
            pace.taken()
        pace.refused(60.0 - at % 60.0, at)
        pace.begin(at + 60.0 - at % 60.0)
    before = pace.per_second
    assert before == pytest.approx(0.25)
    pace.begin(178.0)
    for _ in range(5):
        pace.taken()
    pace.refused(2.0, 178.5)
    assert pace.per_second == before


@pytest.mark.parametrize("permitted", [1, 3, 10, 40, 100])
def test_the_window_converges_to_what_is_permitted_within_a_few_rounds(permitted: int) -> None:
    world = World(at_most(permitted), calls=100_000)
    # A round is 2 seconds; slow start and the first refusal with its wait are over after 20 of them.
    world.run(until=140)
    limits = world.limits_since(130)
    assert max(limits) <= permitted + 2
    assert sorted(limits)[len(limits) // 2] >= 0.5 * permitted
    busy = world.finished
    world.run(until=240)
    assert world.finished - busy >= 0.75 * permitted * 100 / 2


def test_it_recovers_after_long_throttling() -> None:
    opened_at = 3_700.0
    permitted = lambda world: None if world.inside < (4 if world.now < opened_at else 10_000) else 10.0  # noqa: E731
    world = World(permitted, calls=10**9, agents=300)
    world.run(until=opened_at)
    assert world.controller.window("m").limit <= 8
    world.run(until=opened_at + 600)
    assert world.inside == 300


def test_a_server_that_queues_is_not_given_more_than_it_works_on_for_long() -> None:
    """Sixteen slots, nothing is ever refused: only the first token comes later and later."""
    free = [100.0] * 16

    def first_token_s(world: World) -> float:
        free.sort()
        free[0] = max(free[0], world.now) + 0.5
        return free[0] - world.now

    world = World(lambda _: None, calls=1_500, first_token_s=first_token_s, reply_s=0)
    world.run()
    assert max(world.limits_since(120)) <= 60
    assert world.now - 100 <= 1.1 * 1_500 * 0.5 / 16


# -- single decisions ----------------------------------------------------------------------------------------------


def test_a_named_wait_closes_the_endpoint_for_every_model_and_one_call_goes_first() -> None:
    controller = Backpressure(100)
    answer(controller, 5, 0)
    ticket = controller.sent("large", 0, 0)
    controller.refused(ticket, 20, 0, named=True)
    controller.ended(ticket, 0)
    for model in ("large", "m", "new"):
        assert controller.admission(model, 0, 5).hold is Hold.THROTTLED
        assert controller.admission(model, 0, 5).wait_s == 15
    assert controller.admission("m", 0, 20).go
    probe = controller.sent("m", 0, 20)
    assert controller.admission("large", 0, 20).hold is Hold.PROBE
    controller.ended(probe, 20)
    assert controller.admission("large", 0, 20).go
    probe = controller.sent("large", 0, 20)
    controller.answered(probe, 21, taken=True)
    assert controller.admission("m", 0, 21).go


def test_refused_probes_do_not_make_the_recovery_slow() -> None:
    controller = Backpressure(300)
    first = controller.sent("m", 0, 0.0)
    controller.answered(first, 0.1, taken=True)
    while controller.window("m").limit < 300:
        controller.answered(controller.sent("m", 0, 0.2), 0.2, taken=True)
    before = controller.window("m").limit
    now = 1.0
    for _ in range(12):
        ticket = controller.sent("m", 0, now)
        controller.refused(ticket, 1.0, now, named=True)
        controller.ended(ticket, now)
        now += 1.0
    probe = controller.sent("m", 0, now)
    controller.answered(probe, now, taken=True)
    answers = 0
    while controller.window("m").limit < before / 3:
        controller.answered(controller.sent("m", 0, now), now, taken=True)
        answers += 1
    assert answers < before


def test_one_slow_first_call_does_not_hold_back_the_others() -> None:
    controller = Backpressure(300)
    assert controller.admission("m", 0, 0.0).go
    controller.sent("m", 0, 0.0)
    early = controller.admission("m", 0, 0.5)
    assert (early.hold, early.wait_s) == (Hold.PROBE, SILENCE_S - 0.5)
    sent = 0
    while controller.admission("m", 0, SILENCE_S).go:
        controller.sent("m", 0, SILENCE_S)
        sent += 1
    assert sent == FIRST_WINDOW - 1
    assert controller.admission("m", 0, SILENCE_S).hold is Hold.WINDOW


def test_what_was_sent_before_a_refusal_cuts_the_window_once() -> None:
    controller = Backpressure(1_000)
    answer(controller, 1, 0)
    tickets = [controller.sent("m", 0, 0) for _ in range(10)]
    for ticket in tickets[:4]:
        controller.answered(ticket, 0, taken=True)
    for ticket in tickets[4:]:
        controller.refused(ticket, 5, 0, named=False)
        controller.ended(ticket, 0)
    assert controller.window("m").threshold == 5


def test_overload_without_a_time_to_wait_halves_the_window_once_a_round() -> None:
    controller = Backpressure(1_000)
    answer(controller, 1, 0)
    tickets = [controller.sent("m", 0, 0) for _ in range(10)]
    for ticket in tickets:
        controller.strained(ticket, 0)
        controller.ended(ticket, 0)
    assert controller.window("m").limit == 5
    assert controller.admission("m", 0, 0).go


def test_no_more_than_the_cap_whatever_the_models() -> None:
    controller = Backpressure(3)
    answer(controller, 1, 0)
    tickets = [controller.sent(model, 0, 0) for model in ("a", "b", "c")]
    assert controller.admission("d", 0, 0).hold is Hold.WINDOW
    controller.ended(tickets[0], 0)
    controller.ended(tickets[0], 0)
    assert controller.admission("d", 0, 0).go
    assert controller.in_flight == 2


def test_configured_limits_per_minute_hold_and_tokens_are_settled() -> None:
    controller = Backpressure(1_000, requests_per_minute=60, tokens_per_minute=6_000)
    sent_at: list[float] = []
    now = 0.0
    while now < 120:
        admission = controller.admission("m", 50, now)
        if not admission.go:
            assert admission.hold is Hold.RATE
            now += admission.wait_s or 0
            continue
        ticket = controller.sent("m", 50, now)
        controller.answered(ticket, now, taken=True)
        controller.ended(ticket, now, tokens=200)
        sent_at.append(now)
    # 6,000 tokens a minute are 30 calls of 200, whatever was reckoned before they were made.
    assert 55 <= len(sent_at) <= 65


@pytest.mark.parametrize("tokens", [None, 300, 9_000])
@pytest.mark.parametrize("requests", [None, 1, 7, 200])
def test_no_minute_sees_more_than_the_limits_per_minute(requests: int | None, tokens: int | None) -> None:
    chance = random.Random(7)
    controller = Backpressure(1_000, requests_per_minute=requests, tokens_per_minute=tokens)
    now, sent, under_way = 0.0, list[tuple[float, int]](), list[tuple[float, Ticket, int]]()
    while now < 300 and len(sent) < 600:
        estimate = chance.randrange(1, 400)
        admission = controller.admission("m", estimate, now)
        if not admission.go:
            ends = min((ends for ends, _, _ in under_way), default=now + 1)
            now = max(now, min(now + admission.wait_s if admission.wait_s else ends, ends))
        else:
            ticket = controller.sent("m", estimate, now)
            controller.answered(ticket, now, taken=True)
            used = chance.randrange(1, estimate + 1)
            under_way.append((now + chance.expovariate(0.2), ticket, used))
            sent.append((now, used))
            now += chance.choice((0.0, 0.0, 0.01, 1.0))
        for over in [each for each in under_way if each[0] <= now]:
            under_way.remove(over)
            controller.ended(over[1], now, tokens=over[2])
    for first, (began, _) in enumerate(sent):
        minute = [used for at, used in sent[first:] if at < began + 60]
        assert requests is None or len(minute) <= requests
        assert tokens is None or sum(minute) <= tokens or len(minute) == 1


def test_a_limit_per_minute_is_made_full_use_of() -> None:
    limit = MinuteLimit(60)
    now, sent = 0.0, list[float]()
    while now < 600:
        wait_s = limit.wait_s(1, now)
        if wait_s:
            now += wait_s
        else:
            limit.take(1, now)
            sent.append(now)
    assert 595 <= len(sent) <= 600 + 1
    assert sum(at < 30 for at in sent) <= 35  # not all at the beginning


def test_what_the_server_tells_of_its_limits_is_kept_to() -> None:
    controller = Backpressure(1_000)
    answer(controller, 1, 0)
    controller.told("m", "requests", 60, 3, 57, 0)
    admitted = 0
    while controller.admission("m", 0, 0).go:
        answer(controller, 1, 0)
        admitted += 1
    assert admitted == 3
    assert controller.admission("m", 0, 0).wait_s == pytest.approx(1)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 30)), max_size=60))
def test_a_bucket_never_gives_more_than_came_in(steps: list[tuple[float, float]]) -> None:
    bucket = TokenBucket(2.0, 50.0)
    now = taken = 0.0
    for amount, pause in steps:
        now += pause
        if bucket.wait_s(amount, now) == 0:
            bucket.take(amount, now)
            taken += amount
        assert taken <= 50 + 2 * now + 50 + 1e-3
