"""Copies the first events of a journal into a new one, byte for byte, and nothing that they do not name.

Everything is checked on its way: a copy never carries damage on, and a journal from elsewhere brings nothing along but
events and blobs that are what they say, however its file was made.
"""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from swarm.core.events import Event, attempt_of, subtask_of
from swarm.errors import JournalTooNew, JournalUnreadable
from swarm.journal import codec, schema

_PAGE_ROWS = 500
_EVENTS = "SELECT seq, at, type, body, checksum FROM events WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
_COLUMNS = (int, float, str, bytes, int)
_BLOB_COLUMNS = (int, bytes)
_MOST_BLOB_BYTES = 512 * 1024 * 1024
_MARKER = re.compile(rb'"\\u001f([0-9a-f]{64})"')

_Row = tuple[int, float, str, bytes, int]


def copy_journal(source: Path, target: Path, *, run_id: str, last: int) -> None:
    """Create a journal that begins as a copy of another one; the other may be written meanwhile.

    Its epoch goes on from the other's, so that epochs never go back in a run's history.

    Args:
        source: the journal to copy.
        target: the new file; its folder exists, it does not.
        run_id: the run that the new one belongs to.
        last: the last event to copy.

    Raises:
        JournalUnreadable: the source is damaged, or has no such event.
        JournalTooNew: a newer version of swarm wrote it.
        JournalWriteFailed: the disk refused.
    """
    with contextlib.ExitStack() as stack:
        reader, identity = schema.open_read_only(source)
        stack.callback(reader.close)
        schema.create(target, run_id, format_version=identity.format, epoch=identity.epoch)
        writer, _, _ = schema.open_for_writing(target)
        stack.callback(writer.close)
        copied = 0
        for page in _pages(reader, source, last):
            try:
                _write(reader, writer, source, page)
            except sqlite3.Error as error:
                raise schema.write_error(error, target) from error
            copied = page[-1][0]
        if copied != last:
            raise JournalUnreadable(f"event {copied + 1} is missing from {source}: the file is damaged")
        with contextlib.suppress(sqlite3.Error):
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _pages(reader: sqlite3.Connection, source: Path, last: int) -> Iterator[list[_Row]]:
    after = 0
    while after < last:
        with schema.readable(source):
            page = reader.execute(_EVENTS, (after, last, _PAGE_ROWS)).fetchall()
        if not page:
            return
        for row in page:
            after += 1
            _require_sound(row, after, source)
        yield page


def _require_sound(row: _Row, expected: int, source: Path) -> None:
    if tuple(map(type, row)) != _COLUMNS:
        raise JournalUnreadable(f"event {expected} of {source} is damaged: a column has the wrong type")
    seq, at, name, body, checksum = row
    if seq != expected:
        raise JournalUnreadable(f"event {expected} is missing from {source}: the file is damaged")
    if codec.checksum(seq, at, name, body) != checksum:
        raise JournalUnreadable(f"event {seq} of {source} is damaged: its checksum differs")


def _write(reader: sqlite3.Connection, writer: sqlite3.Connection, source: Path, page: list[_Row]) -> None:
    writer.execute("BEGIN IMMEDIATE")
    for row in page:
        for digest in map(bytes.fromhex, (found.decode() for found in _MARKER.findall(row[3]))):
            _copy_blob(reader, writer, source, digest)
        seq, at, name, body, checksum = row
        event = _event(row)
        writer.execute(
            "INSERT INTO events (seq, at, type, subtask_id, attempt_id, body, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (seq, at, name, subtask_of(event), attempt_of(event), body, checksum),
        )
    writer.execute("COMMIT")


def _event(row: _Row) -> Event:
    """Decode an event without its large texts: what it belongs to is all that is asked of it."""
    return codec.decode(row[0], row[2], row[3], lambda _: "")


def _copy_blob(reader: sqlite3.Connection, writer: sqlite3.Connection, source: Path, digest: bytes) -> None:
    if writer.execute("SELECT 1 FROM blobs WHERE digest = ?", (digest,)).fetchone():
        return
    with schema.readable(source):
        blob = reader.execute("SELECT size, data FROM blobs WHERE digest = ?", (digest,)).fetchone()
    if blob is None or tuple(map(type, blob)) != _BLOB_COLUMNS:
        raise JournalUnreadable(f"blob {digest.hex()[:12]} is missing from {source}: the file is damaged")
    if not 0 <= blob[0] <= _MOST_BLOB_BYTES:
        raise JournalUnreadable(f"blob {digest.hex()[:12]} of {source} says that it has {blob[0]} bytes")
    codec.decompress(digest, *blob)
    writer.execute("INSERT INTO blobs (digest, size, data) VALUES (?, ?, ?)", (digest, *blob))


def back_up(source: Path, target: Path) -> None:
    """Write a consistent copy of a journal's file, as it is at one instant; the journal may be written meanwhile.

    Raises:
        JournalUnreadable: the source cannot be read.
        JournalWriteFailed: the disk refused.
    """
    reader, _ = schema.open_read_only(source)
    try:
        with contextlib.closing(sqlite3.connect(target)) as copy:
            reader.backup(copy)  # In one step: one that lets go in between begins again after each commit.
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise schema.write_error(error, target) from error
    finally:
        reader.close()


def require_own_schema(path: Path) -> None:
    """Refuse a file from elsewhere whose tables are not exactly those that a journal is made with.

    What only looks like a table could compute for ever when it is read.

    Raises:
        JournalUnreadable: it is not a journal, or one that somebody has changed.
        JournalTooNew: a newer version of swarm wrote it.
    """
    shape = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name"
    with schema.readable(path), contextlib.closing(schema.connect(path, "ro&immutable=1")) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(schema.MIGRATIONS):
            raise JournalTooNew(f"{path} was written by a newer version of swarm (tables {version})")
        found = connection.execute(shape).fetchmany(1_000)
    with contextlib.closing(sqlite3.connect(":memory:")) as model:
        for statements in schema.MIGRATIONS[:version]:
            for statement in statements:
                model.execute(statement)
        wanted = model.execute(shape).fetchall()
    if found != wanted:
        raise JournalUnreadable(f"{path} does not have the tables of a journal")
