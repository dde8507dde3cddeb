"""A whole simulated run: processes one after the other until the run has ended, then a verdict."""

import hashlib
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from swarm.core.events import (
    FORMAT,
    Event,
    PauseReason,
    PlanExtended,
    Recorded,
    RunCreated,
    RunEnded,
    RunOpened,
    type_name,
)
from swarm.core.limits import Limits
from swarm.core.task import Task
from swarm.creation import branch_name, root_plan
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder
from swarm.testing.simulation.loop import VirtualClock, VirtualLoop
from swarm.testing.simulation.model import Ledger
from swarm.testing.simulation.process import SETTINGS, Course, End, SimulatedProcess
from swarm.testing.simulation.scenario import Scenario
from swarm.testing.simulation.verdict import wrong_in
from swarm.testing.simulation.world import World

RUN_ID = "simulated"
MOST_SESSIONS = 100
MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps files in memory; only used for a fresh private folder

ProcessType = Callable[[Scenario, World, Course, RunFolder, Ledger, Limits], SimulatedProcess]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one simulation.

    Attributes:
        seed: the seed.
        wrong: what went wrong, in words; empty when nothing did.
        outcome: how the run ended, by its own word.
        events: durable events.
        commits: groups that were committed, or should have been.
        sessions: processes that drove the run.
        crashes: processes that died on the way.
        elapsed_s: virtual seconds from beginning to end.
        digest: of all events; the same seed gives the same one.
    """

    seed: int
    wrong: tuple[str, ...]
    outcome: str
    events: int
    commits: int
    sessions: int
    crashes: int
    elapsed_s: float
    digest: str

    @property
    def failed(self) -> bool:
        """Whether anything went wrong."""
        return bool(self.wrong)

    def __str__(self) -> str:
        if self.failed:
            return f"seed {self.seed}: FAILED: {'; '.join(self.wrong[:5])}"
        hours = self.elapsed_s / 3600
        return (
            f"seed {self.seed}: {self.outcome} with {self.events} events in {hours:.1f} virtual hours, "
            f"{self.sessions} processes, {self.crashes} crashes"
        )


def simulate(scenario: Scenario, process_type: ProcessType = SimulatedProcess) -> Outcome:
    """Play a scenario through in a temporary folder, and say what is wrong with it.

    Args:
        scenario: what happens; ``Scenario.of(seed)`` draws one.
        process_type: what drives the run; a subclass of :class:`SimulatedProcess` that does without a safeguard shows
            whether the simulation would notice.
    """
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="swarm-simulation-", dir=memory) as folder:
        return Simulation(scenario, RunFolder(Path(folder) / RUN_ID), process_type).play()


@dataclass(slots=True)
class Simulation:
    """A run, its world and what has become of it."""

    scenario: Scenario
    folder: RunFolder
    process_type: ProcessType
    world: World = field(init=False)
    course: Course = field(init=False)
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        chance = random.Random(f"world {self.scenario.seed}")
        self.world = World(chance, VirtualClock(), self.scenario.trouble, self.scenario.glue, self.scenario.flaky)
        self.course = Course(list(self.scenario.happenings))
        self.limits = self.scenario.limits

    def play(self) -> Outcome:
        """Drive the run to its end through as many processes as it takes."""
        self._create()
        ledger, end = Ledger(), End.CRASHED
        frozen: list[SimulatedProcess] = []
        while end in (End.CRASHED, End.PAUSED, End.FROZEN) and not self.world.violations:
            if self.course.sessions == MOST_SESSIONS:
                self.world.object_to(f"the run has not ended in {MOST_SESSIONS} sessions")
                break
            self.course.sessions += 1
            process = self.process_type(self.scenario, self.world, self.course, self.folder, ledger, self.limits)
            began = self.world.clock.elapsed
            end = process.run()
            self.course.driven_s += self.world.clock.elapsed - began
            if self._has_ended():
                end = End.ENDED  # Even when the process died before it heard of it.
            if end is End.FROZEN:
                frozen.append(process)
                self.folder.lock.unlink()  # Its lock would hold for ever: somebody breaks it.
            self._between(process, end)
        for process in frozen:
            process.thaw()
        if end is End.ENDED and not self.world.violations:
            self.world.violations.extend(wrong_in(self.world, self.course.driven_s))
        return self._outcome(end)

    def _create(self) -> None:
        objects = self.world.objects
        base = objects.branch = objects.add_commit(objects.add_tree(self.world.starting_files()), (), "base")
        task = Task(instruction="Do everything.", checks=self.scenario.checks, limits=self.limits)
        subtasks = self.scenario.subtasks or root_plan(task)
        created = RunCreated(FORMAT, RUN_ID, "0", task, SETTINGS, base, branch_name(RUN_ID))
        self.folder.root.mkdir(parents=True)
        loop = VirtualLoop(self.world.clock, lambda: True)
        try:
            loop.run_until_complete(self._record(created, PlanExtended(1, subtasks)))
        finally:
            loop.close()

    async def _record(self, *events: Event) -> None:
        recorded: list[Recorded] = []
        journal = SqliteJournal.create(
            self.folder.journal, run_id=RUN_ID, subscriber=recorded.append, clock=self.world.clock.wall
        )
        await journal.append(*events)
        await journal.close()
        for entry in recorded:
            self.world.facts.add(entry, self.world.clock.elapsed)
        self.world.facts.acknowledged = len(recorded)

    def _between(self, process: SimulatedProcess, end: End) -> None:
        """Let time pass until somebody resumes the run, with higher limits where a limit stopped it."""
        self.course.crashes += end in (End.CRASHED, End.FROZEN)
        self.world.clock.advance(self.world.random.uniform(1.0, 3600.0))
        paused = process.result.paused if process.result else None
        if paused and paused.reason is PauseReason.LIMIT:
            self.limits = self.limits.model_copy(update={"max_calls": None, "max_time_s": None})

    def _has_ended(self) -> bool:
        return isinstance(self.world.facts.recorded[-1].event, RunEnded)

    def _outcome(self, end: End) -> Outcome:
        recorded = self.world.facts.recorded
        return Outcome(
            self.scenario.seed,
            tuple(self.world.violations),
            end.value if end is not End.ENDED else str(getattr(recorded[-1].event, "outcome", "?")),
            len(recorded),
            self.course.commits,
            self.course.sessions,
            self.course.crashes,
            self.world.clock.elapsed,
            digest_of(recorded),
        )


def digest_of(recorded: list[Recorded]) -> str:
    """Return a digest of all events with their times; of who opened the run, only when."""
    sha = hashlib.sha256()
    for entry in recorded:
        body = "" if isinstance(entry.event, RunOpened) else repr(entry.event)
        sha.update(f"{entry.seq} {entry.at!r} {type_name(entry.event)} {body}\n".encode())
    return sha.hexdigest()
