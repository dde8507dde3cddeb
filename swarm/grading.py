"""Judges what came of a task folder: by its checks, and by its hidden verifier, which no agent has ever seen."""

import asyncio
import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from swarm.catalogue import TaskFolder, hidden_files
from swarm.errors import ScenarioError
from swarm.testing.endpoint import load_scenario
from swarm.text import neutralise
from swarm.workspace.git import Git
from swarm.workspace.sandbox import Sandbox

GRADING_S = 600.0
"""How long all checks together, or the verifier, may take."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What one command said of a result.

    Attributes:
        command: what was run, for people.
        exit_code: how it ended; ``None`` when it was stopped at its time limit.
        last_line: the last line that it printed, made harmless.
    """

    command: str
    exit_code: int | None
    last_line: str

    @property
    def passed(self) -> bool:
        """Whether it accepts the result."""
        return self.exit_code == 0

    @property
    def words(self) -> str:
        """How it ended, for people."""
        ended = "stopped at its time limit" if self.exit_code is None else f"exit {self.exit_code}"
        return f"{ended}: {self.last_line}" if self.last_line else ended


@dataclass(frozen=True, slots=True)
class Grades:
    """What the checks and the hidden verifier said; ``None`` for what the task does not have."""

    checks: Grade | None
    verifier: Grade | None

    @property
    def given(self) -> tuple[Grade, ...]:
        """Those that there are."""
        return tuple(grade for grade in (self.checks, self.verifier) if grade)

    @property
    def passed(self) -> bool:
        """Whether there is a grade and none refuses."""
        return bool(self.given) and all(grade.passed for grade in self.given)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at in a task folder; ``passed`` is ``None`` for what could not be looked at."""

    passed: bool | None
    text: str


async def grade_start(folder: TaskFolder, sandbox: Sandbox) -> Grades:
    """Judge the files that the task starts from, untouched."""
    return await _grade(folder, sandbox, lambda files: _place_start(folder, files))


async def grade_solution(
    folder: TaskFolder, sandbox: Sandbox, *, change: Callable[[Path], None] | None = None
) -> Grades:
    """Judge the task's own solution, laid over its start.

    Args:
        folder: the task, with a solution.
        sandbox: where commands run.
        change: does something to the solution first; this is how to find out whether a verifier sees a mistake.
    """
    solution = folder.solution
    assert solution is not None

    def place(files: Path) -> None:
        _place_start(folder, files)
        _overlay(solution, files)
        if change:
            change(files)

    return await _grade(folder, sandbox, place)


async def grade_commit(
    folder: TaskFolder, sandbox: Sandbox, *, repository: Path, reference: str, output: Path
) -> Grades:
    """Judge a commit, checked out anew.

    Args:
        folder: the task.
        sandbox: where commands run.
        repository: the repository that has the commit.
        reference: full name of a branch there, or a commit's id.
        output: where it is checked out to, and stays; must not exist.

    Raises:
        GitError: the commit is not there.
    """
    git, git_dir = Git(), output / ".git"
    await asyncio.to_thread(output.mkdir, parents=True)
    await git.run("init", "--quiet", "--template=", git_dir=git_dir, work_tree=output)
    await git.run("fetch", "--quiet", "--", str(repository), reference, git_dir=git_dir, work_tree=output)
    await git.run("checkout", "--quiet", "--detach", "FETCH_HEAD", git_dir=git_dir, work_tree=output)
    return await _grade(folder, sandbox, lambda files: _overlay(output, files))


async def examine(folder: TaskFolder, sandbox: Sandbox) -> AsyncIterator[Finding]:
    """Yield what can be said of a task folder: first of all whether it can tell a solution from the untouched start."""
    start = await grade_start(folder, sandbox)
    yield _on_start(start.checks, "the checks", "task.toml names no checks")
    yield _on_start(start.verifier, "the hidden verifier", "there is no tests/, so no hidden verifier")
    if folder.solution is None:
        yield Finding(None, "there is no solution/, so nobody knows whether one would be accepted")
    else:
        solved = await grade_solution(folder, sandbox)
        for grade in solved.given:
            name = "the checks" if grade is solved.checks else "the hidden verifier"
            verdict = "accepted" if grade.passed else "rejected"
            yield Finding(grade.passed, f"the solution is {verdict} by {name} ({grade.words})")
    leaked = await asyncio.to_thread(_leaked, folder)
    among = f"these files of tests/ are: {', '.join(leaked[:10])}" if leaked else "no file of tests/ is"
    yield Finding(not leaked, f"{among} among those that agents see")
    if folder.scenario:
        yield await asyncio.to_thread(_read_scenario, folder.scenario)


def _on_start(grade: Grade | None, name: str, missing: str) -> Finding:
    if grade is None:
        return Finding(None, missing)
    verdict = "accepted, so nothing would have to be done," if grade.passed else "rejected"
    return Finding(not grade.passed, f"the untouched start is {verdict} by {name} ({grade.words})")


def _read_scenario(path: Path) -> Finding:
    try:
        load_scenario(path)
    except ScenarioError as error:
        return Finding(False, f"the scenario cannot be played: {error.message}")
    return Finding(True, "the scenario can be played")


def _leaked(folder: TaskFolder) -> list[str]:
    if folder.tests is None:
        return []
    hidden = {folder.start / name.removeprefix(f"{folder.below}/") for name in hidden_files(folder)}
    seen = {digest for path, digest in _digests(folder.start) if path not in hidden}
    return sorted(path.relative_to(folder.root).as_posix() for path, digest in _digests(folder.tests) if digest in seen)


def _digests(root: Path) -> list[tuple[Path, str]]:
    files = [path for path in root.rglob("*") if path.is_file() and path.stat().st_size]
    return [(path, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


def _overlay(source: Path, target: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".git")
    shutil.copytree(source, target, symlinks=True, ignore=ignored, dirs_exist_ok=True)


def _place_start(folder: TaskFolder, files: Path) -> None:
    """Put the files there that a run of the task starts from, without those that it hides."""
    _overlay(folder.start, files / folder.below)
    for name in hidden_files(folder):
        (files / name).unlink(missing_ok=True)


def _lay_over(hidden: Mapping[str, bytes], files: Path) -> None:
    for name, data in hidden.items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).unlink(missing_ok=True)  # were it a link, the bytes would go where it leads
        (files / name).write_bytes(data)


async def _grade(folder: TaskFolder, sandbox: Sandbox, place: Callable[[Path], None]) -> Grades:
    """Run checks and verifier, each on files of its own, so that neither finds what the other left."""
    verdicts: list[Grade | None] = []
    for commands, hidden in ((folder.file.checks, {}), (folder.verifier, hidden_files(folder))):
        if not commands:
            verdicts.append(None)
            continue
        async with _scratch(place) as files:
            await asyncio.to_thread(_lay_over, hidden, files)
            verdicts.append(await _ran(sandbox, files, " && ".join(commands)))
    checks, verifier = verdicts
    return Grades(checks, verifier)


async def _ran(sandbox: Sandbox, files: Path, command: str) -> Grade:
    outcome = await sandbox.run(files, command, timeout_s=GRADING_S)
    lines = [line for line in neutralise(outcome.output).splitlines() if line.strip()]
    return Grade(command, outcome.exit_code, lines[-1].strip() if lines else "")


@contextlib.asynccontextmanager
async def _scratch(place: Callable[[Path], None]) -> AsyncIterator[Path]:
    """Give a folder with the files to judge, and remove it."""
    scratch = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="swarm-grading-"))
    try:
        await asyncio.to_thread(place, scratch)
        yield scratch
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, scratch, True))
