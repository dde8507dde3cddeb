"""The circuit breaker: what opens it, what it lets through, what closes it."""

from hypothesis import given
from hypothesis import strategies as st

from swarm.core.breaker import FAILURES_IN_A_ROW, Breaker, BreakerState
from swarm.errors import AccessDenied, EndpointUnavailable, QuotaExhausted

GONE = EndpointUnavailable("gone")


def test_five_failures_in_a_row_open_it_and_a_success_between_them_does_not() -> None:
    breaker = Breaker()
    for _ in range(3):
        for _ in range(FAILURES_IN_A_ROW - 1):
            assert not breaker.failed(GONE, 0)
        breaker.succeeded(0)
    assert breaker.state(0) is BreakerState.CLOSED
    opened = [breaker.failed(GONE, 1) for _ in range(FAILURES_IN_A_ROW + 3)]
    assert opened == [False] * 4 + [True] + [False] * 3
    assert breaker.state(1) is BreakerState.OPEN


def test_half_of_twenty_calls_within_a_minute_open_it() -> None:
    breaker = Breaker()
    opened = False
    for call in range(19):
        opened = opened or (breaker.failed(GONE, call) if call % 2 else breaker.succeeded(call))
    assert not opened
    assert breaker.failed(GONE, 19)
    slow = Breaker()
    for call in range(100):
        assert not (slow.failed(GONE, call * 10) if call % 2 else slow.succeeded(call * 10))


def test_half_open_lets_one_through_and_its_failure_doubles_the_time() -> None:
    breaker = Breaker()
    for _ in range(FAILURES_IN_A_ROW):
        breaker.failed(GONE, 0)
    now, waits = 0.0, []
    for _ in range(6):
        waits.append(breaker.wait_s(now))
        now += breaker.wait_s(now)
        assert breaker.admits(now)
        assert breaker.sent()
        assert not breaker.admits(now)
        breaker.failed(GONE, now)
        breaker.probe_over()
    assert waits == [5, 10, 20, 40, 60, 60]
    now += 60
    breaker.sent()
    assert breaker.succeeded(now)
    assert breaker.state(now) is BreakerState.CLOSED
    assert breaker.admits(now)
    assert not breaker.sent()


def test_a_probe_that_is_given_up_makes_room_for_the_next() -> None:
    breaker = Breaker()
    breaker.refuse(AccessDenied("no"), 0)
    assert not breaker.admits(59)
    assert breaker.admits(60)
    breaker.sent()
    assert not breaker.admits(60)
    breaker.probe_over()
    assert breaker.admits(60)


def test_a_refusal_opens_it_at_once_and_is_told_once() -> None:
    breaker = Breaker()
    assert breaker.refuse(AccessDenied("no"), 0)
    assert not any(breaker.refuse(AccessDenied("no"), 0) for _ in range(200))
    assert breaker.refused
    breaker.sent()
    assert breaker.refuse(QuotaExhausted("empty"), 60)
    assert breaker.wait_s(60) == 120


@given(st.lists(st.tuples(st.sampled_from("fsr"), st.floats(0, 100)), max_size=80))
def test_it_always_admits_a_call_again_in_the_end(steps: list[tuple[str, float]]) -> None:
    breaker = Breaker()
    now = 0.0
    for kind, pause in steps:
        now += pause
        if breaker.admits(now):
            probe = breaker.sent()
            match kind:
                case "f":
                    breaker.failed(GONE, now)
                case "s":
                    breaker.succeeded(now)
                case _:
                    breaker.refuse(AccessDenied("no"), now)
            if probe:
                breaker.probe_over()
        assert breaker.wait_s(now) <= 600
        assert breaker.admits(now + breaker.wait_s(now))
