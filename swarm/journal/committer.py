"""The thread that owns the journal's writing connection and commits whatever waits as one group."""

import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from swarm.errors import JournalError, JournalFenced, JournalWriteFailed
from swarm.failpoints import reach
from swarm.journal import ballast
from swarm.journal.damage import Mark
from swarm.journal.schema import FENCED, open_read_only, write_error

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

_NO_EVENT = (None,) * 7
_NO_BLOB = (None,) * 3
_MARKS = f"({', '.join('?' * 11)})"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one append wants on disk, all of it or nothing; ``size`` is its bytes in all."""

    events: Sequence[EventRow]
    blobs: Sequence[BlobRow]
    size: int


Report = Callable[[int, JournalError | None], None]
"""Told after each group, on the committer's thread: how many entries it held, and why it failed if it did."""


class Committer:
    """Commits entries in the order given, in groups bounded by rows and bytes.

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
        self._queue: queue.SimpleQueue[Entry | None] = queue.SimpleQueue()
        self._on_closed: Callable[[], None] = lambda: None
        self._start()

    def _start(self) -> None:
        threading.Thread(target=self._run, name="swarm-journal", daemon=True).start()

    def put(self, entry: Entry) -> None:
        """Queue an entry; returns at once. The journal bounds the queue."""
        self._queue.put(entry)

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
                self._report(len(group), error)
        self._close_connection(checkpoint=not failed)
        self._on_closed()

    def _next_group(self) -> tuple[list[Entry], bool]:
        group: list[Entry] = []
        rows = size = 0
        while rows < MAX_GROUP_ROWS and size < MAX_GROUP_BYTES:
            try:
                entry = self._queue.get(block=not group)
            except queue.Empty:
                break
            if entry is None:
                return group, True
            group.append(entry)
            rows += len(entry.events)
            size += entry.size
        return group, False

    def _commit(self, group: Sequence[Entry]) -> JournalError | None:
        try:
            self._refuse_replaced_file()
            reach("journal.before-commit")
            self._write_or_make_room(self._rows(group))
            self._mark.set(last_seq(group))
            reach("journal.after-commit")
        except JournalError as error:
            return error
        except sqlite3.Error as error:
            self._roll_back()
            return self._fenced() if str(error) == FENCED else write_error(error, self._path)
        except Exception as error:  # noqa: BLE001 - the appenders must hear of it, or they wait for ever
            self._roll_back()
            return JournalWriteFailed(f"the journal could not be written: {type(error).__name__}: {error}")
        return None

    def _rows(self, group: Sequence[Entry]) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        for entry in group:
            rows.extend((self._epoch, *_NO_EVENT, *blob) for blob in entry.blobs)
            rows.extend((self._epoch, *event, *_NO_BLOB) for event in entry.events)
        return rows

    def _write_or_make_room(self, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            self._write(rows)
        except sqlite3.OperationalError as error:
            # A write that found no room is undone as a whole and may be made again, unlike one that was not synced.
            if error.sqlite_errorname not in _NO_ROOM or not ballast.drop(self._path):
                raise
            self._roll_back()
            self._write(rows)

    def _write(self, rows: Sequence[tuple[object, ...]]) -> None:
        chunks = [rows[start : start + _ROWS_PER_STATEMENT] for start in range(0, len(rows), _ROWS_PER_STATEMENT)]
        alone = len(chunks) == 1  # A statement is a transaction of its own.
        if not alone:
            self._connection.execute("BEGIN IMMEDIATE")
        for chunk in chunks:
            statement = f"INSERT INTO written VALUES {', '.join([_MARKS] * len(chunk))}"  # noqa: S608 - marks only
            self._connection.execute(statement, tuple(chain.from_iterable(chunk)))
        if not alone:
            self._connection.execute("COMMIT")

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


def last_seq(group: Sequence[Entry]) -> int:
    """Return the number of the last event of a group; 0 when it holds none."""
    return max((event[0] for entry in group for event in entry.events[-1:]), default=0)


StartCommitter = Callable[[sqlite3.Connection, Path, int, Report], Committer]
"""Makes what commits, with the arguments of :class:`Committer`."""
