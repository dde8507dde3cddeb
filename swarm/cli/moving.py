"""``swarm export`` and ``swarm import``: a run in one file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from swarm.cli.options import RunArgument


def export_command(
    run: RunArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write; a name that ends with .gz compresses it.")
    ],
    move: Annotated[
        bool, typer.Option("--move", help="The run goes on elsewhere: here it cannot be resumed any more.")
    ] = False,
) -> None:
    """Write a run into one file: journal, repository with its history, replies on their way, and their hashes.

    The run may be driven meanwhile, except with --move. `swarm import` takes the file, on any machine.
    """
    import asyncio

    from swarm.cli.reading import run_store, say_line
    from swarm.cli.speech import note
    from swarm.history.exporting import export_run

    manifest = asyncio.run(export_run(run_store(), run, output, move=move))
    size = output.stat().st_size
    note(f"run {manifest.run_id} up to event {manifest.last_seq}: {size:,} bytes, readable by you only")
    if move:
        note("the run cannot be resumed here any more")
    say_line(str(output))


def import_command(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="A file of `swarm export`.", show_default=False)],
    run_id: Annotated[
        str, typer.Option("--as", help="The run's id here. [default: the one it had]", metavar="ID")
    ] = "",
    repo: Annotated[
        Path | None,
        typer.Option(
            help="The repository to work on here; made where there is none. [default: the path it had]", metavar="DIR"
        ),
    ] = None,
) -> None:
    """Make a run of a file of `swarm export`; `swarm resume` goes on with it.

    Everything is verified before there is a run. Prints the run's id.
    """
    import asyncio

    from swarm.cli.reading import read_run, run_store, say_line
    from swarm.cli.speech import note
    from swarm.history.importing import import_run

    view = read_run(asyncio.run(import_run(run_store(), archive, run_id=run_id, repository=repo))).view
    note(f"run {view.run_id} ({view.status}), {view.last_seq} events")
    note(f"repository: {view.task.repository if view.task else ''}")
    if not view.ended:
        note(f"endpoint: {view.settings.base_url if view.settings else ''}")
        note(f"go on: swarm resume {view.run_id}   (your key goes to that endpoint; --base-url names another)")
    say_line(view.run_id)
