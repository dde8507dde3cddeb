"""A run's events as lines of text or JSON, those to come included."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from swarm.core.events import EVENT_TYPES, RunEnded, attempt_of, subtask_of, type_name
from swarm.core.wording import describe
from swarm.errors import UsageError
from swarm.journal.reader import JournalReader
from swarm.text import neutralise_line

POLL_S = 0.2
RUN_ENDED = next(name for name, kind in EVENT_TYPES.items() if kind is RunEnded)


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event's number, type and text."""

    seq: int
    type_name: str
    text: str


Render = Callable[[JournalReader, int], Iterator[EventLine]]


def known_types(names: list[str]) -> frozenset[str]:
    """Return the event types as a set. Raises UsageError for one that does not exist."""
    for name in names:
        if name not in EVENT_TYPES:
            raise UsageError(f"there is no event type {name!r}", hint=f"The types are {', '.join(EVENT_TYPES)}.")
    return frozenset(names)


def as_json_lines(reader: JournalReader, after: int) -> Iterator[EventLine]:
    """Yield the journal's own records, in ASCII so that no terminal obeys what they hold."""
    for row in reader.raw(after=after):
        yield EventLine(row["seq"], row["type"], json.dumps(row, separators=(",", ":")))


def as_text_lines(reader: JournalReader, after: int) -> Iterator[EventLine]:
    """Yield events in words, neutralised."""
    for recorded in reader.events(after=after):
        event = recorded.event
        clock = time.strftime("%H:%M:%S", time.localtime(recorded.at))
        about = attempt_of(event) or subtask_of(event)
        text = neutralise_line(f"{recorded.seq:>7} {clock} {about:<20} {describe(event)}")
        yield EventLine(recorded.seq, type_name(event), text)


def printed(
    reader: JournalReader, render: Render, *, after: int, wanted: frozenset[str], follow: bool
) -> Iterator[str]:
    """Yield the lines of the wanted types (of all when none is named); with ``follow`` go on until the run ends."""
    ended = not follow or _ended_by(reader, after)
    while True:
        for line in render(reader, after):
            after = line.seq
            ended = ended or line.type_name == RUN_ENDED
            if not wanted or line.type_name in wanted:
                yield line.text
        if ended:
            return
        time.sleep(POLL_S)


def _ended_by(reader: JournalReader, seq: int) -> bool:
    """Whether the run's end lies at or before an event: then nothing follows it."""
    last = reader.last_seq()
    # What may follow a run's end says only that it was imported or moved since.
    return last <= seq and any(isinstance(item.event, RunEnded) for item in reader.events(after=last - 4))
