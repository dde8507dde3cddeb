"""The journal of a run in one SQLite file: sequence at once, commit in groups, answer when it is on disk."""

import asyncio
import contextlib
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol, Self

from swarm.core.events import EVENT_NAMES, Event, Recorded, subtask_of_attempt
from swarm.errors import JournalError
from swarm.journal import schema
from swarm.journal.codec import Encoded, checksum, compress, encode
from swarm.journal.committer import Batch, BlobRow, Committer, EventRow, StartCommitter
from swarm.journal.reader import JournalReader

MAX_QUEUED_BYTES = 64 * 1024 * 1024
"""Appends wait for room while more than this is on its way to the disk."""

_REMEMBERED_BLOBS = 4_096

_subtask_of = lru_cache(maxsize=4_096)(subtask_of_attempt)  # asked for every step of every agent

Subscriber = Callable[[Recorded], None]


class OpenJournal(Protocol):
    """Opens a run's journal for writing, as :meth:`SqliteJournal.open` does."""

    def __call__(self, path: Path, *, subscriber: Subscriber, clock: Callable[[], float]) -> "SqliteJournal":
        """Return the open journal; older writers are fenced from now on. Raises JournalError."""
        ...


class SqliteJournal:
    """The journal's one writer. Implements :class:`swarm.protocols.Journal`.

    Use it from one event loop. Not acknowledged means unknown, not undone: an append that is cancelled while it
    waits for the disk is committed all the same.

    Attributes:
        run_id: the run that the journal belongs to.
        format: the format version that it was created with.
        epoch: this writer's epoch; a writer with a lower one can commit nothing more.
        last_seq: the sequence number given last.
        commits: groups committed so far.
    """

    def __init__(
        self,
        path: Path,
        *,
        subscriber: Subscriber | None = None,
        clock: Callable[[], float] = time.time,
        committer: StartCommitter = Committer,
        connect: schema.Connect = schema.connect,
    ) -> None:
        connection, identity, last_seq = schema.open_for_writing(path, connect)
        self.run_id = identity.run_id
        self.format = identity.format
        self.epoch = identity.epoch
        self.last_seq = last_seq
        self.commits = 0
        self._path = path
        self._subscriber = subscriber
        self._clock = clock
        self._failure: JournalError | None = None
        self._closed: asyncio.Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._batch: Batch | None = None
        self._queued_bytes = 0
        self._queued_blobs: OrderedDict[bytes, None] = OrderedDict()
        self._admission = asyncio.Lock()
        self._in_turn = 0
        self._room = asyncio.Event()
        self._committer = committer(connection, path, self.epoch, self._report)

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        run_id: str,
        subscriber: Subscriber | None = None,
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """Create the journal of a new run and open it. Takes some milliseconds of disk time.

        Args:
            path: the file; its folder exists, it does not.
            run_id: the run that it belongs to.
            subscriber: called with every event in order, as soon as it has its number and before it is on disk.
            clock: gives the wall-clock time in Unix seconds.

        Raises:
            JournalUnreadable: the file exists already.
            JournalWriteFailed: the disk refused.
        """
        schema.create(path, run_id)
        return cls(path, subscriber=subscriber, clock=clock)

    @classmethod
    def open(cls, path: Path, *, subscriber: Subscriber | None = None, clock: Callable[[], float] = time.time) -> Self:
        """Open an existing journal to go on writing; older writers are fenced from now on.

        Raises:
            JournalUnreadable: there is no journal at ``path``, or it is damaged.
            JournalTooNew: a newer version of swarm wrote it.
            JournalWriteFailed: it cannot be written, or another process keeps it locked.
        """
        return cls(path, subscriber=subscriber, clock=clock)

    async def append(self, *events: Event) -> None:
        """Record events, all of them or none, and return when they are on disk.

        Numbers and time are given, and the subscriber is called, before this first waits; only while the queue to the
        disk is full, later calls wait their turn before that.

        Raises:
            JournalFenced: another process has taken the run over.
            JournalWriteFailed: the disk refused; nothing more can be appended.
            JournalError: the journal is closed.
        """
        if not events:
            return
        if self._queued_bytes < MAX_QUEUED_BYTES and not self._in_turn:
            durable = self._submit(events)
        else:
            durable = await self._submit_in_turn(events)
        await durable

    async def _submit_in_turn(self, events: tuple[Event, ...]) -> asyncio.Future[None]:
        self._in_turn += 1
        try:
            async with self._admission:
                while self._queued_bytes >= MAX_QUEUED_BYTES and self._failure is None:
                    self._room.clear()
                    await self._room.wait()
                return self._submit(events)
        finally:
            self._in_turn -= 1

    def _submit(self, events: tuple[Event, ...]) -> asyncio.Future[None]:
        if self._failure is not None:
            raise _again(self._failure)
        if self._closed is not None:
            raise JournalError("the journal is closed")
        encoded = [encode(event) for event in events]
        first = self.last_seq + 1
        at = self._clock()
        durable = self._enqueue(events, encoded, at)
        self.last_seq += len(events)
        if self._subscriber is not None:
            for seq, event in enumerate(events, start=first):
                self._subscriber(Recorded(seq, at, event))
        return durable

    def _enqueue(self, events: Sequence[Event], encoded: Sequence[Encoded], at: float) -> asyncio.Future[None]:
        rows: list[EventRow] = []
        blobs: list[BlobRow] = []
        size = 0
        for seq, (event, (body, texts)) in enumerate(zip(events, encoded, strict=True), start=self.last_seq + 1):
            name = EVENT_NAMES[type(event)]
            attempt_id: str = getattr(event, "attempt_id", "")
            subtask_id: str = getattr(event, "subtask_id", "") or _subtask_of(attempt_id)
            rows.append((seq, at, name, subtask_id, attempt_id, body, checksum(seq, at, name, body)))
            size += len(body)
            for digest, data in texts.items():
                if digest not in self._queued_blobs:
                    blobs.append((digest, len(data), compress(data)))
                    size += len(blobs[-1][2])
        # From here on nothing fails: an append is in the batch as a whole, or not at all.
        loop = self._loop or self._running_loop()
        durable = loop.create_future()
        batch = self._batch or self._new_batch(loop)
        batch.add(rows, blobs, size)
        self._waiting.append((size, durable))
        self._queued_bytes += size
        if blobs:
            self._remember(blobs)
        if batch.is_full:
            self._send()
        return durable

    def _remember(self, blobs: Sequence[BlobRow]) -> None:
        # Whatever this writer has queued is committed before what it queues later, or nothing more is. What is
        # forgotten here is sent again, and the database passes over it.
        for digest, _, _ in blobs:
            self._queued_blobs[digest] = None
            if len(self._queued_blobs) > _REMEMBERED_BLOBS:
                self._queued_blobs.popitem(last=False)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.get_running_loop()
        return self._loop

    def _new_batch(self, loop: asyncio.AbstractEventLoop) -> Batch:
        # Sent once in a turn of the loop: a commit that resumed hundreds of agents is followed by one with all that
        # they say next. Sent one by one, the first would be committed alone while the others wait for it.
        loop.call_soon(self._send)
        self._batch = Batch()
        return self._batch

    def _send(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None:
            self._committer.put(batch)

    @property
    def busy(self) -> bool:
        """Whether somebody waits for the disk: an append, or a close."""
        return bool(self._waiting) or (self._closed is not None and not self._closed.done())

    def _report(self, appends: int, failure: JournalError | None) -> None:
        # On the committer's thread. A loop that has gone has nobody left to tell.
        with contextlib.suppress(RuntimeError):
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._settle, appends, failure)

    def _settle(self, appends: int, failure: JournalError | None) -> None:
        if failure is not None:
            self._failure = failure
            appends = len(self._waiting)
        else:
            self.commits += 1
        for _ in range(appends):
            size, durable = self._waiting.popleft()
            self._queued_bytes -= size
            if durable.done():
                continue
            if failure is None:
                durable.set_result(None)
            else:
                durable.set_exception(_again(failure))
        self._room.set()

    def read(self, *, after: int = 0, attempt_id: str = "") -> Iterator[Recorded]:
        """Yield the committed events in order, those of one attempt only when an id is given.

        Raises:
            JournalUnreadable: the file is damaged.
        """
        with contextlib.closing(JournalReader(self._path)) as reader:
            yield from reader.events(after=after, attempt_id=attempt_id)

    def condensed(self) -> Iterator[Recorded]:
        """Yield the committed events that fold to the state of the run; see :meth:`JournalReader.condensed`.

        How many calls there were a minute when the process before this one ended is left out.

        Raises:
            JournalUnreadable: the file is damaged.
        """
        with contextlib.closing(JournalReader(self._path)) as reader:
            yield from reader.condensed(recent_s=0)

    async def close(self) -> None:
        """Commit what is pending, fold the log into the file and release it. May be called again."""
        if self._closed is None:
            loop = asyncio.get_running_loop()
            closed = self._closed = loop.create_future()

            def settle() -> None:
                if not closed.done():
                    closed.set_result(None)

            def on_closed() -> None:
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(settle)

            self._room.set()
            self._send()
            self._committer.close(on_closed)
        await asyncio.shield(self._closed)


def _again(failure: JournalError) -> JournalError:
    # Each waiter raises an error of its own: one instance raised many times gathers all their tracebacks.
    return type(failure)(failure.message, hint=failure.hint)
