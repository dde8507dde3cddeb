"""Judges a run that was killed again and again: by the journal as each kill left it, the spool, the endpoint's ledger.

Pure but for reading files. A model call is known by its attempt and step: ``("s1@1", 3)``.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from swarm.journal.reader import JournalReader
from swarm.journal.spool import kept_in, name_of, response_in
from swarm.journal.store import RunFolder

Call = tuple[str, int]

END_MARK = b"data: [DONE]"

FIGURES = ("kills", "delivered_again", "adopted")
"""What a campaign counts without a judgement."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What a killed process has left.

    Attributes:
        events: a digest of each event in the journal, in order.
        called: the calls whose intent is recorded.
        replied: the calls whose reply is recorded.
        received: calls that were in flight and whose whole reply lies in the spool.
        adopted: how many of the recorded replies were taken from the spool.
    """

    events: tuple[str, ...] = ()
    called: frozenset[Call] = frozenset()
    replied: frozenset[Call] = frozenset()
    received: frozenset[Call] = frozenset()
    adopted: int = 0

    @property
    def in_flight(self) -> frozenset[Call]:
        """The calls with an intent and no reply."""
        return self.called - self.replied


def remains_of(folder: RunFolder) -> Remains:
    """Read what is there; nothing when the process was killed before there was a run."""
    if not folder.journal.exists():
        return Remains()
    with JournalReader(folder.journal) as reader:
        events = list(reader.raw())
    asked = {_call(event): event["digest"] for event in events if event["type"] == "model_called"}
    replied = frozenset(_call(event) for event in events if event["type"] == "model_replied")
    received = frozenset(
        call for call, digest in asked.items() if call not in replied and _is_spooled(folder.spool, call, digest)
    )
    adopted = sum(event.get("adopted", False) for event in events if event["type"] == "model_replied")
    return Remains(tuple(_digest(event) for event in events), frozenset(asked), replied, received, adopted)


def _call(event: dict[str, Any]) -> Call:
    return event["attempt_id"], event["step"]


def _digest(event: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()[:16]


def _is_spooled(spool: Path, call: Call, digest: str) -> bool:
    try:
        name = name_of(*call, digest)
        kept = kept_in(spool).get(name)
        return kept is not None and END_MARK in response_in(kept, name)
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Request:
    """A call as the endpoint saw it; ``delivered`` says that all of its reply was sent."""

    call: Call
    started: float
    delivered: bool


def requests_of(ledger: Path) -> list[Request]:
    """Read the endpoint's ledger."""
    requests = []
    for line in ledger.read_text().splitlines():
        entry = json.loads(line)
        call = (f"{entry['subtask']}@{entry['attempt']}", entry["step"] + 1)
        requests.append(Request(call, entry["started"], entry["outcome"] == "delivered"))
    return requests


@dataclass(frozen=True, slots=True)
class Life:
    """One process that drove the run: when it started, the failpoint that it was killed at, what it left.

    ``remains`` is None for a process that was not killed.
    """

    started: float
    failpoint: str = ""
    remains: Remains | None = None


@dataclass(slots=True)
class Verdict:
    """What a campaign has shown. All but ``kills``, ``delivered_again`` and ``adopted`` must be zero.

    Attributes:
        kills: processes killed.
        lost: recorded events that were gone or different later, and requests whose intent was never recorded.
        rebought_recorded: calls made again although their reply was in the journal.
        rebought_received: calls made again although their reply had been received to its end.
        restarted_beyond_in_flight: calls made again that were not in flight at a kill.
        delivered_again: calls whose reply the endpoint delivered twice: the last bytes of one may have been on their
            way when the process was killed.
        adopted: replies that were received, but not recorded, before a kill, and taken over after it.
        orphans: processes that outlived the one that drove the run.
        branches_differ: runs whose result is not that of the run that nobody killed.
        unsound: what `swarm verify` found, and processes that ended in another way than they should.
        notes: details for a person.
    """

    kills: int = 0
    lost: int = 0
    rebought_recorded: int = 0
    rebought_received: int = 0
    restarted_beyond_in_flight: int = 0
    delivered_again: int = 0
    adopted: int = 0
    orphans: int = 0
    branches_differ: int = 0
    unsound: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, other: "Verdict") -> None:
        """Add another one's figures."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def metrics(self) -> dict[str, int]:
        """The figures by name."""
        figures = {name: getattr(self, name) for name in self.__slots__ if name != "notes"}
        return {**figures, "rebought": self.rebought_recorded + self.rebought_received}

    @property
    def flawless(self) -> bool:
        """Whether everything that must be zero is."""
        return not any(value for name, value in self.metrics.items() if name not in FIGURES)


def judge(lives: Sequence[Life], requests: Sequence[Request], end: Remains) -> Verdict:
    """Compare what was recorded at each kill with what the endpoint was asked afterwards.

    Args:
        lives: the processes that drove the run, in order; the last one was not killed.
        requests: everything that the endpoint was asked for the run.
        end: the journal when the run had ended.
    """
    verdict = Verdict(kills=sum(life.remains is not None for life in lives))
    asked: set[Call] = set()
    delivered: Counter[Call] = Counter()
    known = Remains()
    for number, life in enumerate(lives):
        until = lives[number + 1].started if number + 1 < len(lives) else float("inf")
        made = [request for request in requests if life.started <= request.started < until]
        calls = Counter(request.call for request in made)
        _judge_requests(verdict, calls, asked, known, lives[number - 1].failpoint if number else "", delivered)
        asked.update(calls)
        delivered.update(request.call for request in made if request.delivered)
        remains = end if life.remains is None else life.remains
        _judge_events(verdict, known, remains, asked)
        known = remains
    verdict.adopted = end.adopted
    verdict.delivered_again = sum(count > 1 for count in delivered.values())
    return verdict


def _judge_requests(
    verdict: Verdict, calls: Counter[Call], asked: set[Call], left: Remains, failpoint: str, delivered: Counter[Call]
) -> None:
    again = asked & calls.keys()
    recorded = again & left.replied
    received = again & left.received
    in_hand = {call for call in left.in_flight if delivered[call]}
    if failpoint == "model.reply-complete" and in_hand and in_hand <= again:
        received |= set(list(in_hand)[:1])  # at least one of them had been read to its end
    beyond = again - left.in_flight
    twice = [call for call, count in calls.items() if count > 1]
    verdict.rebought_recorded += len(recorded)
    verdict.rebought_received += len(received)
    verdict.restarted_beyond_in_flight += len(beyond) + len(twice)
    for words, found in (("recorded", recorded), ("received", received), ("beyond", beyond), ("twice", twice)):
        verdict.notes += [f"after {failpoint or 'a random moment'}: {words}, asked for again: {found}"] if found else []


def _judge_events(verdict: Verdict, before: Remains, after: Remains, asked: set[Call]) -> None:
    changed = sum(was != now for was, now in zip(before.events, after.events, strict=False))
    missing = max(0, len(before.events) - len(after.events))
    unrecorded = asked - after.called
    unreplied = {(attempt, step) for attempt, step in asked if step > 1 and (attempt, step - 1) not in after.replied}
    verdict.lost += changed + missing + len(unrecorded) + len(unreplied)
    if changed or missing or unrecorded or unreplied:
        verdict.notes.append(f"lost: {changed} changed, {missing} missing, {unrecorded}, {unreplied}")
