"""`swarm demo`: a shipped task against the simulated endpoint, stopped and resumed in the middle."""

from pathlib import Path
from typing import Annotated

import typer

MOST_WORKERS = 300
"""Agents at once, where neither the user nor the task says how many."""


def demo(
    output: Annotated[Path, typer.Option(help="Where to put everything; replaced when it is an older demo's.")] = Path(
        "demo-output"
    ),
    task: Annotated[str, typer.Option(help="The shipped task to carry out.")] = "tasks/spreadsheet",
    workers: Annotated[
        int | None, typer.Option(help="Agents at once. [default: as the task says, else 300]", min=1)
    ] = None,
    display: Annotated[str, typer.Option(help="auto, full, plain or none.")] = "auto",
) -> None:
    """Show a shipped task from its plan to its verified branch: agents at work, SIGKILL, resume, report.

    The model is SIMULATED by the bundled endpoint; git, tests, processes and the kill are real. Needs no key.
    """
    import asyncio

    from swarm.catalogue import find_task_folder, load_task_folder
    from swarm.cli.speech import note, warn
    from swarm.demo import Demo, fresh_folder, grade_the_branch, summarise
    from swarm.errors import SandboxUnavailable, UsageError
    from swarm.report import markdown
    from swarm.workspace.choosing import choose_sandbox
    from swarm.workspace.git import Git
    from swarm.workspace.project import create_project

    folder = load_task_folder(find_task_folder(task))
    if folder.scenario is None:
        raise UsageError(f"{task} has no scenario for the simulated endpoint", hint="`swarm run` carries it out.")
    root = fresh_folder(output)
    project = root / "project"
    hidden = folder.file.hidden
    asyncio.run(create_project(folder.start, project, git=Git(), below=folder.below, hidden=hidden))
    try:
        sandbox = asyncio.run(choose_sandbox("auto"))
    except SandboxUnavailable as error:
        warn(f"{error.message}. The demo's commands come from its own script, so it goes on without a sandbox.")
        sandbox = asyncio.run(choose_sandbox("none"))
    limits = folder.file.limits
    workers = workers or (limits.workers if "workers" in limits.model_fields_set else MOST_WORKERS)
    if sandbox.degraded:
        warn(sandbox.degraded)
    show = Demo(root, folder, project, workers=workers, sandbox=str(sandbox.level), display=display)
    view = show.play()
    grades = asyncio.run(grade_the_branch(show, folder, view, sandbox))
    summary = summarise(show.figures, view, grades)
    report = root / "report.md"
    report.write_text(markdown(view) + summary, encoding="utf-8")
    typer.echo(summary)
    note(f"report: {report}")
    if not grades.passed or show.figures.bought_again:
        raise typer.Exit(1)
