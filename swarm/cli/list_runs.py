"""``swarm list``: the runs of this machine."""

from typing import Annotated

import typer

from swarm.cli.options import JsonOption


def list_runs(
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many, the newest ones.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List runs, the newest first: id, state, progress, age and goal."""
    import time

    from swarm.cli.listing import as_line, as_object
    from swarm.cli.reading import run_store, say_json, say_line
    from swarm.cli.speech import note

    folders = run_store().all()
    for folder in folders[:limit]:
        row = as_object(folder)
        if as_json:
            say_json(row)
        else:
            say_line(as_line(row, time.time()))
    if len(folders) > limit:
        note(f"and {len(folders) - limit} older ones; --limit {len(folders)} shows them")
    elif not folders:
        note('no runs yet; start one with `swarm run "GOAL"`')
