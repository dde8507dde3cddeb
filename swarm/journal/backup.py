"""Copies of a journal beside it, made while it is being written.

A copy is made through a connection that only reads, in one read transaction: it holds all events up to some number, and
nothing of the writer's is touched. ``VACUUM INTO`` reads every row, so a broken journal makes no copy, and a sound
older copy is never replaced by a broken one.
"""

import contextlib
import os
from pathlib import Path

from swarm.errors import JournalWriteFailed
from swarm.journal import schema

KEPT = 2
"""How many copies are kept."""


def backups_of(journal: Path) -> list[Path]:
    """Return a journal's copies, the newest first."""
    return sorted(journal.with_name("backups").glob("*.db"), reverse=True)


def newest_backup_age_s(journal: Path, now: float) -> float:
    """Return how many seconds ago the newest copy was made; the journal's own age when there is none.

    Args:
        journal: the journal's file.
        now: wall-clock time in Unix seconds.
    """
    for path in [*backups_of(journal), journal.with_name("created")]:
        with contextlib.suppress(OSError):
            return max(0.0, now - path.stat().st_mtime)
    return 0.0


def back_up(journal: Path) -> Path:
    """Copy a journal as it is now and return the copy; older copies but one are removed.

    Raises:
        JournalUnreadable: the journal is damaged; its copies stay.
        JournalWriteFailed: there is no room, or the folder cannot be written.
    """
    folder = journal.with_name("backups")
    connection, _ = schema.open_read_only(journal)
    try:
        with contextlib.closing(connection), schema.readable(journal):
            folder.mkdir(mode=0o700, exist_ok=True)
            _refuse_without_room(journal)
            # The copy may hold events that come after this; its name only has to grow.
            last = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
            copy = folder / f"{last:012d}.db"
            schema.copy_into(connection, copy)
        for old in backups_of(journal)[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise JournalWriteFailed(f"cannot make a copy of {journal}: {error.strerror or error}") from error
    return copy


def _refuse_without_room(journal: Path) -> None:
    # Twice what it takes: a copy must never be what fills the disk.
    needed = 2 * (_size(journal) + _size(journal.with_name(f"{journal.name}-wal")))
    disk = os.statvfs(journal.parent)
    if disk.f_bavail * disk.f_frsize < needed:
        raise OSError(f"it needs {needed // 2**20 + 1} MiB of free disk space")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
