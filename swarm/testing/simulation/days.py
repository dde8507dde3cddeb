"""Days of a large run in virtual time: hundreds of agents, the real journal with its thread, and a look at what grows.

Memory, journal and steps are sampled each virtual hour. A run of days must cost as much per step on its last day as on
its second one, and its clocks must not drift apart.
"""

import gc
import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from swarm.assembly import Assemble, Parts
from swarm.clock import SteadyClock
from swarm.core.events import FORMAT, ModelReplied, PlanExtended, Recorded, RunCreated
from swarm.core.limits import Limits
from swarm.core.plan import Subtask
from swarm.core.repository_map import RepositoryMap
from swarm.core.state import RunState
from swarm.core.task import Task
from swarm.core.views import RunView
from swarm.creation import branch_name
from swarm.journal.sqlite import SqliteJournal, Subscriber
from swarm.journal.store import RunFolder
from swarm.opening import open_run
from swarm.protocols import Merge
from swarm.runtime import RunResult, drive
from swarm.testing.simulation.loop import VirtualClock, VirtualLoop
from swarm.testing.simulation.model import Ledger, SimulatedModel
from swarm.testing.simulation.objects import Objects, Tree
from swarm.testing.simulation.places import Hands, SimulatedPublication, SimulatedRepository, SimulatedWorkspaces
from swarm.testing.simulation.process import SETTINGS
from swarm.testing.simulation.scenario import HOUR_S, Scenario, Temper
from swarm.testing.simulation.simulation import MEMORY, RUN_ID
from swarm.testing.simulation.world import World
from swarm.verifier import CheckVerifier

LOOK_S = 60.0
_STEPS_A_SUBTASK = 8.0
_FILES_A_SUBTASK = 5
_KEPT_TREES = 4_000
_KEPT_FILES = 40


@dataclass(frozen=True, slots=True)
class Sample:
    """What a run has at a virtual hour: resident bytes of its process, bytes of its journal, replies and events."""

    hour: float
    memory: int
    journal: int
    steps: int
    events: int


@dataclass(slots=True)
class Days:
    """What days of a run came to.

    Attributes:
        samples: one for each virtual hour.
        result: how the run ended.
        drift_s: the most that a recorded time and virtual time were apart, in seconds.
        elapsed_s: how long it took, in virtual seconds.
    """

    samples: list[Sample] = field(default_factory=list)
    result: RunResult | None = None
    drift_s: float = 0.0
    elapsed_s: float = 0.0

    def at(self, hour: float) -> Sample:
        """Return the sample nearest to a virtual hour."""
        return min(self.samples, key=lambda sample: abs(sample.hour - hour))

    def memory_growth(self, early_h: float, late_h: float) -> float:
        """Return memory at the late hour by memory at the early one."""
        return self.at(late_h).memory / self.at(early_h).memory

    def bytes_a_step(self, from_h: float, until_h: float) -> float:
        """Return by how many bytes the journal grew for each step between two hours."""
        first, last = self.at(from_h), self.at(until_h)
        return (last.journal - first.journal) / max(1, last.steps - first.steps)


def play_days(
    *,
    hours: float,
    agents: int,
    slowest_s: float,
    seed: int = 1,
    shown: Callable[[Sample], None] = lambda _: None,
) -> Days:
    """Drive one run with many agents for a long time, with nothing going wrong but the model's work.

    Args:
        hours: how long the run takes, about, in virtual hours.
        agents: how many work at the same time.
        slowest_s: what the slowest model call takes; the mean is half of it.
        seed: where chance comes from.
        shown: told each sample.
    """
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="swarm-days-", dir=memory) as folder:
        rounds = max(1, round(hours * HOUR_S / (_STEPS_A_SUBTASK * slowest_s / 2)))
        scenario = Scenario(
            seed,
            subtasks=_chains(agents, rounds),
            limits=Limits(workers=agents, max_attempts=20, max_subtasks=200_000),
            checks=(),
            temper=Temper(wrong=0.1, fault=0.02, slowest_s=slowest_s),
        )
        return _LongRun(scenario, RunFolder(Path(folder) / RUN_ID), shown).play()


def _chains(agents: int, rounds: int) -> tuple[Subtask, ...]:
    """Return one chain of subtasks for each agent; each writes a handful of files of its own."""
    return tuple(
        Subtask(
            id=f"a{agent}-{number}",
            instruction="Write what is checked.",
            depends_on=(f"a{agent}-{number - 1}",) if number else (),
            checks=(_check(f"a{agent}-{number}"),),
        )
        for number in range(rounds)
        for agent in range(agents)
    )


def _check(name: str) -> str:
    return " ".join(("check", name, *(f"notes/{name}.{part}" for part in range(_FILES_A_SUBTASK))))


class _SmallObjects(Objects):
    """A repository of constant size: old files leave the branch, old trees are forgotten."""

    def add_tree(self, files: Tree) -> str:
        while len(self.trees) > _KEPT_TREES:
            del self.trees[next(iter(self.trees))]
        while len(self.commits) > _KEPT_TREES:
            del self.commits[next(iter(self.commits))]
        return Objects.add_tree(self, files)

    def merge(self, commit: str, head: str, message: str) -> Merge:
        merged = Objects.merge(self, commit, head, message)
        if merged.head and merged.head != head:
            files = self.files_of(self.branch)
            base = self.files_of(head)
            newest = dict(sorted(files.items(), key=lambda item: item[0] not in base)[-_KEPT_FILES:])
            self.branch = self.add_commit(self.add_tree(newest), (head, commit), message)
            return Merge(head=self.branch)
        return merged


class _TrustingWorld(World):
    """Looks at nothing and keeps nothing: what the world remembers must not be taken for what a run does."""

    def object_to(self, violation: str) -> None:
        """Trust the process."""

    def objection_to_files(self, _: str) -> str:
        return ""


class _NoMemory(Counter[Any]):
    def __setitem__(self, key: object, value: int) -> None:
        """Forget it."""


class _LongRun:
    def __init__(self, scenario: Scenario, folder: RunFolder, shown: Callable[[Sample], None]) -> None:
        self._scenario = scenario
        self._folder = folder
        self._shown = shown
        self._clock = VirtualClock()
        self._world = _TrustingWorld(random.Random(scenario.seed), self._clock, objects=_SmallObjects())
        self._hands = Hands(self._world, lambda: False)
        self._journal: SqliteJournal | None = None
        self._days = Days()
        self._steps = 0

    def play(self) -> Days:
        loop = VirtualLoop(self._clock, lambda: self._journal is not None and self._journal.busy)
        try:
            loop.run_until_complete(self._play())
        finally:
            loop.close()
        return self._days

    async def _play(self) -> None:
        await self._create()
        async with open_run(
            self._folder,
            model=SimulatedModel(self._scenario, self._hands, Ledger(_NoMemory())),
            settings=SETTINGS,
            assemble=self._assembled(),
            observer=self._observe,
            clock=SteadyClock(self._clock.wall, self._clock.monotonic),
            open_journal=self._open_journal,
        ) as run:
            run.requests.look_s = LOOK_S
            self._days.result = await drive(run)
        self._days.elapsed_s = self._clock.elapsed

    async def _create(self) -> None:
        objects = self._world.objects
        base = objects.branch = objects.add_commit(objects.add_tree({"README": b"A project.\n"}), (), "base")
        task = Task(instruction="Work for days.", limits=self._scenario.limits)
        self._folder.root.mkdir(parents=True)
        journal = self._journal = SqliteJournal.create(self._folder.journal, run_id=RUN_ID, clock=self._clock.wall)
        created = RunCreated(FORMAT, RUN_ID, "0", task, SETTINGS, base, branch_name(RUN_ID))
        await journal.append(created, PlanExtended(1, self._scenario.subtasks))
        await journal.close()

    def _open_journal(self, path: Path, *, subscriber: Subscriber, clock: Callable[[], float]) -> SqliteJournal:
        self._journal = SqliteJournal.open(path, subscriber=subscriber, clock=clock)
        return self._journal

    def _assembled(self) -> Assemble:
        async def assemble(_: RunFolder, __: RunState, task: Task) -> Parts:
            workspaces, repository = SimulatedWorkspaces(self._hands), SimulatedRepository(self._hands)
            verifier = CheckVerifier(workspaces, repository, protected=(), check_timeout_s=task.limits.check_timeout_s)
            publication = SimulatedPublication(self._hands)
            return Parts(repository, repository, workspaces, workspaces, verifier, publication, survey)

        async def survey(_: str) -> RepositoryMap:
            return RepositoryMap("README")

        return assemble

    def _observe(self, recorded: Recorded, _: RunView) -> None:
        self._steps += isinstance(recorded.event, ModelReplied)
        self._days.drift_s = max(self._days.drift_s, abs(recorded.at - self._clock.wall()))
        if self._clock.elapsed >= len(self._days.samples) * HOUR_S:
            self._sample(recorded.seq)

    def _sample(self, events: int) -> None:
        gc.collect()
        files = self._folder.root.glob("journal.db*")
        size = sum(file.stat().st_size for file in files if not file.name.endswith("-shm"))
        sample = Sample(self._clock.elapsed / HOUR_S, _resident_bytes(), size, self._steps, events)
        self._days.samples.append(sample)
        self._shown(sample)


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
