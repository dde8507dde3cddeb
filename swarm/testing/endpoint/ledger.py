"""What the endpoint was asked and what it delivered, call by call."""

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from swarm.testing.endpoint.completion import TokenCounts
from swarm.testing.endpoint.request import CallIdentity

Outcome = Literal["delivered", "refused", "aborted"]
MAX_ENTRIES = 1_000_000


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One call that has ended.

    Attributes:
        number: the call's number, counted from 1 in order of arrival.
        subtask: the subtask that it was about; empty when the request named none.
        attempt: the attempt, counted from 1.
        step: how many replies of the model the request held.
        try_number: how often this subtask, attempt and step was asked for, this time included.
        model: the model's name.
        outcome: ``delivered`` was sent to its end, ``refused`` got an error status, ``aborted`` broke off.
        status: the HTTP status that was sent; 0 when the call ended before one was.
        fault: the kind of the fault that hit the call; empty without one.
        started: when the request was complete, in seconds since the epoch.
        finished: when the call ended, in seconds since the epoch.
        input_tokens: the prompt's length.
        cached_tokens: the part of the prompt that the prefix cache held.
        output_tokens: the completion's length; what was bought when the call was delivered.
        digest: a digest of the request's messages.
    """

    number: int
    subtask: str
    attempt: int
    step: int
    try_number: int
    model: str
    outcome: Outcome
    status: int
    fault: str
    started: float
    finished: float
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    digest: str


@dataclass(slots=True)
class OpenCall:
    """A call that is being answered; the server fills in what it learns on the way."""

    number: int
    identity: CallIdentity
    try_number: int
    model: str
    started: float
    counts: TokenCounts
    fault: str = ""
    status: int = 0


class Ledger:
    """Counts calls while they run and keeps those that have ended, the last million of them.

    Args:
        path: a file that gets one JSON line per ended call, appended and flushed at once.
        clock: seconds since the epoch.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._ended: deque[LedgerEntry] = deque(maxlen=MAX_ENTRIES)
        self._tries: Counter[str] = Counter()
        self._changed = asyncio.Event()
        self.seen = 0
        self.in_flight = 0
        self.widest = 0

    @property
    def calls(self) -> list[LedgerEntry]:
        """The calls that have ended, in the order in which they did."""
        return list(self._ended)

    def delivered_twice(self) -> list[tuple[str, int, int]]:
        """Return each (subtask, attempt, step) whose reply was delivered to its end more than once."""
        delivered = Counter(
            (entry.subtask, entry.attempt, entry.step) for entry in self._ended if entry.outcome == "delivered"
        )
        return sorted(call for call, count in delivered.items() if count > 1)

    def touch(self) -> None:
        """Create the ledger's file, so that a wrong path shows before the first call.

        Raises:
            OSError: the file cannot be written.
        """
        if self._path is not None:
            self._path.open("a", encoding="utf-8").close()

    def begin(self, identity: CallIdentity, model: str, input_tokens: int) -> OpenCall:
        """Count a call that has arrived."""
        self.seen += 1
        self.in_flight += 1
        self.widest = max(self.widest, self.in_flight)
        self._tries[identity.key] += 1
        tries = self._tries[identity.key]
        if len(self._tries) > MAX_ENTRIES:
            del self._tries[next(iter(self._tries))]
        self._tell()
        return OpenCall(self.seen, identity, tries, model, self._clock(), TokenCounts(input_tokens, 0, 0))

    def end(self, call: OpenCall, outcome: Outcome) -> None:
        """Record how a call ended."""
        self.in_flight -= 1
        entry = LedgerEntry(
            number=call.number,
            subtask=call.identity.subtask,
            attempt=call.identity.attempt,
            step=call.identity.step,
            try_number=call.try_number,
            model=call.model,
            outcome=outcome,
            status=call.status,
            fault=call.fault,
            started=call.started,
            finished=self._clock(),
            input_tokens=call.counts.input,
            cached_tokens=call.counts.cached,
            output_tokens=call.counts.output,
            digest=call.identity.digest,
        )
        self._ended.append(entry)
        self._write(entry)
        self._tell()

    async def wait_until(self, condition: Callable[["Ledger"], bool]) -> None:
        """Wait until the condition holds; it is looked at after each call that begins or ends.

        There is no time limit of its own: put it in an ``asyncio.timeout``.
        """
        while not condition(self):
            await self._changed.wait()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _write(self, entry: LedgerEntry) -> None:
        """Append one line; a line of a few hundred bytes goes to the page cache, so the loop is not held up."""
        if self._path is None:
            return
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(entry)) + "\n")
