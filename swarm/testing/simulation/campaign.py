"""Many simulations: seed after seed, or one seed with a crash at each of its commits, on several processes."""

import dataclasses
import multiprocessing
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from swarm.testing.simulation.journal import CommitFate
from swarm.testing.simulation.scenario import Scenario
from swarm.testing.simulation.simulation import Outcome, simulate

_SEEDS_AT_ONCE = 4


@dataclass(slots=True)
class Tally:
    """What a campaign came to. ``failed`` holds the outcomes with something wrong."""

    seeds: int = 0
    crashes: int = 0
    events: int = 0
    failed: list[Outcome] = dataclasses.field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count one simulation."""
        self.seeds += 1
        self.crashes += outcome.crashes
        self.events += outcome.events
        if outcome.failed:
            self.failed.append(outcome)

    @property
    def metrics(self) -> dict[str, int]:
        """The figures of the campaign."""
        return {"seeds": self.seeds, "failed": len(self.failed), "crashes": self.crashes, "events": self.events}


def play_seed(seed: int) -> Outcome:
    """Play one seed. An error of the simulation itself is something wrong, too."""
    return _play(Scenario.of(seed))


def _play(scenario: Scenario) -> Outcome:
    try:
        return simulate(scenario)
    except Exception:  # noqa: BLE001 - one broken seed must not hide what the others find
        return Outcome(scenario.seed, (traceback.format_exc(),), "broke", 0, 0, 0, 0, 0.0, "")


def campaign(seeds: Iterable[int], *, jobs: int = 1, shown: Callable[[Outcome], None] = lambda _: None) -> Tally:
    """Play all seeds.

    Args:
        seeds: which ones.
        jobs: how many processes play them.
        shown: told each outcome, in the order of the seeds.
    """
    tally = Tally()
    for outcome in _outcomes(seeds, jobs):
        tally.add(outcome)
        shown(outcome)
    return tally


def _outcomes(seeds: Iterable[int], jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        yield from map(play_seed, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(play_seed, seeds, chunksize=_SEEDS_AT_ONCE)


def sweep(scenario: Scenario, *, every: int = 1, shown: Callable[[Outcome], None] = lambda _: None) -> Tally:
    """Play a scenario without crashes, then again with a crash at each of its commits: before it, and after it.

    Args:
        scenario: what happens; what it says of crashes is passed over.
        every: only every n-th commit.
        shown: told each outcome.
    """
    quiet = dataclasses.replace(scenario, fates={})
    tally = Tally()
    outcome = _play(quiet)
    tally.add(outcome)
    shown(outcome)
    for commit in range(1, outcome.commits + 1, every):
        for fate in (CommitFate.LOST, CommitFate.UNKNOWN):
            found = _play(dataclasses.replace(quiet, fates={commit: fate}))
            tally.add(found)
            shown(found)
    return tally
