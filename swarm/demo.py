"""The demonstration: the main job on the shipped task, with a SIGKILL in the middle and a resume.

Everything is real but the model: the endpoint is the simulated one, in a process of its own, and the run is driven by
the same commands that a user types.
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
from swarm.errors import SwarmError, UsageError
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder
from swarm.text import neutralise
from swarm.workspace.git import Git
from swarm.workspace.sandbox import Sandbox

RUN_ID = "demo"
MARKER = ".swarm-demo"
KILL_AT = 0.3
"""The share of subtasks that have ended when the process is killed."""

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
    killed_at_s: float = 0.0
    processes: list[ProcessFigures] = field(default_factory=list)
    recorded_before_kill: set[tuple[str, int]] = field(default_factory=set)
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
        self._killed = 0.0

    @property
    def journal(self) -> Path:
        """The run's journal."""
        return RunFolder(self._home / "runs" / RUN_ID).journal

    def play(self) -> RunView:
        """Run, kill, resume, and return the run as it ended.

        Raises:
            DemoFailed: a process did not do what it should.
        """
        began = time.monotonic()
        self._deadline = began + RUN_S
        with self._endpoint() as base_url:
            self._say(f"SIMULATED endpoint at {base_url}; the repository is {self.project}")
            self._run_and_kill(base_url, began)
            self._say("")
            self._say(
                f"The driving process was killed (SIGKILL) after {self.figures.killed_at_s:.0f} s "
                f"with {len(self.figures.recorded_before_kill)} replies recorded. Resuming."
            )
            code = self._swarm("resume", RUN_ID, "--base-url", base_url, *self._manner(), kill_at=None)
        self.figures.wall_s = time.monotonic() - began
        if code != 0:
            raise DemoFailed(f"`swarm resume` ended with exit code {code}")
        self._count_calls()
        return self._view()

    def _manner(self) -> tuple[str, ...]:
        return ("--sandbox", self._sandbox, "--display", self._display)

    def _run_and_kill(self, base_url: str, began: float) -> None:
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
            kill_at=KILL_AT,
        )
        if code != -signal.SIGKILL:
            raise DemoFailed(f"`swarm run` ended with exit code {code} before it was killed")
        self.figures.killed_at_s = time.monotonic() - began
        self._killed = time.time()
        self._show_cursor()
        with JournalReader(self.journal) as reader:
            self.figures.recorded_before_kill = {
                (recorded.event.attempt_id, recorded.event.step)
                for recorded in reader.events()
                if isinstance(recorded.event, ModelReplied)
            }

    def _swarm(self, *arguments: str, kill_at: float | None) -> int:
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
        before = {call.key for call in calls if call.started < self._killed and not call.refused}
        after = [call.key for call in calls if call.started >= self._killed]
        figures.made_again = sum(key in before for key in after)
        figures.bought_again = sum(key in figures.recorded_before_kill for key in after)
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the repository's own tests said of the run's branch, checked out anew after the run."""

    command: str
    exit_code: int | None
    last_line: str

    @property
    def passed(self) -> bool:
        """Whether the tests passed."""
        return self.exit_code == 0


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


async def test_the_branch(demo: Demo, view: RunView, sandbox: Sandbox) -> Evidence:
    """Check the run's branch out of the user's repository and run its test suite there, apart from the run.

    Raises:
        GitError: the branch is not there.
    """
    result, git = demo.folder / "result", Git()
    result.mkdir()
    git_dir = result / ".git"
    await git.run("init", "--quiet", "--template=", git_dir=git_dir, work_tree=result)
    branch = f"refs/heads/{view.branch.removeprefix('refs/heads/')}"
    await git.run("fetch", "--quiet", "--", str(demo.project), branch, git_dir=git_dir, work_tree=result)
    await git.run("checkout", "--quiet", "--detach", "FETCH_HEAD", git_dir=git_dir, work_tree=result)
    assert view.task is not None
    command = " && ".join(view.task.checks)
    outcome = await sandbox.run(result, command, timeout_s=RUN_S)
    lines = [line for line in neutralise(outcome.output).splitlines() if line.strip()]
    return Evidence(command, outcome.exit_code, lines[-1] if lines else "")


def summarise(figures: DemoFigures, view: RunView, evidence: Evidence) -> str:
    """Return what the demonstration showed, as Markdown."""
    work = sum(subtask.spec.kind is SubtaskKind.WORK for subtask in view.subtasks.values())
    rows = [
        ("work subtasks, all merged", f"{work}"),
        ("agents at once, widest", f"{view.widest}"),
        ("model calls in flight, widest", f"{figures.widest_calls}"),
        ("wall time, kill and resume included", f"{figures.wall_s:.0f} s (killed after {figures.killed_at_s:.0f} s)"),
        ("CPU of the orchestrator (without git, tests, endpoint)", f"{figures.cpu_s:.1f} s"),
        ("peak memory of the orchestrator", f"{figures.peak_bytes / 2**20:.0f} MiB"),
        ("model calls made", f"{figures.calls}"),
        ("replies recorded before the kill", f"{len(figures.recorded_before_kill)}"),
        ("of these, bought again after it", f"{figures.bought_again}"),
        ("calls in flight at the kill, made again", f"{figures.made_again}"),
        (f"`{evidence.command}` on the branch", f"exit {evidence.exit_code}: {evidence.last_line}"),
    ]
    lines = ["", "## The demonstration (SIMULATED model; git, tests, processes and the kill are real)", ""]
    lines += ["| what | measured |", "| --- | --- |"]
    lines += [f"| {what} | {measured} |" for what, measured in rows]
    return "\n".join(lines) + "\n"
