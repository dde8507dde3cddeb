"""The runtime: loop number one, and the only place where the parts are put together.

``create_run`` makes a run, ``open_run`` takes one over (new or killed, it is the same), ``drive`` carries it out until
it has ended or is paused.
"""

import asyncio
import contextlib
import logging
import os
import platform
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from swarm import __version__
from swarm.attempt import AttemptRunner
from swarm.conversation import Conversation, Session
from swarm.core.events import (
    FORMAT,
    AttemptStarted,
    Event,
    NoteRecorded,
    PauseReason,
    PlanExtended,
    Recorded,
    RunCreated,
    RunEnded,
    RunOpened,
    RunOutcome,
    RunPaused,
    RunSettings,
    attempt_id,
)
from swarm.core.plan import ROOT_PLAN_ID, Plan, Subtask, SubtaskKind, validate_graph
from swarm.core.prompts import opening_for_plan
from swarm.core.scheduler import Scheduler
from swarm.core.stimuli import (
    AttemptFailed,
    AttemptPlanned,
    AttemptRejected,
    CancelAsked,
    CancelAttempt,
    CheckRun,
    Command,
    Drain,
    Drained,
    MergeAttempt,
    MergeDone,
    PauseAsked,
    RunAttempt,
    RunCheckDone,
    Stimulus,
    Stop,
)
from swarm.core.task import Task
from swarm.core.views import RunView
from swarm.errors import JournalError, PlanError, SwarmError, UsageError
from swarm.executors.local import LocalExecutor
from swarm.integrator import Publisher, merge_attempt
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder, RunLock, RunStore
from swarm.planner import Planner
from swarm.protocols import Model, Tool
from swarm.tools.builtin import builtin_tools
from swarm.tools.toolbox import Toolbox
from swarm.verifier import CheckVerifier
from swarm.workspace.clones import CloneWorkspaces
from swarm.workspace.git import Git
from swarm.workspace.repository import RunRepository
from swarm.workspace.sandbox import Sandbox
from swarm.workspace.user_repository import inspect_user_repository

log = logging.getLogger(__name__)

DRAIN_S = 10.0
"""How long work in flight may go on to its next durable point before it is cancelled."""

TICK_S = 1.0
"""How often limits are looked at while nothing else happens."""

OUTLINE_BYTES = 24_000

Observer = Callable[[Recorded, RunView], None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """How driving a run ended: it is over (``ended``) or paused and resumable (``paused``).

    ``unpublished`` says why the branch in the user's repository is not at ``head``, when it is not.
    """

    run_id: str
    branch: str
    head: str
    ended: RunEnded | None
    paused: RunPaused | None
    view: RunView
    unpublished: str = ""

    @property
    def done(self) -> bool:
        """Whether everything got done and was verified."""
        return self.ended is not None and self.ended.outcome is RunOutcome.DONE


class Inbox:
    """Stimuli on their way to the scheduler; bounded by what is at work."""

    def __init__(self) -> None:
        self._stimuli: list[Stimulus] = []
        self._arrived = asyncio.Event()

    def put(self, stimulus: Stimulus) -> None:
        """Add a stimulus; callable from the event loop only."""
        self._stimuli.append(stimulus)
        self._arrived.set()

    async def take(self, timeout_s: float) -> list[Stimulus]:
        """Return all that has arrived, waiting for the first one for at most ``timeout_s`` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._arrived.wait()
        self._arrived.clear()
        taken, self._stimuli = self._stimuli, []
        return taken


@dataclass(slots=True)
class OpenRun:
    """A run that this process drives: its folder, its journal and everything that works on it."""

    folder: RunFolder
    scheduler: Scheduler
    view: RunView
    journal: SqliteJournal
    repository: RunRepository
    workspaces: CloneWorkspaces
    verifier: CheckVerifier
    runner: AttemptRunner
    session: Session
    publisher: Publisher
    resumed: frozenset[str]
    leftovers: tuple[str, ...]
    inbox: Inbox = field(default_factory=Inbox)

    def pause(self, reason: PauseReason, message: str) -> None:
        """Ask the run to come to a durable stop; callable from the event loop only."""
        self.inbox.put(PauseAsked(reason, message))

    def cancel(self, subtask_id: str = "") -> None:
        """Cancel one subtask with what depends on it, or the whole run; callable from the event loop only."""
        self.inbox.put(CancelAsked(subtask_id))

    def past_of(self, attempt_id: str) -> list[Event]:
        """Return what is recorded of an attempt that an earlier process started; nothing for a new one."""
        if attempt_id not in self.resumed:
            return []
        return [recorded.event for recorded in self.journal.read(attempt_id=attempt_id)]


def new_run_id(now: float) -> str:
    """Return an id that sorts by time: date, time of day (UTC) and a few random letters."""
    return time.strftime("%Y%m%d-%H%M%S-", time.gmtime(now)) + secrets.token_hex(2)


def _absolute(repository: str) -> Path:
    return Path(repository).absolute()


def branch_name(run_id: str) -> str:
    """Return the short name of the branch that a run's result is on."""
    return f"swarm/{run_id}"


def root_plan(task: Task) -> tuple[Subtask, ...]:
    """Return the plan that a run without a given one starts with: one subtask, to plan the rest."""
    instruction = task.instruction[:100_000]
    return (
        Subtask(id=ROOT_PLAN_ID, title="Plan the work", instruction=instruction, kind=SubtaskKind.PLAN, role="planner"),
    )


async def create_run(
    store: RunStore,
    task: Task,
    *,
    settings: RunSettings,
    plan: Plan | None = None,
    run_id: str = "",
    clock: Callable[[], float] = time.time,
) -> RunFolder:
    """Record a new run and prepare its repository. Nothing is asked of a model yet.

    Args:
        store: where runs live.
        task: what to do; its repository must have a commit.
        settings: how it will be carried out.
        plan: a given plan; without one the run starts with planning.
        run_id: the id to use; a new one when empty.
        clock: wall-clock time in Unix seconds.

    Raises:
        UsageError: the repository, the plan or the run id cannot be used.
    """
    subtasks = plan.subtasks if plan else root_plan(task)
    validate_graph(subtasks, limits=task.limits)
    git = Git()
    user = await inspect_user_repository(_absolute(task.repository), git=git)
    task = task.model_copy(update={"repository": str(user.top or user.git_dir)})
    run_id = run_id or new_run_id(clock())
    folder = store.prepare(run_id)
    await RunRepository.create(folder.repository, user=user, base_commit=user.head_commit, run_id=run_id, git=git)
    created = RunCreated(FORMAT, run_id, __version__, task, settings, user.head_commit, branch_name(run_id))
    notes = [NoteRecorded(note) for note in user.notes]
    reason = "given by the user" if plan else ""
    journal = SqliteJournal.create(folder.journal, run_id=run_id, clock=clock)
    try:
        await journal.append(created, *notes, PlanExtended(1, subtasks, reason=reason))
    finally:
        await journal.close()
    return store.admit(folder)


@contextlib.asynccontextmanager
async def open_run(
    folder: RunFolder,
    *,
    model: Model,
    settings: RunSettings,
    sandbox: Sandbox,
    tools: Sequence[Tool] = (),
    observer: Observer | None = None,
    change_task: Callable[[Task], Task] = lambda task: task,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[OpenRun]:
    """Take a run over: fold its journal and put everything together. The same for a new run and a killed one.

    Args:
        folder: the run.
        model: who answers.
        settings: how it is carried out from now on; differences from before are recorded.
        sandbox: where commands run.
        tools: tools beyond the built-in ones.
        observer: shown every event, and the view with it folded in.
        change_task: changes limits of the task on resume.
        clock: wall-clock time in Unix seconds.

    Raises:
        RunOwned: another live process drives the run.
        UsageError: the run has ended already, or its repository is gone.
        JournalError: the journal cannot be used.
    """
    view = RunView()

    def watch(recorded: Recorded) -> None:
        view.apply(recorded)
        if observer:
            observer(recorded, view)

    with RunLock(folder):
        journal = SqliteJournal.open(folder.journal, subscriber=watch, clock=clock)
        try:
            scheduler = _restore(journal, view)
            run = await _put_together(folder, scheduler, view, journal, model, sandbox, tools, clock)
            await _record_opening(run, settings, change_task, clock)
            yield run
        finally:
            await journal.close()


def _restore(journal: SqliteJournal, view: RunView) -> Scheduler:
    scheduler = Scheduler()
    for recorded in journal.read():
        scheduler.apply(recorded.event, recorded.at)
        view.apply(recorded)
    if scheduler.state.ended:
        outcome = scheduler.state.ended.outcome
        raise UsageError(
            f"run {scheduler.state.run_id} has ended already: {outcome}",
            hint=f"`swarm report {scheduler.state.run_id}` shows its result; `swarm run` starts a new one.",
        )
    return scheduler


async def _put_together(
    folder: RunFolder,
    scheduler: Scheduler,
    view: RunView,
    journal: SqliteJournal,
    model: Model,
    sandbox: Sandbox,
    tools: Sequence[Tool],
    clock: Callable[[], float],
) -> OpenRun:
    state, session, git = scheduler.state, Session(), Git()
    assert state.task is not None
    user = await inspect_user_repository(_absolute(state.task.repository), git=git)
    repository = await RunRepository.create(
        folder.repository, user=user, base_commit=state.base_commit, run_id=state.run_id, git=git
    )
    cores = max(2, os.cpu_count() or 2)
    workspaces = CloneWorkspaces(
        folder.attempts, repository=repository, sandbox=sandbox, slots=asyncio.Semaphore(cores), checkouts=cores + 1
    )
    verifier = CheckVerifier(
        workspaces, repository, protected=state.task.protected, check_timeout_s=state.task.limits.check_timeout_s
    )
    leftovers = await workspaces.leftovers(keep=state.undispatched)
    outline = await repository.outline(state.head, max_bytes=OUTLINE_BYTES)

    async def record(*events: Event) -> None:
        now = clock()
        for event in events:
            scheduler.apply(event, now)
        await journal.append(*events)

    runner = AttemptRunner(
        state=state,
        session=session,
        model=model,
        toolbox=Toolbox((*builtin_tools(), *tools)),
        workspaces=workspaces,
        repository=repository,
        verifier=verifier,
        record=record,
        outline=lambda: outline,
    )
    return OpenRun(
        folder=folder,
        scheduler=scheduler,
        view=view,
        journal=journal,
        repository=repository,
        workspaces=workspaces,
        verifier=verifier,
        runner=runner,
        session=session,
        publisher=Publisher(repository, user),
        resumed=frozenset(state.undispatched),
        leftovers=tuple(leftovers),
    )


async def _record_opening(
    run: OpenRun, settings: RunSettings, change_task: Callable[[Task], Task], clock: Callable[[], float]
) -> None:
    before = run.scheduler.state.task
    assert before is not None
    task = change_task(before)
    changes = _differences(before, task, run.view.settings, settings)
    opened = RunOpened(run.journal.epoch, platform.node(), os.getpid(), settings, task, changes)
    run.scheduler.apply(opened, clock())
    await run.journal.append(opened)


def _differences(before: Task, after: Task, old: RunSettings | None, new: RunSettings) -> tuple[str, ...]:
    found = [
        f"{name}: {getattr(before.limits, name)} -> {value}"
        for name, value in after.limits
        if value != getattr(before.limits, name)
    ]
    if old is not None:
        found.extend(
            f"{name}: {getattr(old, name)} -> {getattr(new, name)}"
            for name in ("base_url", "models", "sandbox")
            if getattr(old, name) != getattr(new, name)
        )
    return tuple(found)


async def propose_plan(task: Task, model: Model) -> Plan:
    """Ask a planner for a plan of a task; nothing is recorded and nothing is carried out.

    Raises:
        PlanError: the planner found no usable plan.
        EndpointError: the endpoint gave no reply.
        UsageError: the repository cannot be used.
    """
    git = Git()
    user = await inspect_user_repository(_absolute(task.repository), git=git)
    # Only read from: the outline of what is there.
    repository = RunRepository.open(user.git_dir, run_id="plan", git=git)
    outline = await repository.outline(user.head_commit, max_bytes=OUTLINE_BYTES)
    (root,) = root_plan(task)
    started = AttemptStarted(attempt_id(root.id, 1), root.id, 1, user.head_commit)

    async def forget(*_: Event) -> None:
        """Nothing is built on it, so nothing needs to be recorded."""

    conversation = Conversation(
        started.attempt_id,
        past=(),
        model=model,
        role=root.role,
        record=forget,
        session=Session(),
        max_output_tokens=task.limits.max_output_tokens,
    )
    planner = Planner(
        started.attempt_id, conversation=conversation, room=task.limits.max_subtasks, goal_checks=task.checks
    )
    opening = opening_for_plan(task, root, started, outline=outline, room=task.limits.max_subtasks)
    stimulus = await planner.run(opening)
    if isinstance(stimulus, AttemptPlanned):
        return Plan(subtasks=stimulus.subtasks)
    assert isinstance(stimulus, AttemptRejected | AttemptFailed)
    raise PlanError(stimulus.reason, hint="Try a stronger planner model, or write the plan yourself (--plan).")


async def drive(run: OpenRun, *, clock: Callable[[], float] = time.time) -> RunResult:
    """Carry a run out until it has ended or is paused.

    Returns:
        How it ended.

    Raises:
        JournalError: the journal refused a commit; everything acknowledged before is safe and the run resumable.
    """
    try:
        async with asyncio.TaskGroup() as group:
            executor = LocalExecutor(group, run.inbox.put)
            # Until the branch is there, nothing keeps the base commit alive in the user's repository.
            run.publisher.changed()
            helpers = [
                group.create_task(run.publisher.run(), name="publisher"),
                group.create_task(run.workspaces.sweep(run.leftovers), name="sweeper"),
            ]
            await _loop(run, executor, clock)
            await executor.drain(0)
            for helper in helpers:
                helper.cancel()
    except* JournalError as errors:
        raise errors.exceptions[0] from None
    await run.publisher.publish()
    state = run.scheduler.state
    if state.ended:
        await run.workspaces.close_all()
    return RunResult(
        state.run_id,
        branch_name(state.run_id),
        state.head,
        state.ended,
        state.paused,
        run.view,
        run.publisher.problem,
    )


async def _loop(run: OpenRun, executor: LocalExecutor, clock: Callable[[], float]) -> None:
    stimuli: list[Stimulus] = []
    while True:
        decision = run.scheduler.handle(stimuli, clock())
        await run.journal.append(*decision.facts)
        for command in decision.commands:
            if isinstance(command, Stop):
                return
            _perform(run, executor, command)
        stimuli = await run.inbox.take(TICK_S)


def _perform(run: OpenRun, executor: LocalExecutor, command: Command) -> None:
    match command:
        case RunAttempt(started):
            executor.start(started.attempt_id, run.runner.run(started, run.past_of(started.attempt_id)))
        case CancelAttempt(attempt_id):
            executor.cancel(attempt_id)
        case MergeAttempt():
            executor.start(f"merge {command.attempt_id}", _merge(run, command))
        case CheckRun(head):
            executor.start(f"check {head}", _check(run, head))
        case Drain():
            run.session.draining = True
            executor.start_draining(DRAIN_S, Drained())
        case _:
            raise AssertionError(f"no such command: {command}")


async def _merge(run: OpenRun, command: MergeAttempt) -> Stimulus:
    stimulus = await merge_attempt(run.repository, command, run.scheduler.state.run_id)
    if isinstance(stimulus, MergeDone):
        run.publisher.changed()
    return stimulus


async def _check(run: OpenRun, head: str) -> Stimulus:
    state = run.scheduler.state
    assert state.task is not None
    try:
        verdict = await run.verifier.verify(head, base=state.base_commit, checks=state.task.checks, name="run.check")
    except SwarmError as error:
        return PauseAsked(PauseReason.STORAGE, f"the run's checks could not be run: {error.message}", error.code)
    return RunCheckDone(head, verdict)
