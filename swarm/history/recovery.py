"""Brings a run back whose journal is damaged: the newest sound state of its facts, and the branch of that state."""

import asyncio
import time
from dataclasses import dataclass

from swarm.core.events import NoteRecorded
from swarm.core.state import RunState
from swarm.errors import RepositoryError, WorkspaceError
from swarm.journal.reader import JournalReader
from swarm.journal.recovery import Recovery, recover
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder, RunLock
from swarm.workspace.git import Git
from swarm.workspace.integrity import is_merge_onto
from swarm.workspace.repository import RunRepository


@dataclass(frozen=True, slots=True)
class RecoveredRun:
    """What was done.

    Attributes:
        run_id: the run.
        journal: what happened to its journal.
        source: where the events were taken from, in words.
        branch: the ref in the run's repository that keeps commits which the recovered facts do not know; empty when
            there are none.
        problem: why the branch could not be looked at; empty when it could.
    """

    run_id: str
    journal: Recovery
    source: str = ""
    branch: str = ""
    problem: str = ""


async def recover_run(folder: RunFolder) -> RecoveredRun:
    """Put a run's newest sound state in the place of its damaged journal, and record that; a sound one is left alone.

    Raises:
        RunOwned: a process drives the run.
        JournalUnreadable: nothing sound is left; nothing was changed.
        JournalTooNew: a newer version of swarm wrote the journal.
        JournalWriteFailed: the disk refused.
    """
    with RunLock(folder):
        recovered = await asyncio.to_thread(recover, folder.journal, folder.run_id)
        if recovered.source is None:
            return RecoveredRun(folder.run_id, recovered)
        source = _in_words(recovered, folder)
        journal = await asyncio.to_thread(SqliteJournal.open, folder.journal)
        try:
            await journal.append(NoteRecorded(_note(recovered, source)))
        finally:
            await journal.close()
        branch, problem = "", ""
        try:
            branch = await _rewind(folder)
        except (RepositoryError, WorkspaceError) as error:
            problem = error.message
        return RecoveredRun(folder.run_id, recovered, source, branch, problem)


def _in_words(recovered: Recovery, folder: RunFolder) -> str:
    source = recovered.source
    if source is not None and source.parent.name == "backups":
        made = time.localtime(source.stat().st_mtime)
        return time.strftime("the copy of %Y-%m-%d %H:%M:%S", made)
    return "the damaged file itself" if source == folder.journal else "what an earlier recovery had saved"


def _note(recovered: Recovery, source: str) -> str:
    lost = f"events {recovered.last_seq + 1} to {recovered.recorded} are lost" if recovered.lost else "none is lost"
    return f"the journal was damaged and recovered up to event {recovered.last_seq} from {source}: {lost}"


async def _rewind(folder: RunFolder) -> str:
    """Put the branch where the recovered facts say; what they no longer know is kept under a ref of its own."""
    state = await asyncio.to_thread(_state, folder)
    repository = RunRepository.open(folder.repository, run_id=folder.run_id, git=Git())
    if state.branch_moves and await is_merge_onto(repository, await repository.head(), state.head):
        return ""  # the next resume recognises what moved it
    return await repository.rewind(state.head)


def _state(folder: RunFolder) -> RunState:
    state = RunState()
    with JournalReader(folder.journal) as reader:
        for recorded in reader.condensed():
            state.apply(recorded.event, recorded.at)
    return state
