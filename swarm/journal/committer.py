"""The thread that owns the journal's writing connection and commits whatever waits as one group."""

import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TypeVar

from swarm.errors import JournalError, JournalFenced, JournalWriteFailed
from swarm.failpoints import reach
from swarm.journal import ballast
from swarm.journal.damage import Mark
from swarm.journal.schema import open_read_only, write_error

MAX_GROUP_ROWS = 2_000
MAX_GROUP_BYTES = 8 * 1024 * 1024

_ROWS_PER_STATEMENT = 64
_NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")
_CLOSE_TIMEOUT_MS = 1_000
_FILE_CHECK_INTERVAL_S = 1.0

EventRow = tuple[int, float, str, str, str, bytes, int]
"""seq, at, type, subtask_id, attempt_id, body, checksum."""
BlobRow = tuple[bytes, int, bytes]
"""digest, size before compression, compressed data."""

_Row = TypeVar("_Row", EventRow, BlobRow)

_EVENT_COLUMNS = "seq, at, type, subtask_id, attempt_id, body, checksum"
_EVENT_MARKS = f"({', '.join('?' * 7)})"
_BLOB_MARKS = f"({', '.join('?' * 3)})"
_WHILE_NOT_FENCED = "WHERE (SELECT value FROM meta WHERE key = 'epoch') = ?"


@dataclass(slots=True)
class Batch:
    """What the appends of one turn of the event loop want on disk, all of it or nothing.

    Handed over in one piece, because each piece wakes the committer, which then waits for the interpreter lock.

    Attributes:
        events: the rows of events, in order.
        blobs: the rows of blobs that they refer to.
        size: their bytes in all.
        appends: how many appends wait for it.
    """

    events: list[EventRow] = field(default_factory=list)
    blobs: list[BlobRow] = field(default_factory=list)
    size: int = 0
    appends: int = 0

    def add(self, events: list[EventRow], blobs: list[BlobRow], size: int) -> None:
        """Take in what one append wants."""
        self.events += events
        self.blobs += blobs
        self.size += size
        self.appends += 1

    @property
    def is_full(self) -> bool:
        """Whether it makes up a group by itself."""
        return len(self.events) >= MAX_GROUP_ROWS or self.size >= MAX_GROUP_BYTES


Report = Callable[[int, JournalError | None], None]
"""Told after each group, on the committer's thread: how many appends it held, and why it failed if it did."""


class _Fenced(Exception):
    """Another writer has the journal now. Never shown to anybody."""


class Committer:
    """Commits batches in the order given, in groups bounded by rows and bytes.

    The first failure ends it: nothing is tried again, because after a failed write or sync nobody knows what the
    disk holds. The thread is a daemon: an interpreter that goes down without closing the journal is not kept alive,
    and loses nothing that was acknowledged.

    Args:
        connection: the journal's one writing connection; from now on this thread's.
        path: the journal's file.
        epoch: the writer's epoch; a commit under any other is refused.
        report: told of each group.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, epoch: int, report: Report) -> None:
        self._connection = connection
        self._path = path
        self._inode = path.stat().st_ino
        self._next_file_check = 0.0
        self._epoch = epoch
        self._report = report
        self._mark = Mark(path)
        self._queue: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._on_closed: Callable[[], None] = lambda: None
        self._start()

    def _start(self) -> None:
        threading.Thread(target=self._run, name="swarm-journal", daemon=True).start()

    def put(self, batch: Batch) -> None:
        """Queue a batch, which is not changed any more; returns at once. The journal bounds the queue."""
        self._queue.put(batch)

    def close(self, on_closed: Callable[[], None]) -> None:
        """Commit what is queued, checkpoint, close the connection, then call ``on_closed`` on the thread."""
        self._on_closed = on_closed
        self._queue.put(None)

    def _run(self) -> None:
        failed = False
        closing = False
        while not closing:
            group, closing = self._next_group()
            if group and not failed:
                error = self._commit(group)
                failed = error is not None
                self._report(appends_of(group), error)
        self._close_connection(checkpoint=not failed)
        self._on_closed()

    def _next_group(self) -> tuple[list[Batch], bool]:
        group: list[Batch] = []
        rows = size = 0
        while rows < MAX_GROUP_ROWS and size < MAX_GROUP_BYTES:
            try:
                batch = self._queue.get(block=not group)
            except queue.Empty:
                break
            if batch is None:
                return group, True
            group.append(batch)
            rows += len(batch.events)
            size += batch.size
        return group, False

    def _commit(self, group: Sequence[Batch]) -> JournalError | None:
        try:
            self._refuse_replaced_file()
            reach("journal.before-commit")
            self._write_or_make_room(group)
            self._mark.set(last_seq(group))
            reach("journal.after-commit")
        except JournalError as error:
            return error
        except _Fenced:
            self._roll_back()
            return self._fenced()
        except sqlite3.Error as error:
            self._roll_back()
            return write_error(error, self._path)
        except Exception as error:  # noqa: BLE001 - the appenders must hear of it, or they wait for ever
            self._roll_back()
            return JournalWriteFailed(f"the journal could not be written: {type(error).__name__}: {error}")
        return None

    def _write_or_make_room(self, group: Sequence[Batch]) -> None:
        try:
            self._write(group)
        except sqlite3.OperationalError as error:
            # A write that found no room is undone as a whole and may be made again, unlike one that was not synced.
            if error.sqlite_errorname not in _NO_ROOM or not ballast.drop(self._path):
                raise
            self._roll_back()
            self._write(group)

    def _write(self, group: Sequence[Batch]) -> None:
        """Write a group in few statements, most often one.

        Every statement lets go of the interpreter lock, and getting it back from a busy event loop takes a while.
        """
        blobs = _in_chunks([blob for batch in group for blob in batch.blobs])
        events = _in_chunks([event for batch in group for event in batch.events])
        alone = not blobs and len(events) == 1  # A statement is a transaction of its own.
        if not alone:
            self._connection.execute("BEGIN IMMEDIATE")
        for chunk in blobs:
            marks = ", ".join([_BLOB_MARKS] * len(chunk))
            statement = f"INSERT OR IGNORE INTO blobs (digest, size, data) VALUES {marks}"  # noqa: S608 - marks only
            self._connection.execute(statement, tuple(chain.from_iterable(chunk)))
        for rows in events:
            self._write_events(rows)
        if not alone:
            self._connection.execute("COMMIT")

    def _write_events(self, rows: Sequence[EventRow]) -> None:
        """Write events, or none of them when the writer's epoch is over. Raises _Fenced then."""
        marks = ", ".join([_EVENT_MARKS] * len(rows))
        inserted = f"INSERT INTO events ({_EVENT_COLUMNS}) SELECT * FROM (VALUES {marks})"  # noqa: S608 - marks only
        statement = f"{inserted} {_WHILE_NOT_FENCED}"
        written = self._connection.execute(statement, (*chain.from_iterable(rows), self._epoch)).rowcount
        if written != len(rows):
            raise _Fenced

    def _refuse_replaced_file(self) -> None:
        # Commits to a file that was removed succeed, and everything acknowledged would be gone with it.
        now = time.monotonic()
        if now < self._next_file_check:
            return
        self._next_file_check = now + _FILE_CHECK_INTERVAL_S
        try:
            inode = self._path.stat().st_ino
        except OSError:
            inode = -1
        if inode != self._inode:
            raise JournalWriteFailed(
                f"the journal {self._path} was removed or replaced while the run was writing to it",
                hint="Restore the run's folder, then `swarm resume`.",
            )

    def _fenced(self) -> JournalFenced:
        return JournalFenced(
            f"another process has taken the run over: epoch {self._epoch}, which this process had, is over",
            hint="Nothing is lost. Follow the run with `swarm status`.",
        )

    def _roll_back(self) -> None:
        # Lets go of the write lock: the process that fenced this one needs it.
        with contextlib.suppress(sqlite3.Error):
            self._connection.rollback()

    def _close_connection(self, *, checkpoint: bool) -> None:
        # A reader in the middle of a page only makes the checkpoint partial: the log is still there for the next.
        self._mark.close()
        with contextlib.ExitStack() as stack, contextlib.suppress(sqlite3.Error, JournalError):
            stack.callback(self._connection.close)
            if checkpoint:
                self._connection.execute(f"PRAGMA busy_timeout = {_CLOSE_TIMEOUT_MS}")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return
            # The last connection that closes folds the log into the file. After a failure nothing is written any
            # more, so one that only reads is closed later than the writer's.
            reader, _ = open_read_only(self._path)
            self._connection.close()
            reader.close()


def _in_chunks(rows: Sequence[_Row]) -> list[Sequence[_Row]]:
    return [rows[start : start + _ROWS_PER_STATEMENT] for start in range(0, len(rows), _ROWS_PER_STATEMENT)]


def last_seq(group: Sequence[Batch]) -> int:
    """Return the number of the last event of a group; 0 when it holds none."""
    return max((event[0] for batch in group for event in batch.events[-1:]), default=0)


def appends_of(group: Sequence[Batch]) -> int:
    """Return how many appends wait for a group."""
    return sum(batch.appends for batch in group)


StartCommitter = Callable[[sqlite3.Connection, Path, int, Report], Committer]
"""Makes what commits, with the arguments of :class:`Committer`."""
