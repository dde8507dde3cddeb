"""Noticing a damaged journal before anything is built on it.

Three things are looked at when a journal is opened for writing: the structure of the file (SQLite's ``quick_check``),
whether it reaches as far as was ever acknowledged (the *mark*), and each event's checksum as it is read.

The mark is a small file beside the journal with the number of the last event that was on disk. SQLite takes a log that
was cut off for one that ends earlier; the mark is what shows that acknowledged events are gone. It is written after
each commit and never synced: after a power cut it may be behind the journal, never ahead of it.
"""

import contextlib
import os
import sqlite3
import time
from pathlib import Path

from swarm.errors import JournalUnreadable

QUICK_CHECK_S = 2.0
"""How long the look at the file's structure may take when a journal is opened; `swarm verify` looks at all of it."""

_STEPS_BETWEEN_LOOKS = 100_000
_MARK_BYTES = 20
_CLOSED = -1


def recovery_hint(path: Path) -> str:
    """Return what to do about a damaged journal."""
    return (
        f"`swarm recover {path.absolute().parent.name}` restores the newest sound state, says what is lost "
        "and keeps the damaged file."
    )


def quick_check(connection: sqlite3.Connection, path: Path, *, budget_s: float = QUICK_CHECK_S) -> bool:
    """Look through the file for broken structure, for at most ``budget_s`` seconds.

    Returns:
        Whether the whole file was looked at.

    Raises:
        JournalUnreadable: the file is damaged; says where.
        sqlite3.Error: it cannot be read at all.
    """
    deadline = time.monotonic() + budget_s
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
    try:
        findings = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return False
        raise
    finally:
        connection.set_progress_handler(None, 0)
    if findings != ["ok"]:
        said = "; ".join(" ".join(finding.split()) for finding in findings)
        raise JournalUnreadable(f"the journal {path} is damaged: {said[:500]}", hint=recovery_hint(path))
    return True


def refuse_shortened(path: Path, last_seq: int) -> None:
    """Raise JournalUnreadable when events that were acknowledged are no longer in the journal."""
    marked = read_mark(path)
    if last_seq < marked:
        raise JournalUnreadable(
            f"the journal {path} ends with event {last_seq}, but {marked} were recorded: "
            f"its log {path.name}-wal is gone or cut off, or an older copy was put in its place",
            hint=recovery_hint(path),
        )


def mark_of(path: Path) -> Path:
    """Return the file of a journal's mark."""
    return path.with_name(f"{path.name}-mark")


def read_mark(path: Path) -> int:
    """Return the number of the last event known to have been acknowledged; 0 when nothing is known."""
    try:
        return int(mark_of(path).read_bytes()[:_MARK_BYTES])
    except (OSError, ValueError):
        return 0


def write_mark(path: Path, seq: int) -> None:
    """Set the mark, for a journal that was replaced by another."""
    with contextlib.closing(Mark(path)) as mark:
        mark.set(seq)


class Mark:
    """Keeps the mark of a journal while it is written. A disk that refuses it costs only the mark: nothing raises.

    Args:
        path: the journal's file.
    """

    def __init__(self, path: Path) -> None:
        self._path = mark_of(path)
        self._descriptor = _CLOSED
        with contextlib.suppress(OSError):
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)

    def set(self, seq: int) -> None:
        """Say that the events up to this one are on disk."""
        if self._descriptor == _CLOSED:
            return
        try:
            os.pwrite(self._descriptor, b"%*d\n" % (_MARK_BYTES - 1, seq), 0)
        except OSError:
            self.close()

    def close(self) -> None:
        """Release the file."""
        descriptor, self._descriptor = self._descriptor, _CLOSED
        if descriptor != _CLOSED:
            os.close(descriptor)
