"""The story of a subtask or attempt: which events it is made of, and its lines."""

import heapq
import time
from collections.abc import Iterable, Iterator

from swarm.core.chronicle import Entry
from swarm.core.events import PlanExtended, PlanPatched, Recorded, attempt_of, subtask_of
from swarm.core.figures import duration
from swarm.core.views import RunView
from swarm.errors import UsageError
from swarm.journal.reader import JournalReader

INDENT = " " * 12


def events_about(reader: JournalReader, view: RunView, what: str) -> Iterator[Recorded]:
    """Return the events of a subtask or attempt with those of the run itself, in order, without reading the others.

    Raises:
        UsageError: the run has no such subtask or attempt.
    """
    attempt = view.attempts.get(what)
    subtask = view.subtasks.get(attempt.subtask_id if attempt else what)
    if subtask is None:
        raise UsageError(
            f"run {view.run_id} has no subtask or attempt {what!r}", hint=f"`swarm show {view.run_id}` lists them."
        )
    own = reader.events(subtask_id=subtask.spec.id)
    if attempt:
        own = (recorded for recorded in own if attempt_of(recorded.event) in ("", what))
    streams = [own, reader.events(subtask_id="")]
    if subtask.parent_id and not attempt:
        below = reader.events(subtask_id=subtask.parent_id)
        streams.append(recorded for recorded in below if isinstance(recorded.event, PlanExtended))
    if not attempt:
        streams.extend(_patches(reader, name) for name in view.replanners(subtask.parent_id))
    return heapq.merge(*streams, key=lambda recorded: recorded.seq)


def _patches(reader: JournalReader, replanner: str) -> Iterator[Recorded]:
    """Yield the changes of the plan that a planner's answers were."""
    for recorded in reader.events(subtask_id=replanner):
        if isinstance(recorded.event, PlanPatched):
            yield recorded


def story_lines(entries: Iterable[Entry], *, full: bool) -> Iterator[str]:
    """Yield the lines of a story: number, date, time since it began, whom it is about, what happened."""
    began = None
    for entry in entries:
        recorded = entry.recorded
        began = recorded.at if began is None else began
        clock = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(recorded.at))
        since = f"+{duration(max(0.0, recorded.at - began))}"
        about = attempt_of(recorded.event) or subtask_of(recorded.event) or "run"
        yield f"{recorded.seq:>7} {clock} {since:>9}  {about:<16} {entry.text}"
        for detail in entry.details:
            yield f"{INDENT}{detail}"
        if full and entry.body:
            for line in entry.body.rstrip("\n").split("\n"):
                yield f"{INDENT}| {line}"
