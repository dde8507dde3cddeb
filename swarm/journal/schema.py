"""The journal's tables, their migrations, and how the file is opened and recognised.

Exactly one connection writes and checkpoints a journal; all others are opened read-only. (SQLite before 3.51.3 can
corrupt a file that several connections checkpoint at the same time.)

Events are only written while the journal's epoch is that of the writer: the statement that inserts them says so itself
(:mod:`swarm.journal.committer`), so whoever takes a run over need only raise the epoch.
"""

import contextlib
import errno
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from swarm.core.events import FORMAT
from swarm.durable import sync
from swarm.errors import JournalError, JournalTooNew, JournalUnreadable, JournalWriteFailed
from swarm.failpoints import reach
from swarm.journal.damage import mark_of, quick_check, recovery_hint, refuse_shortened

APPLICATION_ID = 0x5357524D
"""``SWRM``: SQLite's header field that says whose file this is."""

BUSY_TIMEOUT_S = 10.0

_FIRST_SCHEMA = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT",
    """CREATE TABLE events (
        seq INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        type TEXT NOT NULL,
        subtask_id TEXT NOT NULL,
        attempt_id TEXT NOT NULL,
        body BLOB NOT NULL,
        checksum INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX events_by_attempt ON events (attempt_id)",
    "CREATE INDEX events_by_subtask ON events (subtask_id)",
    "CREATE TABLE blobs (digest BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, data BLOB NOT NULL) STRICT",
    """CREATE VIEW written AS
        SELECT NULL AS epoch, seq, at, type, subtask_id, attempt_id, body, checksum,
               NULL AS digest, NULL AS size, NULL AS data
        FROM events""",
    """CREATE TRIGGER write_if_not_fenced INSTEAD OF INSERT ON written BEGIN
        SELECT RAISE(ABORT, 'fenced') WHERE NEW.epoch <> (SELECT value FROM meta WHERE key = 'epoch');
        INSERT OR IGNORE INTO blobs (digest, size, data)
            SELECT NEW.digest, NEW.size, NEW.data WHERE NEW.digest IS NOT NULL;
        INSERT INTO events (seq, at, type, subtask_id, attempt_id, body, checksum)
            SELECT NEW.seq, NEW.at, NEW.type, NEW.subtask_id, NEW.attempt_id, NEW.body, NEW.checksum
            WHERE NEW.seq IS NOT NULL;
    END""",
)

NOT_A_STEP = (
    "type NOT IN ('attempt_opened', 'model_called', 'model_replied', 'tool_called', 'tool_returned',"
    " 'workspace_snapshotted', 'agent_nudged')"
)
"""Picks the events that are no agent's step. Queries that say exactly this are answered from an index."""

_EVENTS_BUT_STEPS = (f"CREATE INDEX events_but_steps ON events (type, attempt_id) WHERE {NOT_A_STEP}",)

# A trigger for each row took as long again as the row itself.
_NO_TRIGGER = ("DROP TRIGGER write_if_not_fenced", "DROP VIEW written")

# An attempt's id begins with its subtask's, so the index of attempts finds nearly all events of a subtask. A second one
# touched as many pages again with every commit.
_NO_SUBTASK_INDEX = (
    "DROP INDEX events_by_subtask",
    "CREATE INDEX events_of_no_attempt ON events (subtask_id) WHERE attempt_id = ''",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST_SCHEMA, _EVENTS_BUT_STEPS, _NO_TRIGGER, _NO_SUBTASK_INDEX)
"""Statements by the version that they lead to, less one. Entries are only ever added."""


Connect = Callable[[Path, str], sqlite3.Connection]
"""Opens a file in a mode; :func:`connect`, unless a test puts a disk of its own below."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a journal says of itself."""

    run_id: str
    format: int
    epoch: int


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open a database file; ``mode`` is that of SQLite's file names, such as ``ro``. Raises sqlite3.Error."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        cached_statements=256,
        check_same_thread=False,
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def create(path: Path, run_id: str, *, format_version: int = FORMAT, epoch: int = 0) -> None:
    """Create a journal file that is either whole or not there.

    Args:
        path: the file.
        run_id: the run that it belongs to.
        format_version: the format of the events that it will begin with.
        epoch: the epoch that its writers' epochs follow.

    Raises:
        JournalUnreadable: there is a file already.
        JournalWriteFailed: the disk refused.
    """
    if path.exists():
        raise JournalUnreadable(f"{path} exists already", hint="`swarm resume` goes on with an existing run.")
    unfinished = path.with_name(path.name + ".new")
    try:
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with contextlib.closing(connect(unfinished, "rw")) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            _migrate(connection, 0, {"run_id": run_id, "format": format_version, "epoch": epoch})
        mark_of(path).unlink(missing_ok=True)  # that of a journal which was here before
        unfinished.rename(path)
        sync(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise JournalWriteFailed(f"cannot create the journal {path}: {error}") from error


def copy_into(connection: sqlite3.Connection, target: Path) -> None:
    """Write a compact copy of a journal, whole and synced or not at all; one that is there is replaced.

    Raises:
        sqlite3.Error: the journal cannot be read, or there is no room.
        OSError: the copy cannot be written.
    """
    unfinished = target.with_name(f"{target.name}.new")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        connection.execute("VACUUM INTO ?", (str(unfinished),))
        sync(unfinished)
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    sync(target.parent)


def _upgrade(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Bring an older journal to this version in one transaction; a copy of it as it was stays beside it."""
    copy_into(connection, path.with_name(f"{path.name}.version-{version}"))
    _migrate(connection, version, {})


def _migrate(connection: sqlite3.Connection, version: int, meta: dict[str, str | int]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    if version:
        connection.execute("UPDATE meta SET value = max(value, ?) WHERE key = 'format'", (FORMAT,))
        reach("journal.upgrading")
    connection.execute("COMMIT")


def open_for_writing(path: Path, connect: Connect = connect) -> tuple[sqlite3.Connection, Identity, int]:
    """Open the journal as its one writer: migrate it, and take a new epoch, which fences older writers.

    Args:
        path: the journal's file.
        connect: opens it.

    Returns:
        The connection, which any one thread may use, the journal's identity, and the last sequence number.

    Raises:
        JournalUnreadable: there is no journal of ours at ``path``, or it is damaged.
        JournalTooNew: a newer version wrote it.
        JournalWriteFailed: the file cannot be written, or another process keeps it locked.
    """
    _refuse_unsound(path)
    try:
        connection = connect(path, "rw")
        try:
            return connection, *_take_over(connection, path)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise write_error(error, path) from error
    except OSError as error:
        raise JournalWriteFailed(f"the journal {path} could not be copied: {error.strerror or error}") from error


def _refuse_unsound(path: Path) -> None:
    """Refuse foreign, newer and damaged files before anything could change them."""
    connection, _ = open_read_only(path)
    with contextlib.closing(connection), readable(path):
        quick_check(connection, path)
        last = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
    refuse_shortened(path, last)


def _take_over(connection: sqlite3.Connection, path: Path) -> tuple[Identity, int]:
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
    connection.execute("PRAGMA synchronous = FULL")
    if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
        raise JournalWriteFailed(
            f"the file system of {path} cannot hold a write-ahead log",
            hint="Set SWARM_HOME to a folder on a local disk.",
        )
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    connection.execute("PRAGMA journal_size_limit = 67108864")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version < len(MIGRATIONS) or identify(connection, path).format < FORMAT:
        _upgrade(connection, path, version)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'epoch'")
    identity = identify(connection, path)
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
    connection.execute("COMMIT")
    return identity, last


def open_read_only(path: Path) -> tuple[sqlite3.Connection, Identity]:
    """Open the journal for reading; fails early on anything that is not a journal this version can read.

    Raises:
        JournalUnreadable: missing, empty, not a database, not a journal, or damaged.
        JournalTooNew: a newer version wrote it.
    """
    _refuse_non_files(path)
    with readable(path):
        try:
            return _identified(path, "ro")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or _has_log(
                path
            ):
                raise
            # A folder that cannot be written holds no log and no shared memory: the file cannot change either.
            return _identified(path, "ro&immutable=1")


def _identified(path: Path, mode: str) -> tuple[sqlite3.Connection, Identity]:
    connection = connect(path, mode)
    try:
        return connection, identify(connection, path)
    except BaseException:
        connection.close()
        raise


def _refuse_non_files(path: Path) -> None:
    if not path.exists():
        raise JournalUnreadable(f"there is no journal at {path}", hint="`swarm list` shows the runs of this machine.")
    if not path.is_file():
        raise JournalUnreadable(f"{path} is not a file")
    if path.stat().st_size == 0:
        raise JournalUnreadable(f"{path} is empty: not a journal")


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def identify(connection: sqlite3.Connection, path: Path) -> Identity:
    """Return what the journal says of itself.

    Raises:
        JournalUnreadable: the database is not a journal.
        JournalTooNew: a newer version wrote it.
        sqlite3.Error: the file cannot be read.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise JournalUnreadable(f"{path} is a database, but not a journal of swarm")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    run_id, written, epoch = meta.get("run_id"), meta.get("format"), meta.get("epoch")
    if not (isinstance(run_id, str) and isinstance(written, int) and isinstance(epoch, int)):
        raise JournalUnreadable(f"{path} does not say which run it belongs to: the file is damaged")
    if version > len(MIGRATIONS) or written > FORMAT:
        raise JournalTooNew(
            f"{path} was written by a newer version of swarm (format {written}.{version}; "
            f"this one reads up to {FORMAT}.{len(MIGRATIONS)})"
        )
    return Identity(run_id, written, epoch)


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn the errors that reading a damaged or locked file ends with into JournalUnreadable."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise JournalUnreadable(
            f"cannot read the journal {path}: {error}", hint=f"If the file is damaged: {recovery_hint(path)}"
        ) from error


def _is_read_only(folder: Path) -> bool:
    # Asking for the flags of the mount is not enough: a kernel that found the disk broken may leave them as they were.
    try:
        with tempfile.TemporaryFile(dir=folder):
            return False
    except OSError as error:
        return error.errno == errno.EROFS


def write_error(error: sqlite3.Error, path: Path) -> JournalError:
    """Return what a failed write means."""
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_FULL":
        return JournalWriteFailed(f"the disk is full: the journal {path} could not be written")
    if name.startswith("SQLITE_BUSY"):
        return JournalWriteFailed(
            f"another process keeps the journal {path} locked",
            hint="End the other process (it may be suspended), then `swarm resume`.",
        )
    if _is_read_only(path.parent):
        return JournalWriteFailed(
            f"the disk has become read-only: the journal {path} could not be written",
            hint="The system's log (`dmesg`) says why. Once it can be written again, `swarm resume`; nothing is lost.",
        )
    return JournalWriteFailed(
        f"the journal {path} could not be written: {error} ({name or type(error).__name__})",
        hint="Check the disk and the folder's permissions, then `swarm resume`.",
    )
