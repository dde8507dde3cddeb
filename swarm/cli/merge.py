"""``swarm merge``: take a run's result over into a branch of your own."""

from pathlib import Path
from typing import Annotated

import typer

from swarm.cli.options import RunArgument

MAX_REVIEWED = 20


def merge(
    run: RunArgument,
    into: Annotated[
        str, typer.Option(metavar="BRANCH", help="The branch to merge into; the one checked out by default.")
    ] = "",
) -> None:
    """Merge a run's branch into yours. Until you do, your branch and your files stay untouched.

    Prints the commit that your branch is at afterwards.
    """
    import asyncio

    from swarm.cli.reading import find_run, read_run, say_line
    from swarm.cli.results import merge_run
    from swarm.cli.speech import note, warn
    from swarm.core.evidence import evidence_of

    found = read_run(find_run(run))
    if found.status != "done":
        warn(f"run {found.view.run_id} is {found.status}, not done")
    touched = evidence_of(found.view).for_review
    for path, subtasks in list(touched.items())[:MAX_REVIEWED]:
        warn(f"look at {path}, which decides what tests or builds do: changed by {', '.join(subtasks[:5])}")
    if len(touched) > MAX_REVIEWED:
        warn(f"and {len(touched) - MAX_REVIEWED} more such files: `swarm report {found.view.run_id}` lists them")
    merged = asyncio.run(merge_run(found, into))
    branch = merged.branch.removeprefix("refs/heads/")
    repository = found.view.task.repository if found.view.task else ""
    where = "" if not repository or Path.cwd().is_relative_to(repository) else f" in {repository}"
    if merged.changed_paths:
        how = "fast-forward" if merged.fast_forward else "merge commit"
        count = len(merged.changed_paths)
        note(f"{branch}{where}: {count} file{'' if count == 1 else 's'} changed ({how})")
    elif found.view.head == found.view.base_commit:
        note("the run has merged nothing, so there is nothing to take")
    else:
        note(f"{branch}{where} holds all of it already")
    say_line(merged.commit)
