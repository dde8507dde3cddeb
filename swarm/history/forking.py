"""Forks a run: a new one that begins with everything which had happened up to a recorded instant."""

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from swarm.core.events import Event, Recorded, RunForked, RunImported
from swarm.core.node import InvariantBroken
from swarm.core.recorded_objects import HandedIn, OpenFiles
from swarm.core.state import RunState
from swarm.creation import branch_name, new_run_id
from swarm.errors import JournalUnreadable, RepositoryError, UsageError
from swarm.journal.copying import copy_journal
from swarm.journal.reader import JournalReader
from swarm.journal.spool import copy_spool
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder, RunStore
from swarm.workspace.copies import copy_repository
from swarm.workspace.git import Git
from swarm.workspace.intake import recorded_in
from swarm.workspace.integrity import incomplete_object_of
from swarm.workspace.repository import RunRepository


@dataclass(frozen=True, slots=True)
class Fork:
    """A run that begins as a copy of another one, with its events up to ``last``."""

    folder: RunFolder
    last: int


async def fork_run(
    store: RunStore, run: str, *, at: int, run_id: str = "", clock: Callable[[], float] = time.time
) -> Fork:
    """Make a new run from a recorded instant of another one: plan, conversations and files as they were then.

    The other run is not touched and may be driven meanwhile. What was recorded together with event ``at`` is part of
    the instant: a run can never have stood still between two facts of one transaction.

    Args:
        store: where both runs live.
        run: the other run's id, or the beginning of it.
        at: the event to go on from.
        run_id: the new run's id; made up when empty.
        clock: wall-clock time in Unix seconds.

    Raises:
        RunNotFound: there is no such run.
        UsageError: there is no such event, the run had ended by then, or the new id is taken.
        RepositoryError: commits or trees of that instant are lost.
        JournalError: the journal cannot be read, or the new one not be written.
    """
    source = store.find(run)
    instant = await asyncio.to_thread(_instant, source, at)
    repository = RunRepository.open(source.repository, run_id=source.run_id, git=Git())
    recorded = recorded_in(source.intake, repository)
    lost, said = await incomplete_object_of(recorded, instant.needed)
    if lost:
        raise RepositoryError(
            f"{lost}, which run {source.run_id} needs at event {instant.last}, is not complete: {said}",
            hint=f"`swarm verify {source.run_id}` shows what is left.",
        )
    run_id = run_id or new_run_id(clock())
    with prepared(store, run_id) as folder:
        await asyncio.to_thread(copy_journal, source.journal, folder.journal, run_id=run_id, last=instant.last)
        await copy_repository(repository, folder.repository, run_id=run_id, head=instant.state.head)
        if recorded is not repository:
            await copy_repository(recorded, folder.intake, run_id=run_id)
        fork = RunRepository.open(folder.repository, run_id=run_id, git=repository.git)
        await fork.name_hand_ins(instant.handed_in)
        await asyncio.to_thread(copy_spool, source.spool, folder.spool)
        forked = RunForked(run_id, branch_name(run_id), source.run_id, instant.last, instant.repository)
        await append(folder, forked, clock=clock)
        await asyncio.to_thread(os.sync)
    return Fork(store.find(run_id), instant.last)


@dataclass(frozen=True, slots=True)
class _Instant:
    """A moment of a run: its last event, the state after it, and the objects that going on needs.

    ``repository`` is the user's repository as it is named now: the run may have been imported since that moment.
    ``handed_in`` holds the newest commit of each attempt.
    """

    last: int
    state: RunState
    needed: tuple[str, ...]
    handed_in: Mapping[str, str]
    repository: str


def _instant(folder: RunFolder, at: int) -> _Instant:
    state, files, handed_in, last = RunState(), OpenFiles(), HandedIn(), 0
    with JournalReader(folder.journal) as reader:
        newest = reader.last_seq()
        if not 1 <= at <= newest:
            raise UsageError(
                f"run {folder.run_id} has no event {at}: they go from 1 to {newest}",
                hint=f"`swarm events {folder.run_id}` lists them.",
            )
        for recorded in _through(reader.events(), at):
            state.apply(recorded.event, recorded.at)
            files.apply(recorded.event)
            handed_in.apply(recorded.event)
            last = recorded.seq
        _require_instant(state, folder.run_id, last)
        repository = _repository_after(reader, state, last)
        return _Instant(last, state, files.needed(state), handed_in.commits, repository)


def _repository_after(reader: JournalReader, state: RunState, last: int) -> str:
    assert state.task is not None
    found = state.task.repository
    # A damaged event later on leaves the name as it was: it is looked for only when the fork is resumed.
    with contextlib.suppress(JournalUnreadable):
        for recorded in reader.events(after=last, subtask_id=""):
            if isinstance(recorded.event, RunForked | RunImported):
                found = recorded.event.repository
    return found


def _through(events: Iterator[Recorded], at: int) -> Iterator[Recorded]:
    """Yield events up to one, with those of its transaction, which have its time.

    A damaged event right after it is passed over: the instant before a damage is where one goes on from.
    """
    last: Recorded | None = None
    while True:
        try:
            recorded = next(events, None)
        except JournalUnreadable:
            if last is not None and last.seq >= at:
                return
            raise
        if recorded is None or (last is not None and last.seq >= at and recorded.at != last.at):
            return
        last = recorded
        yield recorded


def _require_instant(state: RunState, run_id: str, last: int) -> None:
    if state.ended:
        raise UsageError(
            f"run {run_id} had ended by event {last}",
            hint="Choose an earlier event: what has ended cannot go on.",
        )
    try:
        state.check()
    except InvariantBroken as error:
        raise UsageError(
            f"event {last} of run {run_id} is in the middle of a transaction: {error}", hint="Choose an earlier event."
        ) from error


@contextlib.contextmanager
def prepared(store: RunStore, run_id: str) -> Iterator[RunFolder]:
    """Give the folder of a new run to fill; it becomes a run at the end of the block, or nothing is left of it."""
    folder = store.prepare(run_id)
    try:
        yield folder
        store.admit(folder)
    except BaseException:
        shutil.rmtree(folder.root, ignore_errors=True)
        raise


async def append(folder: RunFolder, event: Event, *, clock: Callable[[], float]) -> None:
    """Append one event to a journal that nobody else writes. Raises JournalError."""
    journal = SqliteJournal.open(folder.journal, clock=clock)
    try:
        await journal.append(event)
    finally:
        await journal.close()
