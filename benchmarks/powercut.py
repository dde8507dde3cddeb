"""A disk that remembers in which order it was written, and what a power cut may leave of it.

A recording disk stands below the real journal: SQLite writes through it (apsw lets a file system be written in
Python), and each write, sync, truncation and removal is kept, with the moments at which an append was acknowledged.
From that :meth:`RecordedDisk.after_cut` makes what may be there when the power fails: of each file all that was written
before its last sync, and of what came later each write, or each sector of it, at random, or not.
"""

import contextlib
import itertools
import random
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import apsw

SECTOR = 512
_numbers = itertools.count()

Image = dict[str, bytes]
"""The files of a folder by name."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What happened to a file; ``at`` is the offset of a write and the size after a truncation."""

    kind: Literal["write", "truncate", "sync", "remove"]
    name: str
    at: int = 0
    data: bytes = b""


class RecordedDisk:
    """Records what is done to the files of a folder.

    Args:
        folder: its files are what the disk holds at the beginning.
        synchronous: what the journal's connection gets instead of ``FULL``: for showing that losses are found.
    """

    def __init__(self, folder: Path, synchronous: str = "FULL") -> None:
        self.operations: list[Operation] = []
        self.acknowledged: list[tuple[int, int]] = []
        self._before: Image = {path.name: path.read_bytes() for path in folder.iterdir()}
        self._synchronous = synchronous
        self._vfs = _Vfs(self)

    def connect(self, path: Path, mode: str) -> sqlite3.Connection:
        """Open a database on this disk; stands in for :func:`swarm.journal.schema.connect`."""
        assert mode == "rw"
        connection: Any = _Connection(path, self._vfs.vfs_name, self._synchronous)
        return connection  # type: ignore[no-any-return]

    def acknowledge(self, seq: int) -> None:
        """Note that an append has returned whose last event has this number."""
        self.acknowledged.append((len(self.operations), seq))

    def acknowledged_before(self, cut: int) -> int:
        """Return the highest number that was acknowledged before an operation."""
        return max((seq for when, seq in self.acknowledged if when <= cut), default=0)

    def after_cut(self, cut: int, rng: random.Random) -> Image:
        """Return what the disk may hold when the power fails just before the operation of this number."""
        done = self.operations[:cut]
        names = {*self._before, *(operation.name for operation in done)}
        files = {name: self._file_after(name, done, rng) for name in sorted(names)}
        return {name: data for name, data in files.items() if data is not None}

    def _file_after(self, name: str, done: list[Operation], rng: random.Random) -> bytes | None:
        own = [operation for operation in done if operation.name == name]
        synced = max((number for number, operation in enumerate(own) if operation.kind == "sync"), default=-1)
        before = self._before.get(name)
        content = None if before is None else bytearray(before)
        for number, operation in enumerate(own):
            if number < synced:
                content = _applied(content, operation)
            elif operation.kind == "remove":
                if rng.random() < 0.5:
                    break  # the folder still names the old file; what was written to a new one is nowhere
                content = None
            elif rng.random() < 0.5:
                content = _applied(content, operation)
            elif operation.kind == "write" and rng.random() < 0.5:
                content = _torn(content, operation, rng)
        return None if content is None else bytes(content)


def _applied(content: bytearray | None, operation: Operation) -> bytearray | None:
    if operation.kind == "sync":
        return content
    if operation.kind == "remove":
        return None
    content = bytearray() if content is None else content
    if operation.kind == "truncate":
        del content[operation.at :]
        content.extend(bytes(operation.at - len(content)))
        return content
    content.extend(bytes(max(0, operation.at - len(content))))
    content[operation.at : operation.at + len(operation.data)] = operation.data
    return content


def _torn(content: bytearray | None, operation: Operation, rng: random.Random) -> bytearray | None:
    """Apply each sector of a write, or not."""
    for start in range(0, len(operation.data), SECTOR):
        if rng.random() < 0.5:
            sector = operation.data[start : start + SECTOR]
            content = _applied(content, Operation("write", operation.name, operation.at + start, sector))
    return content


class _Vfs(apsw.VFS):  # type: ignore[misc, unused-ignore]
    def __init__(self, disk: RecordedDisk) -> None:
        self.vfs_name = f"recorded-{next(_numbers)}"
        self._disk = disk
        super().__init__(self.vfs_name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 - SQLite's name
        if name is None:
            return super().xOpen(name, flags)  # a temporary file; nobody looks for it after a cut
        return _File(self._disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        super().xDelete(filename, syncdir)
        self._disk.operations.append(Operation("remove", Path(filename).name))


class _File(apsw.VFSFile):  # type: ignore[misc, unused-ignore]
    def __init__(self, disk: RecordedDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name).name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        super().xWrite(data, offset)
        self._disk.operations.append(Operation("write", self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        super().xTruncate(newsize)
        self._disk.operations.append(Operation("truncate", self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        super().xSync(flags)
        self._disk.operations.append(Operation("sync", self._name))


class _Connection:
    """As much of :class:`sqlite3.Connection` as the journal uses, by apsw."""

    def __init__(self, path: Path, vfs: str, synchronous: str) -> None:
        self._connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=vfs)
        self._synchronous = synchronous
        # A file system written in Python has no shared memory; without it a write-ahead log needs this.
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._connection.execute("PRAGMA trusted_schema = OFF")

    def execute(self, statement: str, parameters: Any = ()) -> Any:
        if statement == "PRAGMA synchronous = FULL":
            statement = f"PRAGMA synchronous = {self._synchronous}"
        with _errors_of_sqlite3():
            return _Cursor(self._connection.execute(statement, parameters), self._connection.changes())

    def executemany(self, statement: str, parameters: Iterator[Mapping[str, Any]]) -> Any:
        with _errors_of_sqlite3():
            return self._connection.executemany(statement, parameters)

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        with _errors_of_sqlite3():
            self._connection.close()


class _Cursor:
    """As much of :class:`sqlite3.Cursor` as the journal uses."""

    def __init__(self, cursor: Any, rowcount: int) -> None:
        self._cursor = cursor
        self.rowcount = rowcount

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)


@contextlib.contextmanager
def _errors_of_sqlite3() -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        raise sqlite3.OperationalError(str(error)) from error
