"""One simulated process that drives the run with the real runtime, on a loop of its own, until it ends or dies."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from swarm.assembly import Parts
from swarm.clock import SteadyClock
from swarm.core.events import PauseReason, Recorded, RunSettings
from swarm.core.limits import Limits
from swarm.core.node import InvariantBroken
from swarm.core.parking import Parking
from swarm.core.repository_map import RepositoryMap
from swarm.core.requests import Request
from swarm.core.scheduler import Scheduler
from swarm.core.state import RunState
from swarm.core.task import Task
from swarm.core.views import RunView
from swarm.errors import JournalError, JournalFenced
from swarm.journal.sqlite import SqliteJournal, Subscriber
from swarm.journal.store import RunFolder
from swarm.opening import OpenRun, open_run
from swarm.protocols import Model
from swarm.runtime import RunResult, drive
from swarm.testing.simulation.journal import CommitFate, SimulatedCommitter
from swarm.testing.simulation.loop import Deadlock, VirtualLoop
from swarm.testing.simulation.model import Ledger, SimulatedModel
from swarm.testing.simulation.places import (
    Hands,
    SimulatedOutcomes,
    SimulatedPublication,
    SimulatedRepository,
    SimulatedWorkspaces,
)
from swarm.testing.simulation.scenario import DAY_S, Deed, Happening, Scenario
from swarm.testing.simulation.world import World
from swarm.verifier import CheckVerifier

SETTINGS = RunSettings("simulation", {"worker": "simulated-worker", "planner": "simulated-planner"}, "none", True)
LONGEST_SESSION_S = 10 * DAY_S
COMMIT_S = 0.005
LOOK_S = 2.0
"""How often the mailbox is looked into; looking is the only thing in a simulation that is not virtual."""


class End(StrEnum):
    """How a process ended."""

    ENDED = "ended"
    PAUSED = "paused"
    CRASHED = "crashed"
    BROKE = "broke"
    FROZEN = "frozen"


@dataclass(slots=True)
class Course:
    """How far a simulation has come, over all of its processes.

    Attributes:
        commits: commits that were tried.
        happenings: what is still to happen to the run.
        crashes: processes that died.
        sessions: processes that drove the run.
        driven_s: seconds in which a process drove it.
    """

    happenings: list[Happening]
    commits: int = 0
    crashes: int = 0
    sessions: int = 0
    driven_s: float = 0.0


class SimulatedProcess:
    """Drives the run once. Everything in it is the real thing, but for what its hands touch.

    Args:
        scenario: what happens.
        world: what it acts on.
        course: how far the simulation has come.
        folder: the run's folder, a real one.
        ledger: what the endpoint was asked.
        limits: the limits that hold from now on.

    Attributes:
        checks_every: after how many events the invariants are checked, which takes longer the longer the plan is.
    """

    checks_every = 1

    def __init__(
        self, scenario: Scenario, world: World, course: Course, folder: RunFolder, ledger: Ledger, limits: Limits
    ) -> None:
        self.scenario = scenario
        self.world = world
        self.course = course
        self.folder = folder
        self.limits = limits
        self.dead = False
        self.fenced = False
        self.loop = VirtualLoop(world.clock)
        self.hands = Hands(world, lambda: self.dead or self.fenced)
        self.model: Model = SimulatedModel(scenario, self.hands, ledger)
        self.result: RunResult | None = None
        self._died: asyncio.Future[Any] = self.loop.create_future()
        self._shown: dict[int, Recorded] = {}
        self._committers: list[SimulatedCommitter] = []
        self._opened: asyncio.Future[OpenRun] = self.loop.create_future()
        self._life: asyncio.Task[End]

    # -- life and death --------------------------------------------------------------------------------------------

    def run(self) -> End:
        """Drive the run until it has ended or is paused, or the process dies or stands still."""
        self._life = self.loop.create_task(self._live(), name="life")
        self._life.add_done_callback(lambda _: self.loop.stop())
        return self._go_on()

    def thaw(self) -> End:
        """Go on after standing still, while another process has taken the run over. Its hands are tied by then."""
        self.fenced = True
        return self._go_on()

    def _go_on(self) -> End:
        try:
            self.loop.run_forever()
            if not self._life.done():
                return End.FROZEN
            ending = self._life.result()
        except Deadlock as error:
            self.world.object_to(str(error))
            ending = End.BROKE
        self.loop.close()
        return ending

    def die(self, when: str) -> None:
        """Drop everything that the process holds; what goes on in it from now on has no effect."""
        self.dead = True
        for committer in self._committers:
            committer.kill()
        if not self._died.done():
            self._died.set_result(when)

    async def _live(self) -> End:
        driver = self.loop.create_task(self._drive(), name="driver")
        person = self.loop.create_task(self._happen(), name="person")
        waited: set[asyncio.Future[Any]] = {driver, self._died}
        await asyncio.wait(waited, timeout=LONGEST_SESSION_S, return_when=asyncio.FIRST_COMPLETED)
        if not driver.done() and not self.dead:
            self.world.object_to(f"the run has not ended within {LONGEST_SESSION_S / DAY_S:g} days")
            self.die("at the end of time")
        await _stop(person)
        if self.dead:
            await _stop(driver)
            return End.CRASHED
        self._note_leaks()
        return self._ending(driver)

    def _ending(self, driver: "asyncio.Task[RunResult]") -> End:
        error = driver.exception()
        if isinstance(error, JournalError):
            return End.CRASHED  # The disk refused; the process ends, the run is resumable.
        if error is not None:
            self.world.object_to(f"the runtime raised {type(error).__name__}: {error}")
            return End.BROKE
        self.result = driver.result()
        return End.ENDED if self.result.ended else End.PAUSED

    def _note_leaks(self) -> None:
        left = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        if left:
            self.world.object_to(f"asyncio tasks are left over: {', '.join(sorted(left))}")

    # -- driving ---------------------------------------------------------------------------------------------------

    async def _drive(self) -> RunResult:
        async with open_run(
            self.folder,
            model=self.model,
            settings=SETTINGS,
            assemble=self.assemble,
            parking=Parking() if self.scenario.parks else None,
            observer=self._observe,
            change_task=lambda task: task.model_copy(update={"limits": self.limits}),
            clock=SteadyClock(self.world.clock.wall, self.world.clock.monotonic),
            open_journal=self.open_journal,
        ) as run:
            self._opened.set_result(run)
            self.prepare(run)
            result = await drive(run)
        if not self.dead:
            self._compare(run.scheduler.state)
        return result

    def prepare(self, run: OpenRun) -> None:
        """Called with the open run before it is driven; does nothing here."""

    async def assemble(self, _: RunFolder, __: RunState, task: Task) -> Parts:
        """Put simulated parts together; the verifier is the real one."""
        workspaces, repository = SimulatedWorkspaces(self.hands), SimulatedRepository(self.hands)
        verifier = CheckVerifier(
            workspaces, repository, protected=task.protected, check_timeout_s=task.limits.check_timeout_s
        )
        outcomes = SimulatedOutcomes(self.hands)
        await self.hands.take(1.0)

        async def survey(commit: str) -> RepositoryMap:
            return RepositoryMap("\n".join(sorted(self.world.objects.files_of(commit))))

        return Parts(
            repository,
            repository,
            workspaces,
            workspaces,
            verifier,
            SimulatedPublication(self.hands),
            survey,
            outcomes,
            diff=repository.diff,
        )

    def open_journal(self, path: Path, *, subscriber: Subscriber, clock: Callable[[], float]) -> SqliteJournal:
        """Open the real journal, with commits on the loop."""
        journal = SqliteJournal(path, subscriber=subscriber, clock=clock, committer=self.make_committer)
        self._check_journal(journal)
        return journal

    def make_committer(self, *arguments: Any) -> SimulatedCommitter:
        """Return the journal's committer, which ends the process at the commits that the scenario names."""
        committer = SimulatedCommitter(
            *arguments,
            loop=self.loop,
            takes=lambda: self.world.random.random() * COMMIT_S,
            fate=self._next_fate,
            die=self.die,
            freeze=self.loop.stop,
            durable=self._became_durable,
            acknowledged=self._acknowledged,
            refused=self._refused,
        )
        self._committers.append(committer)
        return committer

    def _next_fate(self) -> CommitFate:
        self.course.commits += 1
        return self.scenario.fates.get(self.course.commits, CommitFate.DURABLE)

    # -- watching --------------------------------------------------------------------------------------------------

    def _observe(self, recorded: Recorded, _: RunView) -> None:
        if self.dead:
            return
        self._shown[recorded.seq] = recorded
        if not self._opened.done() or recorded.seq % self.checks_every:
            return
        try:
            self._opened.result().scheduler.check()
        except InvariantBroken as error:
            self.world.object_to(f"event {recorded.seq}: {error}")
            self.die("because of a broken invariant")

    def _became_durable(self, seqs: Sequence[int]) -> None:
        facts = self.world.facts
        if self.fenced:
            self.world.object_to("a process has committed after another one had taken the run over")
            self.die("because it is fenced")
            return
        for seq in seqs:
            expected = facts.recorded[-1].seq + 1 if facts.recorded else 1
            if seq != expected:
                self.world.object_to(f"event {seq} is on disk where {expected} should be")
            facts.add(self._shown.pop(seq), self.world.clock.elapsed)
        if self.world.violations:
            self.die("because something is wrong")

    def _acknowledged(self, seq: int) -> None:
        self.world.facts.acknowledged = seq

    def _refused(self, error: JournalError) -> None:
        if self.fenced and not isinstance(error, JournalFenced):
            self.world.object_to(f"a process that another one had taken the run over from was told: {error.message}")

    def _check_journal(self, journal: SqliteJournal) -> None:
        """Compare what is on disk with what must be: nothing acknowledged may be lost or differ."""
        read, facts = list(journal.read()), self.world.facts
        if len(read) < facts.acknowledged:
            self.world.object_to(f"event {facts.acknowledged} was acknowledged, but the journal ends at {len(read)}")
        if read != facts.recorded:
            self.world.object_to("the journal holds other events than were committed")

    def _compare(self, live: RunState) -> None:
        """Compare what the process knew at its end with what the next one would know."""
        folded = Scheduler.restore(self.world.facts.recorded).state
        if (difference := different_part(live, folded)) and not self.world.violations:
            self.world.object_to(f"the state folded from the journal differs from the live one in {difference}")

    # -- what happens to it ----------------------------------------------------------------------------------------

    async def _happen(self) -> None:
        run = await asyncio.shield(self._opened)
        run.requests.look_s = LOOK_S
        while self.course.happenings:
            await asyncio.sleep(max(0.0, self.course.happenings[0].at - self.world.clock.elapsed))
            self._do(self.course.happenings.pop(0), run)

    def _do(self, happening: Happening, run: OpenRun) -> None:
        match happening.deed:
            case Deed.PAUSE:
                run.pause(PauseReason.SIGNAL, "stopped by a signal")
            case Deed.CANCEL:
                self._post(Request(kind="cancel", subtask_id=happening.subtask_id))
            case Deed.TELL:
                self._post(Request(kind="tell", subtask_id=happening.subtask_id, text="Mind the gap."))
            case Deed.REPLAN:
                self._post(Request(kind="replan", subtask_id=happening.subtask_id, text="Do it in another way."))
            case Deed.SET_CLOCK:
                self.world.clock.wall_offset += happening.seconds
            case Deed.SUSPEND:
                self.world.clock.suspend(happening.seconds)

    def _post(self, request: Request) -> None:
        """Leave a request in the run's mailbox, under a name that the same seed gives again."""
        self.folder.mailbox.mkdir(exist_ok=True)
        name = f"{int(self.world.clock.wall() * 1e6):017d}-simulated"
        (self.folder.mailbox / name).write_text(request.model_dump_json())


def different_part(one: RunState, other: RunState) -> str:
    """Name a part in which two states differ, or return an empty string. Time at work may differ by a moment."""
    for state in (one, other):
        state.next_ready()  # The plan is ranked when somebody asks.
    for name in (
        "run_id",
        "task",
        "head",
        "revision",
        "nodes",
        "replans",
        "usage",
        "calls",
        "paused",
        "ended",
        "run_check",
    ):
        if getattr(one, name) != getattr(other, name):
            return name
    for name in ("merging", "cancelled", "repairs", "unended", "at_work"):
        if getattr(one, name) != getattr(other, name):
            return name
    if (one.heads.removing, one.heads.removed, one.heads.head) != (
        other.heads.removing,
        other.heads.removed,
        other.heads.head,
    ):
        return "heads"
    return "" if abs(one.active_s - other.active_s) < 1.0 else "active_s"


async def _stop(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    await asyncio.wait({task})
