"""Following the journal of a run that another process may be driving."""

from collections.abc import Callable, Iterator

from swarm.cli.reading import ReadRun
from swarm.core.events import RunEnded, RunPaused
from swarm.core.parts import RunStatus
from swarm.core.views import RunView
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunLock


def follow(found: ReadRun, reader: JournalReader, *, sleep: Callable[[], None]) -> Iterator[RunView]:
    """Yield the view of a run, and again after each event and each ``sleep``, until nobody drives it any more."""
    view, driven = found.view, found.driven
    yield view
    while driven:
        sleep()
        # The driver first: what it wrote before it ended is read below.
        driven = RunLock(found.folder).owner() is not None
        for recorded in reader.events(after=view.last_seq):
            view.apply(recorded)
            yield view
        yield view


def stood_still(view: RunView, reader: JournalReader) -> RunEnded | RunPaused | None:
    """Return the fact with which the run ended or paused; ``None`` when its driver died without a word."""
    if view.status in {RunStatus.RUNNING, RunStatus.PARKED}:
        return None
    newest = reader.newest("run_ended" if view.ended else "run_paused")
    return newest.event if newest and isinstance(newest.event, RunEnded | RunPaused) else None
