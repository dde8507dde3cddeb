"""Hours of a run in virtual time, as a sample of ``make bench-days``: what grows, and what must not."""

from itertools import pairwise

import pytest

from swarm.core.events import RunOutcome
from swarm.testing.simulation.days import play_days


def test_hours_of_a_run_cost_the_same_each_step_and_clocks_stay_together() -> None:
    days = play_days(hours=10, agents=20, slowest_s=1_200.0)
    assert days.result is not None
    assert days.result.ended is not None
    assert days.result.ended.outcome is RunOutcome.DONE
    last = days.samples[-1]
    assert last.steps > 800
    assert last.hour > 8
    # The journal grows with the steps; each costs the same, late as early. It grows by a piece of its log at a time, so
    # early may be seen one piece too low, and late one too high.
    early, late = days.bytes_a_step(0.3 * last.hour, 0.6 * last.hour), days.bytes_a_step(0.6 * last.hour, last.hour)
    settled = [sample for sample in days.samples if sample.hour > 0.3 * last.hour]
    piece = max(after.journal - before.journal for before, after in pairwise(settled))
    assert piece < 1_000_000
    assert late - piece / (0.4 * last.steps) < 1.5 * (early + piece / (0.3 * last.steps))
    assert days.memory_growth(0.3 * last.hour, last.hour) < 1.5
    assert days.drift_s < 0.01
    assert days.result.view.driven_s == pytest.approx(days.elapsed_s, rel=0.01)
