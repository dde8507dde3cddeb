"""Turns what the user names on the command line (a goal, a task folder, a plan file) into tasks and plans."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from swarm.catalogue import INPUTS, TaskFolder, find_task_folder, hidden_files, load_task_folder
from swarm.cli.speech import note
from swarm.core.hosts import AllowedHosts
from swarm.core.limits import Limits
from swarm.core.plan import Plan
from swarm.core.task import Task
from swarm.creation import new_run_id
from swarm.errors import UsageError
from swarm.journal.store import swarm_home
from swarm.workspace.git import Git
from swarm.workspace.project import create_project

MAX_PLAN_BYTES = 32 * 1024 * 1024

_ON_INPUTS = f"""

The files to work from are in `{INPUTS}/`. Nobody changes them; what is written goes beside that folder."""


@dataclass(frozen=True, slots=True)
class TaskSource:
    """What to do, from words or from a task folder (``folder`` is set then)."""

    instruction: str
    limits: Limits
    folder: TaskFolder | None = None


def find_task(goal: str | None, *, has_plan: bool) -> TaskSource:
    """Return what a GOAL means: a task's folder (``tasks/NAME`` or any path to one), or the goal in words.

    Raises:
        UsageError: nothing says what to do.
        TaskError: the folder cannot be used.
    """
    if goal is None or not goal.strip():
        if not has_plan:
            raise UsageError(
                "nothing says what to do", hint='Give a goal in words, a task folder, or a plan: swarm run "GOAL".'
            )
        return TaskSource("Carry out the given plan.", Limits())
    if _names_a_folder(goal):
        folder = load_task_folder(find_task_folder(goal))
        return TaskSource(folder.instruction, folder.file.limits, folder)
    return TaskSource(goal, Limits())


def _names_a_folder(goal: str) -> bool:
    one_word = len(goal.split()) == 1
    return one_word and (goal.startswith("tasks/") or "/" in goal or Path(goal).is_dir())


async def make_task(
    source: TaskSource,
    repo: Path | None,
    checks: tuple[str, ...],
    protected: tuple[str, ...],
    limits: Limits,
    *,
    inputs: Path | None = None,
    protect_tests: bool = False,
    baseline: bool = True,
) -> Task:
    """Return the task, with a repository to work on.

    A task folder without ``--repo``, and a goal with ``--inputs``, get a new repository below the state folder.

    Args:
        source: what to do.
        repo: the repository that the user named.
        checks: commands that the user named.
        protected: patterns of paths that the user named.
        limits: what the run may use.
        inputs: a folder of files to work from, where there is no repository.
        protect_tests: refuse changes to files that checks name.

    Raises:
        UsageError: the repository cannot be made, or several are named.
    """
    folder = source.folder
    if inputs is not None and (folder or repo):
        other = "a task folder, which brings its own files" if folder else "--repo"
        raise UsageError(f"--inputs cannot be used with {other}", hint="Name one place to start from.")
    if folder is None:
        return Task(
            instruction=source.instruction if inputs is None else source.instruction + _ON_INPUTS,
            repository=str(repo or Path()) if inputs is None else str(await _project(inputs, INPUTS, below=INPUTS)),
            checks=checks,
            protected=protected if inputs is None else (f"{INPUTS}/**", *protected),
            limits=limits,
            protect_tests=protect_tests,
            baseline=baseline,
        )
    return Task(
        instruction=source.instruction,
        repository=str(repo or await _project_of(folder)),
        checks=(*folder.file.checks, *checks),
        protected=(*folder.protected, *protected),
        limits=limits,
        name=folder.file.name,
        protect_tests=folder.file.protect_tests or protect_tests,
        baseline=baseline,
        rubric=folder.file.rubric,
        judges=folder.file.judges,
        hidden_checks=folder.file.hidden_checks,
        hidden_output=folder.file.hidden_output,
        allowed_hosts=folder.file.allowed_hosts,
    )


def hidden_of(source: TaskSource) -> dict[str, bytes]:
    """Return the files that the task's hidden checks need, by their paths. Raises TaskError."""
    return hidden_files(source.folder) if source.folder and source.folder.file.hidden_checks else {}


async def _project_of(folder: TaskFolder) -> Path:
    return await _project(folder.start, folder.file.name, below=folder.below, hidden=folder.file.hidden)


async def _project(source: Path, name: str, *, below: str = "", hidden: tuple[str, ...] = ()) -> Path:
    """Make a repository of a folder's files, and say where it is."""
    if not await asyncio.to_thread(source.is_dir):
        raise UsageError(f"{source} is not a folder")
    project = swarm_home(os.environ) / "projects" / f"{name}-{new_run_id(time.time())}"
    await create_project(source, project, git=Git(), below=below, hidden=hidden)
    note(f"the task's repository is {project}; `swarm merge` puts the result there")
    return project


def with_hosts(task: Task, hosts: Sequence[str]) -> Task:
    """Return a task whose commands may reach more hosts. Raises UsageError for what is no host."""
    try:
        AllowedHosts.of(hosts)
    except ValueError as error:
        raise UsageError(f"--allow-host: {error}") from None
    return task.model_copy(update={"allowed_hosts": (*task.allowed_hosts, *hosts)})


def read_plan(path: Path | None) -> Plan | None:
    """Read a plan file, TOML by its ending and JSON otherwise.

    Raises:
        UsageError: the file cannot be read.
        PlanError: it is no plan; names the subtask and the field.
    """
    if path is None:
        return None
    try:
        if path.stat().st_size > MAX_PLAN_BYTES:
            raise UsageError(f"the plan {path} is larger than {MAX_PLAN_BYTES:,} bytes")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the plan {path} cannot be read: {error}") from None
    return Plan.parse(text, source=str(path), toml=path.suffix == ".toml")


def write_text(path: Path, text: str) -> None:
    """Write a file that the user named. Raises UsageError naming it."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
