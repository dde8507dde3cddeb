"""Kills real runs again and again, and resumes them until they are done.

Everything is real but the model: the endpoint is the simulated one in a process of its own, with its ledger; runs are
driven by the commands that a user types; commands run in the sandbox where there is one.
"""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crash_verdicts import Life, Verdict, judge, remains_of, requests_of
from swarm.core.plan import Plan, Subtask
from swarm.failpoints import FAILPOINTS, VARIABLE
from swarm.history.verification import verify_run
from swarm.journal.store import RunFolder
from swarm.workspace.guard import MARK

RUN_S = 300.0
GONE_S = 5.0

# How often each place is reached in a process's life is very different; a count is drawn from 1 to this.
_OFTEN = {"model.mid-stream": 60, "journal": 10, "decision": 8, "model": 5, "tool": 5, "snapshot": 4}
_SELDOM = 2

_ELSEWHERE = ("recover.", "journal.upgrading", "removal.", "head-check.")
REACHED = tuple(name for name in FAILPOINTS if not name.startswith(_ELSEWHERE))
"""The failpoints that a run reaches whose journal is sound and of this version, and whose merges break no check."""

_PARTS = 8
SCENARIO = """
models = ["m"]
[speed]
first_token_ms = [10, 60]
tokens_per_s = 600
[[answers]]
subtask = "adds-*"
attempt = 1
steps = [
  { tool = "shell", command = "echo {id} >> list.txt; LC_ALL=C sort -o list.txt list.txt" },
  { tool = "finish", summary = "Added a line.", text = "The line is there, and the list is sorted as it was before." },
]
[[answers]]
subtask = "adds-*"
steps = [
  { tool = "write_file", path = "list.txt", content = "adds-one\\nadds-two\\nstart\\n" },
  { tool = "finish", summary = "Kept both lines." },
]
[[answers]]
subtask = "*"
steps = [
  { tool = "list_files", text = "Let me see which files are there before I write anything, so that nothing is lost." },
  { tool = "write_file", path = "{id}.txt", content = "first\\n" },
  { tool = "shell", command = "echo second >> {id}.txt; wc -l {id}.txt", text = "Another line, by a command." },
  { tool = "edit_file", path = "{id}.txt", old = "second\\n", new = "second, third\\n" },
  { tool = "shell", command = "grep -q third {id}.txt && cat {id}.txt", text = "Now I check what came out of it." },
  { tool = "finish", summary = "Wrote {id}.txt, in three steps, one of them by a command." },
]
"""


def plan() -> Plan:
    """Return the plan: files that need nobody, files that need others, and two subtasks that conflict."""
    files = [
        Subtask(
            id=f"file-{number}",
            instruction="Write the file.",
            checks=(f'test "$(cat file-{number}.txt)" = "$(printf "first\\nsecond, third")"',),
            depends_on=(f"file-{number - 4}",) if number >= 4 else (),
        )
        for number in range(_PARTS)
    ]
    lists = [Subtask(id=f"adds-{name}", instruction="Add a line.", checks=("test -s list.txt",)) for name in ONE_TWO]
    return Plan(subtasks=tuple(lists + files))


ONE_TWO = ("one", "two")


@dataclass(frozen=True, slots=True)
class Blow:
    """How a process is to die: at a failpoint, or so many seconds after its start."""

    failpoint: str = ""
    after_s: float = 0.0


def blows(seed: int, life_s: float, only: Sequence[str] = ()) -> Iterator[Blow]:
    """Yield ways to die for ever: half of them failpoints in turn, half random moments of a process's life.

    Args:
        seed: the same one gives the same order.
        life_s: how long a process lives when nobody kills it.
        only: these failpoints, always the first time that they are reached, and no random moments.
    """
    source = random.Random(seed)
    names = list(REACHED)
    while True:
        yield from map(Blow, only)
        if only:
            continue
        source.shuffle(names)
        for name in names:
            most = _OFTEN.get(name) or _OFTEN.get(name.partition(".")[0], _SELDOM)
            yield Blow(f"{name}:{source.randint(1, most) if not name.startswith('open.') else 1}")
            yield Blow(after_s=life_s * (source.random() if source.random() < 0.25 else source.uniform(0.35, 0.75)))


class Lane:
    """Runs one after the other, with an endpoint of their own.

    Args:
        folder: where everything is put.
        seed: of the blows.
        spool: False takes the safeguard away that keeps replies while they arrive, to see that this is found.
        only: the failpoints to die at; all of them, and random moments, when there are none.
    """

    def __init__(self, folder: Path, *, seed: int, spool: bool = True, only: Sequence[str] = ()) -> None:
        self._home = folder / "home"
        self._repository = folder / "repository"
        self._endpoint_folder = folder / "endpoint"
        self._ledger = self._endpoint_folder / "ledger"
        self._plan = folder / "plan.json"
        self._seed = seed
        self._spool = spool
        self._only = only
        self._runs = 0
        self._base_url = ""
        self._tree = ""
        self._life_s = 0.0

    @contextlib.contextmanager
    def served(self) -> Iterator["Lane"]:
        """Make the repository, serve the endpoint, and carry the task out once without any kill."""
        self._endpoint_folder.mkdir(parents=True)
        (self._endpoint_folder / "scenario.toml").write_text(SCENARIO)
        self._plan.write_text(plan().model_dump_json())
        self._make_repository()
        command = [sys.executable, "-m", "swarm.testing.endpoint", "--scenario", "scenario.toml", "--ledger", "ledger"]
        with subprocess.Popen(command, cwd=self._endpoint_folder, stdout=subprocess.PIPE, text=True) as endpoint:
            try:
                assert endpoint.stdout is not None
                self._base_url = endpoint.stdout.readline().split()[1]
                began = time.monotonic()
                verdict = self.run(iter(()))
                self._life_s = time.monotonic() - began
                if not verdict.flawless:
                    raise RuntimeError(f"the run without kills went wrong: {verdict.notes}")
                yield self
            finally:
                endpoint.terminate()

    def _make_repository(self) -> None:
        self._repository.mkdir()
        (self._repository / "list.txt").write_text("start\n")
        somebody = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
        for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), (*somebody, "commit", "-q", "-m", "Start")):
            subprocess.run(["git", *arguments], cwd=self._repository, check=True)

    def campaign(self, kills: int) -> Verdict:
        """Kill so many processes, over as many runs as that takes."""
        whole = Verdict()
        source = blows(self._seed, self._life_s, self._only)
        while whole.kills < kills:
            left = kills - whole.kills
            verdict = self.run(blow for blow, _ in zip(source, range(left), strict=False))
            whole.add(verdict)
            print(f"{whole.kills} kills, {self._runs} runs", *verdict.notes, sep="\n  ", file=sys.stderr, flush=True)
        return whole

    def run(self, deaths: Iterator[Blow]) -> Verdict:
        """Carry one run out, with as many deaths as it takes until it is done or they run out."""
        self._runs += 1
        folder = RunFolder(self._home / f"runs/r{self._runs}")
        skipped = len(requests_of(self._ledger)) if self._ledger.exists() else 0
        lives: list[Life] = []
        found = Verdict()
        killed = True
        while killed:
            blow = next(deaths, Blow())
            started = time.time()
            process = self._start(folder, blow)
            killed = self._outlive(process, blow, found)
            remains = remains_of(folder) if killed else None
            lives.append(Life(started, blow.failpoint.partition(":")[0], remains))
            if not self._spool:
                self._forbid_spool(folder)
        verdict = judge(lives, requests_of(self._ledger)[skipped:], remains_of(folder))
        verdict.add(found)
        self._look_at_result(folder, verdict)
        shutil.rmtree(folder.root, ignore_errors=True)
        return verdict

    def _start(self, folder: RunFolder, blow: Blow) -> "subprocess.Popen[str]":
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "SWARM_"))}
        environment = {**kept, "SWARM_HOME": str(self._home), VARIABLE: blow.failpoint, "PYTHONFAULTHANDLER": "1"}
        common = ["--base-url", self._base_url, "--model", "m", "--display", "none", "--workers", "5"]
        begin = ["run", "Write the files", "--repo", str(self._repository), "--plan", str(self._plan)]
        begin += ["--run-id", folder.run_id, "--check", f"test $(cat file-*.txt | wc -l) -eq {2 * _PARTS}"]
        arguments = ["resume", folder.run_id] if folder.root.exists() else begin
        return subprocess.Popen(
            [sys.executable, "-m", "swarm", *arguments, *common],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _outlive(self, process: "subprocess.Popen[str]", blow: Blow, found: Verdict) -> bool:
        """Wait for a process's end, or bring it about; return whether it was killed."""
        if blow.after_s:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(blow.after_s)
            process.kill()
        said = self._last_words(process)
        killed = process.returncode == -signal.SIGKILL
        over = "has ended already: done" in said  # the process before was killed after the end of the run
        if not killed and process.returncode != 0 and not over:
            found.unsound += 1
            found.notes.append(f"exit code {process.returncode}: {said}")
        orphans = self._orphans_of(process.pid) if killed else []
        found.orphans += len(orphans)
        found.notes += [f"orphan after {blow}: {orphan}" for orphan in orphans]
        return killed

    def _last_words(self, process: "subprocess.Popen[str]") -> str:
        """Return what a process said until its end; one that does not end is killed, and its run kept to look at."""
        try:
            return process.communicate(timeout=RUN_S)[1]
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # with PYTHONFAULTHANDLER it says where it was
            said = process.communicate()[1]
            kept = tempfile.mkdtemp(prefix="swarm-hung-")
            shutil.copytree(self._home, kept, dirs_exist_ok=True, symlinks=True)
            raise RuntimeError(f"{process.args!r} did not end in {RUN_S:g} s; see {kept}\n{said}") from None

    def _orphans_of(self, pid: int) -> list[str]:
        """Return the processes that are still there some seconds after the end of the one that started them."""
        deadline = time.monotonic() + GONE_S
        while (found := self._started_by(pid)) and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def _started_by(self, pid: int) -> list[str]:
        mark, home, found = f"{MARK}={pid}-".encode(), str(self._home).encode(), []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError):
                    command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
                    if home in command or environment.startswith(mark) or b"\0" + mark in environment:
                        found.append(command.replace(b"\0", b" ").decode(errors="replace"))
        return found

    def _forbid_spool(self, folder: RunFolder) -> None:
        if folder.root.exists() and not folder.spool.is_file():
            shutil.rmtree(folder.spool, ignore_errors=True)
            folder.spool.write_text("")

    def _look_at_result(self, folder: RunFolder, verdict: Verdict) -> None:
        """Compare the branch with the one of the run without kills, and look the run through."""
        command = ["git", "rev-parse", f"swarm/{folder.run_id}^{{tree}}"]
        tree = subprocess.run(command, cwd=self._repository, capture_output=True, text=True, check=False).stdout
        self._tree = self._tree or tree
        if not tree or tree != self._tree:
            verdict.branches_differ += 1
            verdict.notes.append(f"the branch of {folder.run_id} is not that of the run without kills")
        findings = asyncio.run(verify_run(folder)).findings
        verdict.unsound += len(findings)
        verdict.notes += [str(finding) for finding in findings]
