"""Clocks that are set, machines that sleep: what counts as time, and what a run does about it."""

import pytest

from swarm.clock import SteadyClock
from swarm.core.events import ClockJumped, Recorded
from swarm.core.limits import Limits
from swarm.core.plan import Subtask
from swarm.testing.simulation import Deed, Happening, Scenario, Temper, VirtualClock, simulate
from swarm.testing.simulation.process import SimulatedProcess

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
CHAIN = tuple(
    Subtask(id=f"s{number}", instruction="work", depends_on=(f"s{number - 1}",) if number else (), checks=())
    for number in range(6)
)


class Watched(SimulatedProcess):
    """Keeps what it saw."""

    seen: list[Recorded]

    def prepare(self, run: object) -> None:
        type(self).seen = self.world.facts.recorded


@pytest.mark.parametrize("seconds", [DAY_S, -DAY_S, 8 * HOUR_S])
def test_a_clock_that_is_set_uses_up_no_time_of_the_run(seconds: float) -> None:
    deed = Deed.SET_CLOCK if abs(seconds) == DAY_S else Deed.SUSPEND
    scenario = Scenario(
        seed=3,
        subtasks=CHAIN,
        limits=Limits(max_time_s=2 * HOUR_S),
        temper=Temper(slowest_s=120.0),
        happenings=(Happening(200.0, deed, seconds=seconds),),
    )
    outcome = simulate(scenario, Watched)
    assert not outcome.failed, outcome
    assert outcome.outcome == "done"
    assert outcome.sessions == 1, "the run was not paused at its limit of two hours"
    jumps = [entry for entry in Watched.seen if isinstance(entry.event, ClockJumped)]
    assert [round(entry.event.seconds) for entry in jumps if isinstance(entry.event, ClockJumped)] == [seconds]
    # What is recorded shows the new time at once, and the order is that of the sequence numbers.
    assert jumps[0].at - Watched.seen[jumps[0].seq - 2].at == pytest.approx(seconds, abs=200.0)
    assert [entry.seq for entry in Watched.seen] == list(range(1, len(Watched.seen) + 1))


def test_a_steady_clock_goes_on_until_it_is_told_to_follow() -> None:
    time = VirtualClock()
    clock = SteadyClock(time.wall, time.monotonic)
    start = clock()
    time.advance(10.0)
    time.suspend(8 * HOUR_S)
    assert clock() - start == pytest.approx(10.0)
    jump = clock.settle()
    assert jump is not None
    assert jump.seconds == pytest.approx(8 * HOUR_S)
    assert jump.before - start == pytest.approx(10.0)
    assert clock() == pytest.approx(time.wall())
    assert clock.settle() is None


def test_small_corrections_are_no_jumps() -> None:
    time = VirtualClock()
    clock = SteadyClock(time.wall, time.monotonic)
    time.wall_offset = -1.5
    assert clock.settle() is None
    time.wall_offset = -3.0
    assert clock.settle() is not None
