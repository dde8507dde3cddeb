"""What the commands that read runs share: finding a run, folding its journal, printing."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from swarm.core.parts import RunStatus
from swarm.core.views import RunView, restored
from swarm.journal.reader import JournalReader, open_reader
from swarm.journal.store import RunFolder, RunLock, RunStore, swarm_home
from swarm.text import neutralise, neutralise_line

ABANDONED = "no process drives it"


@dataclass(frozen=True, slots=True)
class ReadRun:
    """A run as its journal tells it; ``driven`` says whether a living process drives it."""

    folder: RunFolder
    view: RunView
    driven: bool

    @property
    def status(self) -> RunStatus:
        """The status; a run that ought to be running but has no process is paused."""
        return RunStatus.PAUSED if self.abandoned else self.view.status

    @property
    def abandoned(self) -> bool:
        """Whether a process ought to drive the run and none does."""
        return self.view.status in {RunStatus.RUNNING, RunStatus.PARKED} and not self.driven

    @property
    def reason(self) -> str:
        """Why it has that status, or an empty string."""
        if self.abandoned:
            return ABANDONED
        return self.view.reason

    @property
    def goal(self) -> str:
        """The task's name, or its instruction."""
        task = self.view.task
        return task.name or task.instruction if task else ""

    def driven_s(self, now: float) -> float:
        """Return the time in which a process drove it; only a driven run's clock goes on."""
        return self.view.driven_at(now) if self.driven else self.view.driven_s


def run_store() -> RunStore:
    """Return the store of this user's runs."""
    return RunStore(swarm_home(os.environ))


def find_run(prefix: str) -> RunFolder:
    """Return the run's folder. Raises RunNotFound."""
    return run_store().find(prefix)


@contextlib.contextmanager
def reader_of(folder: RunFolder) -> Iterator[JournalReader]:
    """Open a run's journal for reading. Raises JournalUnreadable or JournalTooNew."""
    with open_reader(folder.journal) as reader:
        folder.refuse_foreign(reader.run_id)
        yield reader


def read_run(folder: RunFolder) -> ReadRun:
    """Fold a run's journal. Raises JournalUnreadable or JournalTooNew."""
    # The lock first: a process that ends in between has written its last event by then.
    driven = RunLock(folder).owner() is not None
    with reader_of(folder) as reader:
        return ReadRun(folder, restored(reader.condensed()), driven)


def outline_run(folder: RunFolder) -> ReadRun:
    """Fold only what happened to the run and its subtasks: the view knows of no attempt, and of nothing spent.

    Raises:
        JournalUnreadable: the journal is damaged.
        JournalTooNew: a newer version wrote it.
    """
    driven = RunLock(folder).owner() is not None
    with reader_of(folder) as reader:
        view = restored(reader.milestones())
        view.last_at = max(view.last_at, reader.last_at())
        return ReadRun(folder, view, driven)


def say(text: str = "") -> None:
    """Write a line of data to stdout, made harmless; it may hold new lines."""
    sys.stdout.write(neutralise(text) + "\n")


def say_line(text: str) -> None:
    """Write exactly one line to stdout, made harmless."""
    sys.stdout.write(neutralise_line(text) + "\n")


def say_json(value: Any) -> None:
    """Write a value to stdout as one line of JSON, in ASCII so that no terminal obeys it."""
    sys.stdout.write(json.dumps(value, separators=(",", ":"), default=str) + "\n")
