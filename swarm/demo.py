"""The demonstration: a task's run on the simulated endpoint, stopped in the middle and resumed.

What stops it is a SIGKILL, or the task's own limits where it says which are raised for the rest. Everything is real but
the model: the endpoint is the simulated one, in a process of its own, and the run is driven by the same commands that a
user types.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from swarm.catalogue import TaskFolder
from swarm.core.events import ModelReplied
from swarm.core.plan import SubtaskKind
from swarm.core.views import RunView
from swarm.errors import LimitReached, SwarmError, UsageError
from swarm.grading import Grades, grade_commit
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder
from swarm.workspace.sandbox import Sandbox

RUN_ID = "demo"
MARKER = ".swarm-demo"
KILL_AT = 0.3
"""The share of subtasks that have ended when the process is killed, where limits do not stop the run."""

START_S = 30.0
RUN_S = 900.0
POLL_S = 0.2


class DemoFailed(SwarmError):
    """The demonstration did not show what it claims."""

    code = "demo_failed"


@dataclass(slots=True)
class ProcessFigures:
    """What a driving process used, read while it ran: its own CPU seconds and its peak memory in bytes."""

    cpu_s: float = 0.0
    peak_bytes: int = 0

    def sample(self, pid: int) -> None:
        """Read the figures of a living process; where there is no /proc they stay 0."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            self.cpu_s = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self.peak_bytes = int(line.split()[1]) * 1024


@dataclass(slots=True)
class DemoFigures:
    """What the demonstration measured."""

    wall_s: float = 0.0
    stopped_at_s: float = 0.0
    stopped_by: str = ""
    processes: list[ProcessFigures] = field(default_factory=list)
    recorded_before_stop: set[tuple[str, int]] = field(default_factory=set)
    calls: int = 0
    widest_calls: int = 0
    bought_again: int = 0
    made_again: int = 0

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the driving processes themselves, without git, checks and tools."""
        return sum(process.cpu_s for process in self.processes)

    @property
    def peak_bytes(self) -> int:
        """The most memory that one driving process held."""
        return max((process.peak_bytes for process in self.processes), default=0)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call as the endpoint's ledger tells of it; ``key`` is the attempt's id and the step."""

    key: tuple[str, int]
    started: float
    finished: float
    refused: bool

    @classmethod
    def of(cls, entry: dict[str, Any]) -> "_Call":
        key = (f"{entry['subtask']}@{entry['attempt']}", entry["step"] + 1)
        return cls(key, entry["started"], entry["finished"], entry["outcome"] == "refused")


class Demo:
    """One demonstration in a folder of its own.

    Args:
        folder: where everything is put; must not exist or be empty.
        task: the shipped task, with a scenario.
        project: the repository to work on, made of the task's start.
        workers: agents at once.
        sandbox: the value of ``--sandbox`` for the run.
        display: the value of ``--display`` for the run.
    """

    def __init__(
        self, folder: Path, task: TaskFolder, project: Path, *, workers: int, sandbox: str, display: str
    ) -> None:
        self.folder = folder
        self.project = project
        self._task = task
        self._workers = workers
        self._sandbox = sandbox
        self._display = display
        self._home = folder / "home"
        self._ledger = folder / "calls.jsonl"
        self.figures = DemoFigures()
        self._deadline = 0.0
        self._stopped = 0.0

    @property
    def journal(self) -> Path:
        """The run's journal."""
        return RunFolder(self._home / "runs" / RUN_ID).journal

    def play(self) -> RunView:
        """Run, stop, resume, and return the run as it ended.

        Raises:
            DemoFailed: a process did not do what it should.
        """
        began = time.monotonic()
        self._deadline = began + RUN_S
        with self._endpoint() as base_url:
            self._say(f"SIMULATED endpoint at {base_url}; the repository is {self.project}")
            self._run_and_stop(base_url, began)
            code = 0
            if self.figures.stopped_by:
                self._say("")
                self._say(
                    f"The run was stopped by {self.figures.stopped_by} after {self.figures.stopped_at_s:.0f} s "
                    f"with {len(self.figures.recorded_before_stop)} replies recorded. Resuming."
                )
                code = self._swarm("resume", RUN_ID, "--base-url", base_url, *self._raised(), *self._manner())
        self.figures.wall_s = time.monotonic() - began
        if code != 0:
            raise DemoFailed(f"`swarm resume` ended with exit code {code}")
        self._count_calls()
        return self._view()

    def _manner(self) -> tuple[str, ...]:
        return ("--sandbox", self._sandbox, "--display", self._display)

    def _raised(self) -> tuple[str, ...]:
        raised = self._task.file.raised.model_dump(exclude_none=True)
        return tuple(word for name, value in raised.items() for word in (f"--{name.replace('_', '-')}", str(value)))

    def _run_and_stop(self, base_url: str, began: float) -> None:
        limits_stop_it = bool(self._task.file.raised)
        code = self._swarm(
            "run",
            str(self._task.root),
            *("--repo", str(self.project)),
            *("--base-url", base_url),
            *("--model", "sim-worker"),
            *("--planner-model", "sim-planner"),
            *("--workers", str(self._workers)),
            *("--run-id", RUN_ID),
            *self._manner(),
            kill_at=None if limits_stop_it else KILL_AT,
        )
        stops = {-signal.SIGKILL: "SIGKILL", LimitReached.exit_code: "its limits"}
        if code and (code not in stops or limits_stop_it != (code == LimitReached.exit_code)):
            raise DemoFailed(f"`swarm run` ended with exit code {code}")
        if code == 0 and limits_stop_it:
            raise DemoFailed("the run was done before it reached its limits")
        self.figures.stopped_by = stops.get(code, "")  # a short run may be done before it can be killed
        self.figures.stopped_at_s = time.monotonic() - began
        self._stopped = time.time()
        self._show_cursor()
        with JournalReader(self.journal) as reader:
            self.figures.recorded_before_stop = {
                (recorded.event.attempt_id, recorded.event.step)
                for recorded in reader.events()
                if isinstance(recorded.event, ModelReplied)
            }

    def _swarm(self, *arguments: str, kill_at: float | None = None) -> int:
        """Run a swarm command, sampling its figures; kill it when so much of the plan has ended."""
        figures = ProcessFigures()
        self.figures.processes.append(figures)
        process = subprocess.Popen(
            [sys.executable, "-m", "swarm", *arguments], env={**os.environ, "SWARM_HOME": str(self._home)}
        )
        view, seen = RunView(), 0
        try:
            while process.poll() is None:
                figures.sample(process.pid)
                if time.monotonic() > self._deadline:
                    raise DemoFailed(f"the demonstration takes longer than {RUN_S:.0f} seconds")
                if kill_at is not None:
                    seen = self._fold(view, seen)
                    if self._far_enough(view, kill_at):
                        process.send_signal(signal.SIGKILL)
                        process.wait()
                        break
                time.sleep(POLL_S)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=START_S)
        return process.returncode

    def _fold(self, view: RunView, seen: int) -> int:
        if not self.journal.exists():
            return 0
        with contextlib.suppress(SwarmError), JournalReader(self.journal) as reader:
            for recorded in reader.events(after=seen):
                view.apply(recorded)
                seen = recorded.seq
        return seen

    @staticmethod
    def _far_enough(view: RunView, share: float) -> bool:
        planned = len(view.subtasks) > 1
        return planned and view.ended_subtasks >= share * len(view.subtasks)

    def _view(self) -> RunView:
        view = RunView()
        self._fold(view, 0)
        return view

    @contextlib.contextmanager
    def _endpoint(self) -> Iterator[str]:
        scenario = self._task.scenario
        assert scenario is not None
        command = [
            sys.executable,
            "-m",
            "swarm",
            "simulate",
            "--scenario",
            str(scenario),
            "--ledger",
            str(self._ledger),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                line = process.stdout.readline()
                if not line.startswith("READY "):
                    raise DemoFailed("the simulated endpoint does not start")
                yield line.split()[1]
            finally:
                process.terminate()

    def _calls(self) -> list[_Call]:
        lines = self._ledger.read_text(encoding="utf-8").splitlines()
        return [_Call.of(json.loads(line)) for line in lines]

    def _count_calls(self) -> None:
        figures = self.figures
        calls = sorted(self._calls(), key=lambda call: call.started)
        figures.calls = len(calls)
        before = {call.key for call in calls if call.started < self._stopped and not call.refused}
        after = [call.key for call in calls if call.started >= self._stopped]
        figures.made_again = sum(key in before for key in after)
        figures.bought_again = sum(key in figures.recorded_before_stop for key in after)
        moments = [(call.started, 1) for call in calls] + [(call.finished, -1) for call in calls]
        in_flight = 0
        for _, change in sorted(moments):
            in_flight += change
            figures.widest_calls = max(figures.widest_calls, in_flight)

    def _show_cursor(self) -> None:
        # A killed process cannot give the terminal back.
        if sys.stderr.isatty():
            sys.stderr.write("\x1b[?25h\x1b[0m\n")

    def _say(self, text: str) -> None:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def fresh_folder(folder: Path) -> Path:
    """Return an empty folder for a demonstration; an older demonstration's is emptied, no other.

    Raises:
        UsageError: the folder exists and is not a demonstration's, or cannot be written.
    """
    marker = folder / MARKER
    try:
        if folder.exists() and any(folder.iterdir()):
            if not marker.exists():
                raise UsageError(f"{folder} exists and is not a demo's", hint="Name another folder with --output.")
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        marker.write_text("Made by `swarm demo`, which may replace this folder.\n")
    except OSError as error:
        raise UsageError(f"{folder} cannot be used: {error.strerror}") from None
    return folder.resolve()


async def grade_the_branch(demo: Demo, task: TaskFolder, view: RunView, sandbox: Sandbox) -> Grades:
    """Check the run's branch out of its repository, and judge it apart from the run, by the hidden verifier, too.

    Raises:
        GitError: the branch is not there.
    """
    branch = f"refs/heads/{view.branch.removeprefix('refs/heads/')}"
    output = demo.folder / "result"
    return await grade_commit(task, sandbox, repository=demo.project, reference=branch, output=output)


def summarise(figures: DemoFigures, view: RunView, grades: Grades) -> str:
    """Return what the demonstration showed, as Markdown."""
    work = sum(subtask.spec.kind is SubtaskKind.WORK for subtask in view.subtasks.values())
    stop = (
        f"stopped by {figures.stopped_by} after {figures.stopped_at_s:.0f} s" if figures.stopped_by else "not stopped"
    )
    rows = [
        ("work subtasks, all merged", f"{work}"),
        ("agents at once, widest", f"{view.widest}"),
        ("model calls in flight, widest", f"{figures.widest_calls}"),
        (
            "wall time, with stop and resume",
            f"{figures.wall_s:.0f} s ({stop if figures.stopped_by else 'not stopped'})",
        ),
        ("CPU of the orchestrator (without git, tests, endpoint)", f"{figures.cpu_s:.1f} s"),
        ("peak memory of the orchestrator", f"{figures.peak_bytes / 2**20:.0f} MiB"),
        ("model calls made", f"{figures.calls}"),
        ("replies recorded before the stop", f"{len(figures.recorded_before_stop)}"),
        ("of these, bought again after it", f"{figures.bought_again}"),
        ("calls in flight at the stop, made again", f"{figures.made_again}"),
        *((f"`{grade.command}` on the branch", grade.words) for grade in grades.given),
    ]
    lines = ["", "## The demonstration (SIMULATED model; git, tests, processes and the stop are real)", ""]
    lines += ["| what | measured |", "| --- | --- |"]
    lines += [f"| {what} | {measured} |" for what, measured in rows]
    return "\n".join(lines) + "\n"
