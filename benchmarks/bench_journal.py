"""How many events a second reach the disk, and how fast a long run is taken up again.

Four ways to write the same 4 KB, taking turns in one run, all in SQLite with ``synchronous=FULL``: the journal with
hundreds of agents that wait for their own events, the journal with one agent (a commit for each event), bare SQLite
with a commit for each row, and LangGraph's saver with as many agents as the journal, where it is installed (the
dependency group ``bench``). Then runs of hundreds of agents that were killed after so many events are resumed by a real
``swarm resume``, up to the first request at the endpoint, and looked at by ``swarm status`` and ``swarm list``.

    python -m benchmarks.bench_journal [--agents 300] [--seconds 2] [--rounds 3] [--resume 100000 1000000]
"""

import argparse
import asyncio
import json
import random
import sqlite3
import statistics
import string
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.long_run import shape_for
from benchmarks.resuming import Resumed, measure_resume
from swarm.core.events import ToolReturned
from swarm.journal.codec import encode
from swarm.journal.sqlite import SqliteJournal

try:
    from benchmarks import langgraph_saver
except ImportError:
    langgraph_saver = None  # type: ignore[assignment]

BODY_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Measured:
    """Events written, seconds and processor time taken, commits made, 99th percentile of one append in milliseconds."""

    events: int
    seconds: float
    cpu_s: float
    commits: int
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Durable events a second."""
        return self.events / self.seconds

    @property
    def cpu_us(self) -> float:
        """Processor time of one event in microseconds, all threads together."""
        return self.cpu_s / self.events * 1e6


class Watch:
    """Takes the time of what happens from now on, and gathers how long each append waited."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._began = time.perf_counter()
        self._cpu = time.process_time()

    def seconds(self) -> float:
        """Return the seconds since the beginning."""
        return time.perf_counter() - self._began

    def measured(self, commits: int | None = None) -> Measured:
        """Return what the appends add up to; without a number, each was a commit."""
        seconds, cpu = self.seconds(), time.process_time() - self._cpu
        waits = sorted(self.waits)
        return Measured(len(waits), seconds, cpu, commits or len(waits), waits[int(len(waits) * 0.99)] * 1_000)


def texts(seed: int, count: int = 2_000) -> Iterator[str]:
    """Yield texts of words without end: they compress like prose, no two are the same, and making them is cheap."""
    rng = random.Random(seed)
    words = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 9))) for _ in range(3_000)]
    pool = [" ".join(rng.choices(words, k=BODY_CHARACTERS // 4))[:BODY_CHARACTERS] for _ in range(count)]
    number = 0
    while True:
        number += 1
        yield f"{number} {pool[number % len(pool)]}"


def events(seed: int) -> Iterator[ToolReturned]:
    """Yield events without end whose bodies all differ."""
    for number, text in enumerate(texts(seed)):
        yield ToolReturned(f"s{number % 300}@1", number, 0, text, failed=False, seconds=0.1)


async def measure_journal(path: Path, agents: int, seconds: float) -> Measured:
    """Let agents append, each waiting for its own event, until the time is up."""
    journal = SqliteJournal.create(path, run_id="bench")
    source = events(agents)
    next(source)
    watch = Watch()

    async def agent() -> None:
        while watch.seconds() < seconds:
            event = next(source)
            asked = time.perf_counter()
            await journal.append(event)
            watch.waits.append(time.perf_counter() - asked)

    async with asyncio.TaskGroup() as group:
        for _ in range(agents):
            group.create_task(agent())
    found = watch.measured(journal.commits)
    await journal.close()
    return found


def measure_bare_sqlite(path: Path, seconds: float) -> Measured:
    """Commit each encoded event on its own, on the thread that makes it."""
    source = events(1)
    next(source)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, body BLOB, text BLOB)")
        watch = Watch()
        while watch.seconds() < seconds:
            asked = time.perf_counter()
            body, blobs = encode(next(source))
            connection.execute("INSERT INTO events (body, text) VALUES (?, ?)", (body, *blobs.values()))
            watch.waits.append(time.perf_counter() - asked)
        return watch.measured()


async def measure_langgraph(path: Path, agents: int, seconds: float) -> Measured | None:
    """Let agents write with LangGraph's saver; ``None`` when it is not installed."""
    if langgraph_saver is None:
        return None
    source = texts(agents)
    next(source)
    async with langgraph_saver.saver(path) as write:
        watch = Watch()

        async def agent(number: int) -> None:
            step = 0
            while watch.seconds() < seconds:
                step += 1
                text = next(source)
                asked = time.perf_counter()
                await write(number, step, text)
                watch.waits.append(time.perf_counter() - asked)

        async with asyncio.TaskGroup() as group:
            for number in range(agents):
                group.create_task(agent(number))
        return watch.measured()


async def measure_writing(folder: Path, agents: int, seconds: float, rounds: int) -> dict[str, float | None]:
    """Measure the ways to write, taking turns; print the table of the medians, and return the metrics."""
    found: dict[str, list[Measured]] = defaultdict(list)
    for number in range(rounds):
        place = folder / str(number)
        place.mkdir()
        found["journal"].append(await measure_journal(place / "many.db", agents, seconds))
        if peer := await measure_langgraph(place / "langgraph.db", agents, seconds):
            found["langgraph"].append(peer)
        found["one"].append(await measure_journal(place / "one.db", 1, seconds))
        found["bare"].append(measure_bare_sqlite(place / "bare.db", seconds))
    await say_what_langgraph_is(folder / "default.db")
    print(
        f"{f'durable 4 KB events, median of {rounds}':<36}{'events/s':>10}{'commits/s':>11}{'p99 ms':>9}{'CPU us':>9}"
    )
    names = {
        "journal": f"journal, {agents} agents",
        "one": "journal, 1 agent",
        "bare": "SQLite, a commit a row",
        "langgraph": f"LangGraph's saver, {agents} agents",
    }
    for name, words in names.items():
        if rows := found[name]:
            row = sorted(rows, key=lambda row: row.per_second)[len(rows) // 2]
            commits = row.commits / row.seconds
            print(f"{words:<36}{row.per_second:>10,.0f}{commits:>11,.0f}{row.p99_ms:>9.1f}{row.cpu_us:>9.0f}")
    return {
        "appends_vs_langgraph": ratio(found["journal"], found["langgraph"]),
        "append_cpu_vs_langgraph": ratio(found["langgraph"], found["journal"], lambda row: row.cpu_us),
        "appends_vs_commit_per_row": ratio(found["journal"], found["bare"]),
        "appends_per_s": middle(found["journal"], lambda row: row.per_second),
        "append_p99_ms": middle(found["journal"], lambda row: row.p99_ms),
        "append_cpu_us": middle(found["journal"], lambda row: row.cpu_us),
        "events_per_commit": middle(found["journal"], lambda row: row.events / row.commits),
        "one_agent_per_s": middle(found["one"], lambda row: row.per_second),
        "commit_per_row_per_s": middle(found["bare"], lambda row: row.per_second),
        "langgraph_per_s": middle(found["langgraph"], lambda row: row.per_second),
    }


async def say_what_langgraph_is(path: Path) -> None:
    """Tell how durable the peer is as it comes, or that it is not there."""
    if langgraph_saver is None:
        print("LangGraph's saver is not installed and not measured; `make bench-journal` installs it", file=sys.stderr)
        return
    print(f"LangGraph's saver as it comes: synchronous={await langgraph_saver.default_synchronous(path)}")


def middle(rows: list[Measured], figure: Callable[[Measured], float]) -> float | None:
    """Return the median of a figure; ``None`` when nothing was measured."""
    return round(statistics.median(map(figure, rows)), 2) if rows else None


def ratio(
    ours: list[Measured], theirs: list[Measured], figure: Callable[[Measured], float] = lambda row: row.per_second
) -> float | None:
    """Return the median, over the rounds, of one figure to the other; ``None`` when nothing was measured."""
    pairs = list(zip(ours, theirs, strict=False))
    return round(statistics.median(figure(our) / figure(their) for our, their in pairs), 2) if pairs else None


async def measure_resuming(folder: Path, sizes: list[int], steps: int) -> dict[str, float | None]:
    """Resume runs of these sizes, print what was found, and return the metrics."""
    metrics: dict[str, float | None] = {}
    for size in sizes:
        print(f"writing a run of {size:,} events", file=sys.stderr)
        with tempfile.TemporaryDirectory(dir=folder) as place:
            found = await measure_resume(Path(place), shape_for(size, steps=steps))
        print(in_words(found))
        name = f"{size // 1_000_000}m" if size % 1_000_000 == 0 else f"{size // 1_000}k"
        metrics[f"resume_{name}_s"] = round(found.first_request_s, 2)
        metrics[f"resume_{name}_all_s"] = round(found.all_requests_s, 2)
        metrics[f"resume_{name}_cpu_s"] = round(found.cpu_s, 2)
        metrics[f"resume_{name}_mib"] = round(found.resident_mib, 1)
        metrics[f"status_{name}_s"] = round(found.status_s, 2)
        metrics[f"list_{name}_s"] = round(found.list_s, 2)
    return metrics


def in_words(found: Resumed) -> str:
    """Return what one run showed as a line."""
    return (
        f"{found.events:>9,} events ({found.journal_mib:,.0f} MiB): first request after {found.first_request_s:.2f} s"
        f" ({found.cpu_s:.2f} s CPU), all after {found.all_requests_s:.2f} s ({found.resident_mib:.0f} MiB);"
        f" status {found.status_s:.2f} s, list {found.list_s:.2f} s"
    )


async def run(arguments: argparse.Namespace, folder: Path) -> dict[str, float | None]:
    """Measure everything and return the metrics."""
    writing = await measure_writing(folder, arguments.agents, arguments.seconds, arguments.rounds)
    return writing | await measure_resuming(folder, arguments.resume, arguments.steps)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Durable appends a second, and resuming long runs.")
    parser.add_argument("--agents", type=int, default=300, help="agents that append at the same time")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds for each way of writing")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of all ways of writing")
    parser.add_argument("--resume", type=int, nargs="*", default=[100_000, 1_000_000], help="events of runs to resume")
    parser.add_argument("--steps", type=int, default=40, help="steps of each attempt in those runs")
    parser.add_argument("--folder", type=Path, help="where to write; the default is the system's temporary folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        metrics = asyncio.run(run(arguments, Path(folder)))
    sys.stdout.write(json.dumps({"bench": "bench-journal", "metrics": metrics}) + "\n")


if __name__ == "__main__":
    main()
