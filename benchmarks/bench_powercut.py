"""Power cuts, simulated: is everything there that the journal has acknowledged?

The real journal writes through a disk that records (:mod:`benchmarks.powercut`). At random moments the power fails;
what the disk may then hold is opened by the real reader, compared with what was appended, and written on. Two weaker
settings of SQLite are put through the same, to show that the campaign can find losses.

    python -m benchmarks.bench_powercut [--cuts 400] [--seed 1]
"""

import argparse
import asyncio
import contextlib
import json
import random
import sqlite3
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.powercut import RecordedDisk
from swarm.core.events import Event, NoteRecorded, Recorded, ToolReturned
from swarm.errors import JournalError
from swarm.journal.reader import JournalReader
from swarm.journal.sqlite import SqliteJournal

MEMORY = Path("/dev/shm")
"""Where recordings and remains are kept: nothing of them needs a real disk."""

AGENTS = 20
SESSIONS = (60, 8)
"""The first is long enough to have the log folded into the file and begun anew while agents append."""

SIZES = (*((20, 300, 4_000, 4_000, 4_000) * 4), 20_000)
"""Bytes of a result; as text it is twice as long. The largest ones are compressed."""

CUTS_PER_RECORDING = 50
ABLATIONS = {"NORMAL": 50, "OFF": 50}


@dataclass(slots=True)
class Recording:
    """A disk, and the events that were appended, in order."""

    disk: RecordedDisk
    events: list[Event] = field(default_factory=list)

    def note(self, recorded: Recorded) -> None:
        """Keep an event that has its number."""
        self.events.append(recorded.event)

    async def let_append(self, journal: SqliteJournal, attempt: str, rng: random.Random, appends: int) -> None:
        """Append some events at a time, and note when they are acknowledged."""
        for step in range(appends):
            events = [_event(rng, attempt, step) for _ in range(rng.choice((1, 1, 2, 5)))]
            await journal.append(*events)
            last = next(number for number in range(len(self.events), 0, -1) if self.events[number - 1] is events[-1])
            self.disk.acknowledge(last)


@dataclass(slots=True)
class Found:
    """What came of cuts: acknowledged events that were gone, and journals that could not be read or lied."""

    cuts: int = 0
    lost: int = 0
    corrupt: int = 0
    reasons: list[str] = field(default_factory=list)


async def record(
    folder: Path, seed: int, *, synchronous: str = "FULL", sessions: tuple[int, ...] = SESSIONS
) -> Recording:
    """Let agents append in several sessions; the number of appends of each agent is given for each session."""
    rng = random.Random(seed)
    path = folder / "journal.db"
    await SqliteJournal.create(path, run_id="cut").close()
    recording = Recording(RecordedDisk(folder, synchronous))
    for session, appends in enumerate(sessions):
        journal = SqliteJournal(path, subscriber=recording.note, connect=recording.disk.connect)
        async with asyncio.TaskGroup() as group:
            for number in range(AGENTS):
                group.create_task(recording.let_append(journal, f"s{number}@{session}", rng, appends))
        await journal.close()
    return recording


def _event(rng: random.Random, attempt: str, step: int) -> Event:
    size = rng.choice(SIZES)
    return ToolReturned(attempt, step, 0, rng.randbytes(size).hex(), failed=False, seconds=0.1)


async def cut(recording: Recording, folder: Path, rng: random.Random, found: Found) -> None:
    """Fail the power once, at random, and see what is left."""
    moment = rng.randrange(len(recording.disk.operations) + 1)
    acknowledged = recording.disk.acknowledged_before(moment)
    for name, data in recording.disk.after_cut(moment, rng).items():
        (folder / name).write_bytes(data)
    found.cuts += 1
    try:
        there = await _survivors(folder / "journal.db")
    except JournalError as error:
        found.corrupt += 1
        found.lost += acknowledged
        found.reasons.append(f"cut {moment}: {error.message}")
        return
    if there != recording.events[: len(there)]:
        found.corrupt += 1
        found.reasons.append(f"cut {moment}: events differ from what was appended")
    if len(there) < acknowledged:
        found.lost += acknowledged - len(there)
        found.reasons.append(f"cut {moment}: {acknowledged} were acknowledged, {len(there)} are there")


async def _survivors(path: Path) -> list[Event]:
    """Read and check the whole journal, then write on as a resumed run does."""
    with JournalReader(path) as reader:
        there = [recorded.event for recorded in reader.events()]
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        if (said := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise JournalError(f"SQLite finds the file damaged: {said}")
    journal = SqliteJournal.open(path)
    try:
        await journal.append(NoteRecorded("resumed"))
        if journal.last_seq != len(there) + 1:
            raise JournalError(f"the next event got the number {journal.last_seq} after {len(there)}")
    finally:
        await journal.close()
    return there


async def campaign(
    folder: Path, cuts: int, seed: int, *, synchronous: str = "FULL", sessions: tuple[int, ...] = SESSIONS
) -> Found:
    """Fail the power so often, on as many recordings as that needs."""
    found = Found()
    rng = random.Random(seed)
    while found.cuts < cuts:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            recording = await record(Path(place), rng.randrange(2**32), synchronous=synchronous, sessions=sessions)
        for _ in range(min(CUTS_PER_RECORDING, cuts - found.cuts)):
            with tempfile.TemporaryDirectory(dir=folder) as place:
                await cut(recording, Path(place), rng, found)
    return found


async def run(folder: Path, cuts: int, seed: int) -> dict[str, int]:
    """Run the campaign and its ablations, and return the metrics."""
    found = await campaign(folder, cuts, seed)
    for reason in found.reasons[:10]:
        print(reason)
    print(f"synchronous=FULL: {found.cuts} cuts, {found.lost} acknowledged events lost, {found.corrupt} corrupt")
    metrics = {"cuts": found.cuts, "lost": found.lost, "corrupt": found.corrupt}
    for synchronous, count in ABLATIONS.items():
        weak = await campaign(folder, count, seed, synchronous=synchronous)
        print(f"synchronous={synchronous}: {weak.cuts} cuts, {weak.lost} lost, {weak.corrupt} corrupt (to be found)")
        metrics |= {f"lost_with_{synchronous.lower()}": weak.lost, f"corrupt_with_{synchronous.lower()}": weak.corrupt}
    return metrics


def main() -> int:
    """Run the benchmark; the exit code is 1 when something was lost, or nothing could have been found."""
    parser = argparse.ArgumentParser(description="Power cuts, simulated, with writes reordered and torn.")
    parser.add_argument("--cuts", type=int, default=400, help="power cuts")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives cuts of the same kind")
    parser.add_argument("--folder", type=Path, default=MEMORY if MEMORY.is_dir() else None, help="where to write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        metrics = asyncio.run(run(Path(folder), arguments.cuts, arguments.seed))
    sys.stdout.write(json.dumps({"bench": "bench-powercut", "metrics": metrics}) + "\n")
    kept = metrics["lost"] == metrics["corrupt"] == 0
    return 0 if kept and metrics["lost_with_normal"] and metrics["lost_with_off"] else 1


if __name__ == "__main__":
    sys.exit(main())
