"""Reading a journal, from any process, while it is being written.

Rows are fetched a page at a time, and no read transaction stays open between pages: a reader that is slow or
forgotten must not keep the log from being folded into the file.
"""

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from swarm.core.events import Recorded
from swarm.errors import JournalUnreadable
from swarm.journal import codec, condensing, schema

_OF_NO_ATTEMPT = "attempt_id = '' AND subtask_id = ?"
# The ids of a subtask's attempts begin with its own id and an @.
_OF_SUBTASK = (
    f"seq IN (SELECT seq FROM events WHERE {_OF_NO_ATTEMPT}"  # noqa: S608
    " UNION ALL SELECT seq FROM events WHERE attempt_id >= ? AND attempt_id < ?)"
)
_AFTER_AT = chr(ord("@") + 1)
_PAGE_ROWS = 500
_CACHED_BLOBS = 64
_CACHED_BLOB_CHARACTERS = 256 * 1024

_BY_NUMBER = (
    "SELECT seq, at, type, body, checksum FROM events WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq"
)
_NEWEST = (
    f"SELECT seq, at, type, body, checksum FROM events WHERE {schema.NOT_A_STEP} AND type = ?"  # noqa: S608
    " ORDER BY seq DESC LIMIT 1"
)

_Row = tuple[int, float, str, bytes]
_COLUMNS = (int, float, str, bytes, int)
_BLOB_COLUMNS = (int, bytes)
_MISSING = (0, 0.0, "", b"", 0)


class JournalReader:
    """A read-only view of a journal. Use it in a ``with`` block, or close it.

    Attributes:
        run_id: the run that the journal belongs to.
        format: the format version that it was created with.
        epoch: the epoch of its writer when it was opened.

    Raises:
        JournalUnreadable: missing, empty, not a journal, or damaged.
        JournalTooNew: a newer version of swarm wrote it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection, identity = schema.open_read_only(path)
        self.run_id = identity.run_id
        self.format = identity.format
        self.epoch = identity.epoch
        self._texts: OrderedDict[bytes, str] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the file. May be called again."""
        self._connection.close()

    def last_seq(self) -> int:
        """Return the sequence number of the last committed event; 0 when there is none."""
        with schema.readable(self._path):
            last: int = self._connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
        return last

    def events(
        self, *, after: int = 0, attempt_id: str = "", subtask_id: str | None = None, limit: int | None = None
    ) -> Iterator[Recorded]:
        """Yield committed events in order.

        Args:
            after: only those with a higher sequence number.
            attempt_id: only those of this attempt; all when empty.
            subtask_id: only those of this subtask and its attempts; with an empty one, only those of no subtask.
            limit: at most so many.

        Raises:
            JournalUnreadable: an event cannot be read; names its sequence number.
        """
        for seq, at, type_name, body in self._rows(after, attempt_id, subtask_id, limit):
            yield Recorded(seq, at, codec.decode(seq, type_name, body, self._text))

    def condensed(self, *, recent_s: float = condensing.RECENT_S) -> Iterator[Recorded]:
        """Yield the events that fold to the state of the run, in order: all but steps that later ones make up for.

        Good for :class:`swarm.core.state.RunState` and :class:`swarm.core.views.RunView`; not for a conversation.

        Args:
            recent_s: so far back each reply is among them. Only the view's rate of calls wants them all.

        Raises:
            JournalUnreadable: an event is missing or cannot be read; names its sequence number.
        """
        with schema.readable(self._path):
            kept = condensing.condensed(self._connection, recent_s=recent_s)
        yield from self._numbered(kept)

    def milestones(self) -> Iterator[Recorded]:
        """Yield what happened to the run and to subtasks, not to single attempts; see :func:`condensing.milestones`.

        Raises:
            JournalUnreadable: an event is missing or cannot be read; names its sequence number.
        """
        with schema.readable(self._path):
            kept = condensing.milestones(self._connection)
        yield from self._numbered(kept)

    def last_at(self) -> float:
        """Return when the last event was recorded, in Unix seconds; 0 when there is none."""
        with schema.readable(self._path):
            row = self._connection.execute("SELECT at FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return float(row[0]) if row else 0.0

    def _numbered(self, kept: Sequence[int]) -> Iterator[Recorded]:
        for start in range(0, len(kept), _PAGE_ROWS):
            wanted = kept[start : start + _PAGE_ROWS]
            with schema.readable(self._path):
                page = self._connection.execute(_BY_NUMBER, (json.dumps(wanted),)).fetchall()
            page.extend([_MISSING] * (len(wanted) - len(page)))
            for expected, row in zip(wanted, page, strict=True):
                seq, at, type_name, body = self._checked(row, expected)
                yield Recorded(seq, at, codec.decode(seq, type_name, body, self._text))

    def newest(self, type_name: str) -> Recorded | None:
        """Return the newest event of a type that is no agent's step; ``None`` when there is none.

        Raises:
            JournalUnreadable: it cannot be read.
        """
        with schema.readable(self._path):
            row = self._connection.execute(_NEWEST, (type_name,)).fetchone()
        if row is None:
            return None
        seq, at, name, body = self._checked(row, 0)
        return Recorded(seq, at, codec.decode(seq, name, body, self._text))

    def raw(self, *, after: int = 0, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield committed events as plain JSON values: ``seq``, ``at``, ``type`` and the event's own fields.

        Args:
            after: only those with a higher sequence number.
            limit: at most so many.

        Raises:
            JournalUnreadable: an event cannot be read; names its sequence number.
        """
        for seq, at, type_name, body in self._rows(after, "", None, limit):
            yield {"seq": seq, "at": at, "type": type_name, **codec.decode_raw(seq, body, self._text)}

    def check(self) -> None:
        """Look through the whole file for damage; takes seconds for a large one.

        Raises:
            JournalUnreadable: it is damaged; says where.
        """
        with schema.readable(self._path):
            findings = [row[0] for row in self._connection.execute("PRAGMA quick_check(3)")]
        if findings != ["ok"]:
            raise JournalUnreadable(f"the journal {self._path} is damaged: {'; '.join(findings)}")
        for _ in self.events():
            pass

    def damage(self) -> list[str]:
        """Return what SQLite finds wrong with the file, at most 20 things; takes seconds for a large one.

        Raises:
            JournalUnreadable: it is damaged so that it cannot even be looked through.
        """
        with schema.readable(self._path):
            findings = [str(row[0]) for row in self._connection.execute("PRAGMA integrity_check(20)")]
        return [] if findings == ["ok"] else findings

    def _rows(self, after: int, attempt_id: str, subtask_id: str | None, limit: int | None) -> Iterator[_Row]:
        conditions = ["seq > ?"]
        fixed: list[str] = []
        if attempt_id:
            conditions.append("attempt_id = ?")
            fixed.append(attempt_id)
        if subtask_id:
            conditions.append(_OF_SUBTASK)
            fixed += (subtask_id, f"{subtask_id}@", f"{subtask_id}{_AFTER_AT}")
        elif subtask_id is not None:
            conditions.append(_OF_NO_ATTEMPT)
            fixed.append(subtask_id)
        where = " AND ".join(conditions)
        query = f"SELECT seq, at, type, body, checksum FROM events WHERE {where} ORDER BY seq LIMIT ?"  # noqa: S608
        after = max(after, 0)
        left = limit
        while left is None or left > 0:
            size = _PAGE_ROWS if left is None else min(left, _PAGE_ROWS)
            with schema.readable(self._path):
                page = self._connection.execute(query, (after, *fixed, size)).fetchall()
            for row in page:
                yield self._checked(row, 0 if fixed else after + 1)
                after = row[0]
            if len(page) < size:
                return
            left = None if left is None else left - len(page)

    def _checked(self, row: tuple[int, float, str, bytes, int], expected: int) -> _Row:
        if tuple(map(type, row)) != _COLUMNS:
            raise JournalUnreadable(f"event {row[0]} of {self._path} is damaged: a column has the wrong type")
        seq, at, type_name, body, checksum = row
        if expected and seq != expected:
            raise JournalUnreadable(f"event {expected} is missing from {self._path}: the file is damaged")
        if codec.checksum(seq, at, type_name, body) != checksum:
            raise JournalUnreadable(f"event {seq} of {self._path} is damaged: its checksum differs")
        return seq, at, type_name, body

    def _text(self, digest: bytes) -> str:
        text = self._texts.get(digest)
        if text is not None:
            self._texts.move_to_end(digest)
            return text
        with schema.readable(self._path):
            row = self._connection.execute("SELECT size, data FROM blobs WHERE digest = ?", (digest,)).fetchone()
        if row is None or tuple(map(type, row)) != _BLOB_COLUMNS:
            raise JournalUnreadable(f"blob {digest.hex()[:12]} is missing from {self._path}: the file is damaged")
        text = codec.decompress(digest, *row)
        if len(text) <= _CACHED_BLOB_CHARACTERS:
            self._texts[digest] = text
            if len(self._texts) > _CACHED_BLOBS:
                self._texts.popitem(last=False)
        return text


def open_reader(path: Path) -> JournalReader:
    """Open a journal for reading; see :class:`JournalReader`."""
    return JournalReader(path)


async def follow(
    path: Path, *, after: int = 0, poll_s: float = 0.2, until: Callable[[Recorded], bool] | None = None
) -> AsyncIterator[Recorded]:
    """Yield the journal's events as they are committed, those that are there already first.

    Args:
        path: the journal's file.
        after: only events with a higher sequence number.
        poll_s: seconds between two looks when nothing new is there.
        until: ends the iteration after the first event that it is true for; never ends when ``None``.

    Raises:
        JournalUnreadable: there is no journal, or it is damaged.
    """
    while True:
        page = await asyncio.to_thread(_page, path, after)
        for recorded in page:
            yield recorded
            after = recorded.seq
            if until is not None and until(recorded):
                return
        if len(page) < _PAGE_ROWS:
            await asyncio.sleep(poll_s)


def _page(path: Path, after: int) -> list[Recorded]:
    with contextlib.closing(JournalReader(path)) as reader:
        return list(reader.events(after=after, limit=_PAGE_ROWS))
