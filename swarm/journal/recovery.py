"""Bringing a damaged journal back: the longest sound beginning of it or of one of its copies takes its place.

A beginning of a journal is a state in which the run really was, so resuming from it is like resuming after a kill at
that moment. Nothing is thrown away: the damaged file is moved to a folder of its own beside the journal.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from swarm.core.events import Recorded
from swarm.durable import sync
from swarm.errors import JournalError, JournalUnreadable, JournalWriteFailed
from swarm.failpoints import reach
from swarm.journal import backup
from swarm.journal.copying import copy_journal
from swarm.journal.damage import read_mark, write_mark
from swarm.journal.reader import JournalReader

_PARTS = ("", "-wal", "-shm", "-mark")


@dataclass(frozen=True, slots=True)
class Examined:
    """How far a journal is sound.

    Attributes:
        path: its file.
        last_seq: the number of the last sound event of those that are there from the first on; 0 when none is.
        last_at: when that was recorded, in Unix seconds.
        problem: what is wrong behind it; empty when all of it is sound.
    """

    path: Path
    last_seq: int
    last_at: float
    problem: str


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a recovery did.

    Attributes:
        source: the file that the events were taken from; ``None`` when the journal was sound and nothing was done.
        problem: what was wrong with the journal.
        last_seq: the number of the last event that was kept.
        last_at: when that was recorded, in Unix seconds.
        recorded: how many events had been recorded, as far as is known.
        aside: the folder that holds the damaged file now.
    """

    source: Path | None
    problem: str
    last_seq: int
    last_at: float
    recorded: int
    aside: Path | None

    @property
    def lost(self) -> int:
        """How many events are known to be lost."""
        return max(0, self.recorded - self.last_seq)


def examine(path: Path, run_id: str) -> Examined:
    """Read a journal from its first event on, as far as it is sound.

    Args:
        path: its file.
        run_id: the run that it has to belong to.

    Raises:
        JournalTooNew: a newer version of swarm wrote it: it may well be sound.
    """
    last, at = 0, 0.0
    try:
        with JournalReader(path) as reader:
            if reader.run_id != run_id:
                return Examined(path, 0, 0.0, f"it belongs to the run {reader.run_id!r}")
            for recorded in _sound(reader):
                last, at = recorded.seq, recorded.at
            problem = _damage(reader)
            if not problem and reader.last_seq() > last:
                problem = f"event {last + 1} is damaged or missing"
    except JournalUnreadable as error:
        problem = error.message
    return Examined(path, last, at, problem)


def _damage(reader: JournalReader) -> str:
    try:
        return "; ".join(" ".join(finding.split()) for finding in reader.damage())[:500]
    except JournalUnreadable as error:
        return error.message


def _sound(reader: JournalReader) -> Iterator[Recorded]:
    """Yield events up to the first that is damaged, however few of its page can be read."""
    last = 0
    limit: int | None = None
    while True:
        count = 0
        try:
            for recorded in reader.events(after=last, limit=limit):
                yield recorded
                last = recorded.seq
                count += 1
        except JournalUnreadable:
            if limit == 1:
                return
            limit = 1
            continue
        if limit is None or not count:
            return


def recover(path: Path, run_id: str) -> Recovery:
    """Put the newest sound state in the place of a damaged journal. The caller must be the one who drives the run.

    Killed at any point, it is completed by being called again.

    Args:
        path: the journal's file.
        run_id: the run that it belongs to.

    Raises:
        JournalUnreadable: neither the journal nor a copy of it holds any sound event; nothing was changed.
        JournalTooNew: a newer version of swarm wrote it; nothing was changed.
        JournalWriteFailed: the disk refused.
    """
    ready = path.with_name(f"{path.name}.recovered")
    if not path.exists() and ready.exists():  # an earlier recovery was killed at its last step
        aside = max(path.parent.glob("damaged-*"))
        examined = Examined(path, 0, 0.0, "a recovery of it was cut off")
        recorded = max(read_mark(aside / path.name), read_mark(path))
        found = examine(ready, run_id)
    else:
        examined = examine(path, run_id)
        recorded = max(read_mark(path), _last_of(path))
        if not examined.problem and examined.last_seq >= recorded:
            return Recovery(None, "", examined.last_seq, examined.last_at, recorded, None)
        found = _best(path, run_id, examined)
        aside = _aside(path)
    problem = examined.problem or f"it ends with event {examined.last_seq} of {recorded}"
    try:
        if found.path != ready:
            _rebuild(found, ready, run_id)
            reach("recover.rebuilt")
        _swap(path, ready, aside)
        write_mark(path, found.last_seq)
    except OSError as error:
        raise JournalWriteFailed(f"the recovered journal of {path} could not be written: {error}") from error
    return Recovery(found.path, problem, found.last_seq, found.last_at, recorded, aside)


def _best(path: Path, run_id: str, examined: Examined) -> Examined:
    candidates = [examined]
    for copy in backup.backups_of(path):
        with contextlib.suppress(JournalError):
            candidates.append(examine(copy, run_id))
    best = max(candidates, key=lambda candidate: candidate.last_seq)
    if not best.last_seq:
        raise JournalUnreadable(
            f"neither the journal {path} nor a copy of it holds a sound event: {examined.problem}",
            hint=f"Put a copy of the journal of your own there, then `swarm verify {run_id}`. Nothing was changed.",
        )
    return best


def _last_of(path: Path) -> int:
    """Return the highest number of an event that a journal, damaged or not, says it holds."""
    try:
        with JournalReader(path) as reader:
            return reader.last_seq()
    except JournalError:
        return 0


def _aside(path: Path) -> Path:
    name = time.strftime("damaged-%Y%m%d-%H%M%S")
    taken = sum(1 for _ in path.parent.glob(f"{name}*"))
    return path.with_name(f"{name}-{taken}" if taken else name)


def _rebuild(found: Examined, ready: Path, run_id: str) -> None:
    """Write the sound events into a new journal, whole and synced."""
    new = ready.with_name(f"{ready.name}.part")
    for part in _PARTS:
        new.with_name(new.name + part).unlink(missing_ok=True)
    copy_journal(found.path, new, run_id=run_id, last=found.last_seq)
    sync(new)
    new.rename(ready)
    sync(ready.parent)


def _swap(path: Path, ready: Path, aside: Path) -> None:
    """Move the damaged file aside and the new one into its place; the file itself first, so that a kill shows."""
    aside.mkdir(mode=0o700, exist_ok=True)
    for part in _PARTS:
        old = path.with_name(path.name + part)
        if os.path.lexists(old):
            old.rename(aside / old.name)
        reach("recover.moving")
    ready.rename(path)
    sync(path.parent)
