"""The journal's committer on the event loop: the real one without its thread, and with an end at any commit."""

import sqlite3
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

from swarm.errors import JournalError, JournalWriteFailed
from swarm.journal.committer import Batch, Committer, Report, appends_of
from swarm.testing.simulation.loop import VirtualLoop


class CommitFate(StrEnum):
    """What becomes of a commit, and of the process that makes it."""

    DURABLE = "durable"
    LOST = "lost"
    """The process dies before anything of it is on disk."""
    UNKNOWN = "unknown"
    """It is on disk, but the process dies before anybody hears of it."""
    REFUSED = "refused"
    """The disk is full."""
    FROZEN = "frozen"
    """The process stands still before it, and makes it when another one has taken the run over."""


class SimulatedCommitter(Committer):
    """Commits groups with the real statements on the real file, each when its time has come.

    Args:
        connection: as for :class:`Committer`.
        path: as for :class:`Committer`.
        epoch: as for :class:`Committer`.
        report: as for :class:`Committer`.
        loop: where commits are made.
        takes: says how long the next commit takes, in seconds.
        fate: says what becomes of the next commit.
        die: called when the process is to die.
        freeze: called when the process is to stand still.
        durable: told the sequence numbers of what has just become durable.
        acknowledged: told the last sequence number before the appenders are.
        refused: told why a commit failed.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        epoch: int,
        report: Report,
        *,
        loop: VirtualLoop,
        takes: Callable[[], float],
        fate: Callable[[], CommitFate],
        die: Callable[[str], None],
        freeze: Callable[[], None],
        durable: Callable[[Sequence[int]], None],
        acknowledged: Callable[[int], None],
        refused: Callable[[JournalError], None],
    ) -> None:
        self._loop = loop
        self._takes = takes
        self._fate = fate
        self._die = die
        self._freeze = freeze
        self._durable = durable
        self._acknowledged = acknowledged
        self._refused = refused
        self._scheduled = False
        self._ended = False
        self._failed = False
        super().__init__(connection, path, epoch, report)

    def _start(self) -> None:
        """No thread: :meth:`put` asks the loop."""

    def put(self, batch: Batch) -> None:
        """Queue a batch."""
        self._queue.put(batch)
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled and not self._ended and not self._queue.empty():
            self._scheduled = True
            self._loop.call_later(self._takes(), self._commit_next)

    def _commit_next(self) -> None:
        self._scheduled = False
        if self._ended:
            return
        group, _ = self._next_group()
        fate = self._fate()
        if fate is CommitFate.FROZEN:
            self._freeze()
            self._scheduled = True
            self._loop.call_soon(self._go_on, group)
            return
        self._carry_out(group, fate)
        self._schedule()

    def _go_on(self, group: Sequence[Batch]) -> None:
        self._scheduled = False
        self._carry_out(group, CommitFate.DURABLE)
        self._schedule()

    def _carry_out(self, group: Sequence[Batch], fate: CommitFate) -> None:
        if self._failed:
            return  # As the thread does: whoever asks later hears of the failure from the journal.
        if fate is CommitFate.LOST:
            self._die("before a commit")
            return
        error = self._refusal() if fate is CommitFate.REFUSED else self._commit(group)
        seqs = [row[0] for batch in group for row in batch.events]
        if error is None:
            self._durable(seqs)
        if fate is CommitFate.UNKNOWN:
            self._die("after a commit, before its acknowledgement")
            return
        self._answer(group, seqs, error)

    def _answer(self, group: Sequence[Batch], seqs: Sequence[int], error: JournalError | None) -> None:
        if error is None:
            self._acknowledged(seqs[-1])
        else:
            self._failed = True
            self._refused(error)
        self._report(appends_of(group), error)

    def _refusal(self) -> JournalError:
        return JournalWriteFailed(f"the disk is full: the journal {self._path} could not be written")

    def kill(self) -> None:
        """End as a process does that is killed: what is not on disk is gone, the database is as it was."""
        self._ended = True
        self._connection.close()

    def close(self, on_closed: Callable[[], None]) -> None:
        """Commit what is queued and close, unless the process is dead."""
        while not self._ended and not self._queue.empty():
            self._carry_out(self._next_group()[0], CommitFate.DURABLE)
        if not self._ended:
            self._ended = True
            self._close_connection(checkpoint=not self._failed)
        on_closed()
