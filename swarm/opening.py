"""Taking a run over: its lock, its journal folded, and everything that works on it put together.

The same for a new run and for a killed one. ``swarm.runtime`` then drives what is opened here.
"""

import asyncio
import contextlib
import logging
import os
import platform
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from swarm.assembly import Assemble, Parts
from swarm.attempt import AttemptRunner
from swarm.budgeting import Purse, refuse_unpriced
from swarm.clock import SteadyClock
from swarm.control import Requests
from swarm.conversation import PATIENCE_S, Record, Session
from swarm.core.events import (
    Event,
    NoteRecorded,
    PauseReason,
    Recorded,
    RunOpened,
    RunSettings,
)
from swarm.core.parking import Parking
from swarm.core.scheduler import Scheduler
from swarm.core.state import RunState
from swarm.core.stimuli import (
    CancelAsked,
    PauseAsked,
    Stimulus,
    TellAsked,
)
from swarm.core.task import Task, roles_of
from swarm.core.views import RunView
from swarm.errors import UsageError
from swarm.failpoints import reach
from swarm.journal.ballast import Ballast
from swarm.journal.mailbox import Mailbox
from swarm.journal.spool import ReplySpool
from swarm.journal.sqlite import OpenJournal, SqliteJournal
from swarm.journal.store import RunFolder, RunLock
from swarm.judges import Judges
from swarm.llm.tariff import NO_PRICES, Tariff
from swarm.protocols import Model, Tool
from swarm.tools.builtin import builtin_tools
from swarm.tools.toolbox import Toolbox

log = logging.getLogger(__name__)

Observer = Callable[[Recorded, RunView], None]


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
    parts: Parts
    runner: AttemptRunner
    session: Session
    begun: set[str]
    leftovers: tuple[str, ...]
    requests: Requests
    record: Record
    clock: SteadyClock
    inbox: Inbox = field(default_factory=Inbox)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    def pause(self, reason: PauseReason, message: str) -> None:
        """Ask the run to come to a durable stop; callable from the event loop only."""
        self.inbox.put(PauseAsked(reason, message))

    def cancel(self, subtask_id: str = "") -> None:
        """Cancel one subtask with what depends on it, or the whole run; callable from the event loop only."""
        self.inbox.put(CancelAsked(subtask_id))

    def tell(self, text: str, request_id: str, subtask_id: str = "") -> None:
        """Say something to one subtask's agent, or to all; callable from the event loop only."""
        self.inbox.put(TellAsked(text, request_id, subtask_id))

    def past_of(self, attempt_id: str) -> list[Event]:
        """Return what is recorded of an attempt."""
        return [recorded.event for recorded in self.journal.read(attempt_id=attempt_id)]


@contextlib.asynccontextmanager
async def open_run(
    folder: RunFolder,
    *,
    model: Model,
    settings: RunSettings,
    assemble: Assemble,
    tools: Sequence[Tool] = (),
    observer: Observer | None = None,
    change_task: Callable[[Task], Task] = lambda task: task,
    clock: SteadyClock | None = None,
    parking: Parking | None = None,
    tariff: Tariff = NO_PRICES,
    open_journal: OpenJournal = SqliteJournal.open,
) -> AsyncIterator[OpenRun]:
    """Take a run over: fold its journal and put everything together. The same for a new run and a killed one.

    Args:
        folder: the run.
        model: who answers.
        settings: how it is carried out from now on; differences from before are recorded.
        assemble: puts together what the run works on.
        tools: tools beyond the built-in ones.
        observer: shown every event, and the view with it folded in.
        change_task: changes limits of the task on resume.
        clock: the time of what is recorded; this machine's when there is none.
        parking: how the run waits for an endpoint that is gone; without it such a run is paused.
        tariff: what the endpoint's models cost.
        open_journal: opens the run's journal for writing.

    Raises:
        RunOwned: another live process drives the run.
        UsageError: the run has ended already, or its repository is gone.
        LimitReached: the disk is full.
        JournalError: the journal cannot be used.
    """
    clock = clock or SteadyClock()
    scheduler = Scheduler(parking)
    view = RunView(scheduler.state.ledger)

    def watch(recorded: Recorded) -> None:
        nonlocal observer
        view.apply(recorded)
        if observer:
            try:
                observer(recorded, view)
            except Exception:  # who watches must not be able to stop what is watched
                log.exception("the observer broke and is told nothing more")
                observer = None

    with RunLock(folder), Ballast(folder.journal):
        requests = Requests(Mailbox(folder.mailbox))
        journal = open_journal(folder.journal, subscriber=watch, clock=clock)
        try:
            folder.refuse_foreign(journal.run_id)
            _restore(journal, scheduler, view)
            reach("open.restored")
            if scheduler.state.ended:
                await _wind_up_again(folder, scheduler.state, assemble)
                raise _ended_already(scheduler.state)
            assert scheduler.state.task is not None
            task = change_task(scheduler.state.task)
            refuse_unpriced(
                task.limits, tariff, roles_of(task, (node.subtask for node in scheduler.state.nodes.values()))
            )
            parts = await assemble(folder, scheduler.state, task)
            run = await _put_together(
                folder, scheduler, view, journal, model, parts, tools, clock, requests, parking, tariff
            )
            reach("open.prepared")
            await _record_opening(run, settings, task)
            reach("open.recorded")
            try:
                yield run
            finally:
                run.runner.spool.close()
        finally:
            await journal.close()


def _restore(journal: SqliteJournal, scheduler: Scheduler, view: RunView) -> None:
    for recorded in journal.condensed():
        scheduler.apply(recorded.event, recorded.at)
        view.apply(recorded)
    if scheduler.state.moved:
        raise UsageError(
            f"run {scheduler.state.run_id} was moved: it goes on from {scheduler.state.moved.archive}",
            hint="`swarm import` that file where it is to go on (here with --as NEW_ID), then resume it there.",
        )


async def _wind_up_again(folder: RunFolder, state: RunState, assemble: Assemble) -> None:
    """Do what was left to do when a process was killed right after it had recorded the run's end."""
    if folder.attempts.exists():  # the last thing to go
        assert state.task is not None
        parts = await assemble(folder, state, state.task)
        await parts.publisher.publish()
        await parts.remains.close_all()


def _ended_already(state: RunState) -> UsageError:
    assert state.ended is not None
    return UsageError(
        f"run {state.run_id} has ended already: {state.ended.outcome}",
        hint=f"`swarm report {state.run_id}` shows its result; `swarm run` starts a new one.",
    )


async def _put_together(
    folder: RunFolder,
    scheduler: Scheduler,
    view: RunView,
    journal: SqliteJournal,
    model: Model,
    parts: Parts,
    tools: Sequence[Tool],
    clock: SteadyClock,
    requests: Requests,
    parking: Parking | None,
    tariff: Tariff,
) -> OpenRun:
    state = scheduler.state
    session = Session(patience_s=parking.patience_s if parking else PATIENCE_S)
    leftovers = await parts.remains.leftovers(keep=state.undispatched)

    async def record(*events: Event) -> None:
        now = clock()
        for event in events:
            scheduler.apply(event, now)
        await journal.append(*events)

    def past_of(attempt_id: str) -> list[Event]:
        return [recorded.event for recorded in journal.read(attempt_id=attempt_id)]

    spool, purse = ReplySpool(folder.spool), Purse(state.ledger, lambda: state.limits, tariff)
    runner = AttemptRunner(
        state=state,
        session=session,
        model=model,
        toolbox=Toolbox((*builtin_tools(), *tools)),
        workspaces=parts.workspaces,
        intake=parts.intake,
        verifier=parts.verifier,
        outcomes=parts.outcomes,
        record=record,
        survey=parts.survey,
        runs=parts.runs,
        spool=spool,
        purse=purse,
        judges=Judges(state, session, model, record, spool, purse, past_of, parts.diff),
    )
    return OpenRun(
        folder=folder,
        scheduler=scheduler,
        view=view,
        journal=journal,
        parts=parts,
        runner=runner,
        session=session,
        begun=set(state.undispatched),
        leftovers=tuple(leftovers),
        requests=requests,
        record=record,
        clock=clock,
    )


async def _record_opening(run: OpenRun, settings: RunSettings, task: Task) -> None:
    before = run.scheduler.state.task
    assert before is not None
    known = run.view.settings
    changes = _differences(before, task, known, settings)
    is_new = not run.view.sessions or known is None or known.degraded != settings.degraded
    news = [NoteRecorded(settings.degraded)] if settings.degraded and is_new else []
    await run.record(RunOpened(run.journal.epoch, platform.node(), os.getpid(), settings, task, changes), *news)


def _differences(before: Task, after: Task, old: RunSettings | None, new: RunSettings) -> tuple[str, ...]:
    found = [
        f"{name}: {getattr(before.limits, name)} -> {value}"
        for name, value in after.limits
        if value != getattr(before.limits, name)
    ]
    if before.baseline and not after.baseline:
        found.append("the checks are not run on the untouched start")
    if old is not None:
        before_names, names = ([each.name for each in settings.endpoints] for settings in (old, new))
        if before_names != names:
            found.append(f"endpoints: {', '.join(before_names) or 'one'} -> {', '.join(names) or 'one'}")
        found.extend(
            f"{name}: {getattr(old, name)} -> {getattr(new, name)}"
            for name in ("base_url", "sandbox")
            if getattr(old, name) != getattr(new, name)
        )
        found.extend(
            f"model of the {role}: {old.models.get(role, 'none')} -> {name}"
            for role, name in new.models.items()
            if name != old.models.get(role)
        )
    return tuple(found)
