"""``swarm tasks``: the tasks that are shipped with swarm, and whether a task folder can judge a result."""

from typing import Annotated

import typer

from swarm.cli.options import JsonOption


def tasks(
    task: Annotated[
        str, typer.Argument(metavar="TASK", help="A task's folder, or the name of a shipped one.", show_default=False)
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Try whether it rejects its untouched start and accepts its solution.")
    ] = False,
    run: Annotated[
        str, typer.Option("--run", metavar="RUN", help="Judge this run's branch by the task's hidden verifier.")
    ] = "",
    sandbox: Annotated[
        str, typer.Option("--sandbox", help="auto, bwrap, or none: your consent to run without.")
    ] = "auto",
    as_json: JsonOption = False,
) -> None:
    """List the tasks that come with swarm and what each shows; or show, check or judge by one.

    `swarm run tasks/NAME` carries one out; a repository is made for it. `swarm demo --task tasks/NAME` shows it without
    a model. --check and --run end with exit code 1 when something is not as it should be.
    """
    import asyncio

    from swarm.catalogue import find_task_folder, load_task_folder
    from swarm.cli import tasks_output
    from swarm.cli.driving import consented, sandbox_choice
    from swarm.cli.reading import find_run, read_run
    from swarm.errors import UsageError
    from swarm.workspace.choosing import choose_sandbox

    if not task:
        if check or run:
            raise UsageError("nothing says which task", hint="Name its folder: swarm tasks FOLDER --check.")
        tasks_output.list_shipped(as_json)
        return
    folder = load_task_folder(find_task_folder(task))
    if not check and not run:
        tasks_output.show(folder, as_json)
        return
    found = read_run(find_run(run)) if run else None
    chosen = asyncio.run(choose_sandbox(consented(sandbox_choice(sandbox))))
    passed = True
    if check:
        passed = asyncio.run(tasks_output.examine(folder, chosen, as_json))
    if found:
        passed = asyncio.run(tasks_output.judge(folder, found, chosen, as_json)) and passed
    if not passed:
        raise typer.Exit(1)
