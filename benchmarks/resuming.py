"""How long a killed run takes to resume: a real ``swarm resume``, from its start to its first request at the endpoint.

The journal is that of :mod:`benchmarks.long_run`, on a real repository. The process is killed when each
conversation has asked again.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from benchmarks.long_run import Shape, long_run, plan_of
from swarm.core.events import RunSettings
from swarm.core.limits import Limits
from swarm.core.task import Task
from swarm.creation import create_run
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder, RunStore
from swarm.testing.endpoint import Scenario, SimulatedEndpoint, Speed

RUN_ID = "long"
TIMEOUT_S = 300
_APPENDS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Resumed:
    """What was measured: seconds of each command, and the journal's size.

    A resume is measured up to its first request (with the processor time by then), and until every conversation that
    was at work has asked again (with the memory by then).
    """

    events: int
    journal_mib: float
    first_request_s: float
    all_requests_s: float
    cpu_s: float
    resident_mib: float
    status_s: float
    list_s: float


async def measure_resume(folder: Path, shape: Shape) -> Resumed:
    """Write a long run below the folder, then resume it and look at it."""
    slow = Scenario(models=["sim-worker"], speed=Speed(first_token_ms=(600_000, 600_000)))
    async with SimulatedEndpoint(slow) as endpoint:
        run, events = await write_run(folder, shape, endpoint.base_url)
        environment = dict(os.environ, SWARM_HOME=str(folder / "home"), OPENAI_API_KEY="none")
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once, not at each start
        status_s = await asyncio.to_thread(_seconds, ("status", RUN_ID), environment)
        list_s = await asyncio.to_thread(_seconds, ("list",), environment)
        begin = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *_command("resume", RUN_ID, "--sandbox", "none", "--display", "none"),
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await _requests(endpoint, process, 1)
                first_request_s = time.perf_counter() - begin
                cpu_s = _cpu_s(process.pid)
                await _requests(endpoint, process, shape.at_work)
            all_requests_s = time.perf_counter() - begin
            resident = _resident_mib(process.pid)
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()
    size = run.journal.stat().st_size / 2**20
    return Resumed(events, size, first_request_s, all_requests_s, cpu_s, resident, status_s, list_s)


async def write_run(folder: Path, shape: Shape, base_url: str) -> tuple[RunFolder, int]:
    """Make a repository and the journal of a long, killed run on it; return its folder and the number of events."""
    base, tree = _repository(folder / "repository")
    settings = RunSettings(base_url, {"worker": "sim-worker", "planner": "sim-worker"}, "none", simulated=True)
    limits = Limits(workers=shape.at_work, max_subtasks=max(5_000, shape.subtasks), max_steps=10_000)
    task = Task(instruction="Port the library", repository=str(folder / "repository"), limits=limits)
    store = RunStore(folder / "home")
    run = await create_run(store, task, settings=settings, plan=plan_of(shape), run_id=RUN_ID)
    journal = SqliteJournal.open(run.journal)
    appends: deque[asyncio.Task[None]] = deque()
    async with asyncio.TaskGroup() as group:
        for events in long_run(shape, task=task, settings=settings, base=base, tree=tree):
            appends.append(group.create_task(journal.append(*events)))
            if len(appends) > _APPENDS_AT_ONCE:
                await appends.popleft()
    last = journal.last_seq
    await journal.close()
    return run, last


async def _requests(endpoint: SimulatedEndpoint, process: asyncio.subprocess.Process, count: int) -> None:
    """Wait until so many requests have come. Raises RuntimeError when the process ends before."""
    asked = asyncio.create_task(endpoint.ledger.wait_until(lambda ledger: ledger.seen >= count))
    ended = asyncio.create_task(process.wait())
    await asyncio.wait((asked, ended), return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    if not asked.done():
        asked.cancel()
        assert process.stderr is not None
        said = (await process.stderr.read()).decode()
        raise RuntimeError(f"swarm resume ended with {process.returncode} and asked nothing: {said}")


def _command(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "swarm", *words)


def _seconds(words: tuple[str, ...], environment: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(_command(*words), env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def _cpu_s(pid: int) -> float:
    """Return the processor time of a process so far, its children not included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mib(pid: int) -> float:
    fields = Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()
    return int(fields[0]) / 1024


def _repository(folder: Path) -> tuple[str, str]:
    folder.mkdir(parents=True)
    for number in range(50):
        (folder / f"module_{number}.py").write_text(f"VALUE = {number}\n")
    git = ("git", "-c", "user.name=bench", "-c", "user.email=bench@localhost")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "base")):
        subprocess.run((*git, *words), cwd=folder, check=True)
    asked = subprocess.run(
        (*git, "rev-parse", "HEAD", "HEAD^{tree}"), cwd=folder, check=True, capture_output=True, text=True
    )
    base, tree = asked.stdout.split()
    return base, tree
