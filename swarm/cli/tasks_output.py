"""What ``swarm tasks`` prints."""

import tempfile
from pathlib import Path

from swarm.catalogue import TaskFolder, load_task_folder, shipped_tasks
from swarm.cli.reading import ReadRun, say_json, say_line
from swarm.cli.speech import note
from swarm.errors import UsageError
from swarm.grading import Finding, grade_commit
from swarm.grading import examine as findings_of
from swarm.workspace.sandbox import Sandbox

_WORDS = {True: "yes", False: "NO", None: "-"}


def list_shipped(as_json: bool) -> None:
    """Print a line for each task that is shipped: its name, and what it shows."""
    folders = [load_task_folder(path) for path in shipped_tasks()]
    for folder in folders:
        if as_json:
            say_json(_described(folder))
        else:
            say_line(f"{folder.file.name:<16} {folder.file.shows or folder.file.title}")
    if not folders:
        note("no tasks are shipped with this installation")


def show(folder: TaskFolder, as_json: bool) -> None:
    """Print what a task is: what it shows, its checks and limits, and the goal."""
    file = folder.file
    if as_json:
        limits = file.limits.model_dump(exclude_defaults=True)
        more = {"checks": file.checks, "verifier": folder.verifier, "protected": folder.protected, "limits": limits}
        say_json({**_described(folder), **more, "instruction": folder.instruction})
        return
    say_line(f"{file.name}: {file.title}")
    rows = (
        ("shows", file.shows),
        ("start", f"{folder.start.name}/"),
        ("checks", "; ".join(file.checks)),
        ("protected", ", ".join(folder.protected)),
        ("verifier", "; ".join(folder.verifier)),
        ("folder", str(folder.root)),
    )
    for name, value in rows:
        if value:
            say_line(f"{name + ':':<11}{value}")
    say_line("")
    for line in folder.instruction.rstrip().splitlines():
        say_line(line)


async def examine(folder: TaskFolder, sandbox: Sandbox, as_json: bool) -> bool:
    """Print what is found of a task folder, as it is found; False when something is wrong."""
    good = True
    async for finding in findings_of(folder, sandbox):
        _print(finding, as_json)
        good = good and finding.passed is not False
    return good


async def judge(folder: TaskFolder, run: ReadRun, sandbox: Sandbox, as_json: bool) -> bool:
    """Print what the task's checks and hidden verifier say of what a run has merged; False when one rejects it.

    Raises:
        UsageError: the run has merged nothing.
        GitError: its commits are not there.
    """
    view = run.view
    if view.head == view.base_commit:
        raise UsageError(f"run {view.run_id} has merged nothing, so there is nothing to judge")
    with tempfile.TemporaryDirectory(prefix="swarm-judging-") as scratch:
        output = Path(scratch) / "result"
        grades = await grade_commit(
            folder, sandbox, repository=run.folder.repository, reference=view.head, output=output
        )
    for grade in grades.given:
        name = "the checks" if grade is grades.checks else "the hidden verifier"
        verdict = "accepted" if grade.passed else "rejected"
        _print(Finding(grade.passed, f"the branch {view.branch} is {verdict} by {name} ({grade.words})"), as_json)
    if not grades.given:
        _print(Finding(None, "the task has neither checks nor a hidden verifier"), as_json)
    return grades.passed


def _described(folder: TaskFolder) -> dict[str, object]:
    file = folder.file
    return {
        "name": file.name,
        "title": file.title,
        "shows": file.shows,
        "path": folder.root,
        "simulated": folder.scenario is not None,
    }


def _print(finding: Finding, as_json: bool) -> None:
    if as_json:
        say_json({"passed": finding.passed, "finding": finding.text})
    else:
        say_line(f"{_WORDS[finding.passed]:<4} {finding.text}")
