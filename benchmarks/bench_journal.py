"""How many events a second reach the disk, and how fast a journal is read again.

Three ways to write the same events, side by side in one run: the journal with hundreds of agents that wait for their
own events, the journal with one agent (a commit for each event), and bare SQLite with a commit for each row. All with
``synchronous=FULL``. Then the whole journal is read back, as a resume does.

    python benchmarks/bench_journal.py [--agents 300] [--seconds 4] [--resume 100000] [--folder DIR]
"""

import argparse
import asyncio
import json
import random
import sqlite3
import string
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from swarm.core.events import Event, ToolReturned, WorkspaceSnapshotted
from swarm.journal.codec import encode
from swarm.journal.reader import open_reader
from swarm.journal.sqlite import SqliteJournal

BODY_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Measured:
    """Events written, seconds taken, commits made, and the 99th percentile of one append in milliseconds."""

    events: int
    seconds: float
    commits: int
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Durable events a second."""
        return self.events / self.seconds


def texts(seed: int, count: int = 2_000) -> list[str]:
    """Return texts of words: they compress like prose, and no two are the same."""
    rng = random.Random(seed)
    words = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 9))) for _ in range(3_000)]
    return [" ".join(rng.choices(words, k=BODY_CHARACTERS // 4))[:BODY_CHARACTERS] for _ in range(count)]


def events(seed: int) -> Iterator[Event]:
    """Yield events without end whose bodies all differ; cheap, so that making them is not what is measured."""
    pool = texts(seed)
    number = 0
    while True:
        number += 1
        text = f"{number} {pool[number % len(pool)]}"
        yield ToolReturned(f"s{number % 300}@1", number, 0, text, failed=False, seconds=0.1)


async def measure_journal(path: Path, agents: int, seconds: float) -> Measured:
    """Let agents append, each waiting for its own event, until the time is up."""
    journal = SqliteJournal.create(path, run_id="bench")
    source = events(agents)
    waits: list[float] = []
    begin = time.perf_counter()

    async def agent() -> None:
        while time.perf_counter() - begin < seconds:
            event = next(source)
            asked = time.perf_counter()
            await journal.append(event)
            waits.append(time.perf_counter() - asked)

    async with asyncio.TaskGroup() as group:
        for _ in range(agents):
            group.create_task(agent())
    took = time.perf_counter() - begin
    commits = journal.commits
    await journal.close()
    waits.sort()
    return Measured(len(waits), took, commits, waits[int(len(waits) * 0.99)] * 1_000)


def measure_bare_sqlite(path: Path, seconds: float) -> Measured:
    """Commit each encoded event on its own, on the thread that makes it."""
    source = events(1)
    waits: list[float] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, body BLOB, text BLOB)")
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds:
            asked = time.perf_counter()
            body, blobs = encode(next(source))
            connection.execute("INSERT INTO events (body, text) VALUES (?, ?)", (body, *blobs.values()))
            waits.append(time.perf_counter() - asked)
        took = time.perf_counter() - begin
    waits.sort()
    return Measured(len(waits), took, len(waits), waits[int(len(waits) * 0.99)] * 1_000)


async def measure_reading(path: Path, count: int) -> float:
    """Return the seconds that it takes to read so many events: one in ten large, as in a run."""
    journal = SqliteJournal.create(path, run_id="bench")
    source = events(2)
    batch: list[Event] = []
    for number in range(count):
        small = WorkspaceSnapshotted(f"s{number % 300}@1", number, "7e" * 20)
        batch.append(next(source) if number % 10 == 0 else small)
        if len(batch) == 1_000:
            await journal.append(*batch)
            batch.clear()
    await journal.append(*batch)
    await journal.close()
    with open_reader(path) as reader:
        begin = time.perf_counter()
        read = sum(1 for _ in reader.events())
        took = time.perf_counter() - begin
    if read != count:
        raise RuntimeError(f"{read} events came back, {count} were written")
    return took


async def run(arguments: argparse.Namespace, folder: Path) -> dict[str, float]:
    """Measure everything, print the table, and return the metrics."""
    many = await measure_journal(folder / "many.db", arguments.agents, arguments.seconds)
    one = await measure_journal(folder / "one.db", 1, arguments.seconds)
    bare = measure_bare_sqlite(folder / "bare.db", arguments.seconds)
    reading = await measure_reading(folder / "reading.db", arguments.resume)
    print(f"{'durable 4 KB events':<36}{'events/s':>10}{'commits/s':>11}{'p99 ms':>9}")
    rows = ((f"journal, {arguments.agents} agents", many), ("journal, 1 agent", one), ("SQLite, a commit a row", bare))
    for name, measured in rows:
        commits = measured.commits / measured.seconds
        print(f"{name:<36}{measured.per_second:>10,.0f}{commits:>11,.0f}{measured.p99_ms:>9.1f}")
    print(f"reading {arguments.resume:,} events: {reading:.2f} s ({reading / arguments.resume * 1e6:.1f} us each)")
    return {
        "appends_per_s": round(many.per_second, 1),
        "append_p99_ms": round(many.p99_ms, 2),
        "events_per_commit": round(many.events / many.commits, 1),
        "one_agent_per_s": round(one.per_second, 1),
        "commit_per_row_per_s": round(bare.per_second, 1),
        "appends_vs_commit_per_row": round(many.per_second / bare.per_second, 2),
        "read_us_per_event": round(reading / arguments.resume * 1e6, 2),
        "read_100k_s": round(reading / arguments.resume * 100_000, 3),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Durable appends a second, and reading them back.")
    parser.add_argument("--agents", type=int, default=300, help="agents that append at the same time")
    parser.add_argument("--seconds", type=float, default=4.0, help="seconds for each way of writing")
    parser.add_argument("--resume", type=int, default=100_000, help="events to read back")
    parser.add_argument("--folder", type=Path, help="where to write; the default is the system's temporary folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        metrics = asyncio.run(run(arguments, Path(folder)))
    sys.stdout.write(json.dumps({"bench": "bench-journal", "metrics": metrics}) + "\n")


if __name__ == "__main__":
    main()
