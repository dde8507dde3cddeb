"""``swarm fork``: a new run from any recorded instant of another one."""

from typing import Annotated

import typer

from swarm.cli.options import RunArgument


def fork(
    run: RunArgument,
    at: Annotated[
        int, typer.Option(metavar="SEQ", help="The event to go on from; `swarm events` shows the numbers.", min=1)
    ],
    run_id: Annotated[str, typer.Option(help="The new run's id. [default: a new one]", metavar="ID")] = "",
) -> None:
    """Make a new run that goes on from a recorded instant of another one; that one stays as it is.

    Plan, conversations and files are those of that instant. Prints the new run's id; `swarm resume` goes on with it.
    """
    import asyncio

    from swarm.cli.reading import run_store, say_line
    from swarm.cli.speech import note
    from swarm.history.forking import fork_run

    made = asyncio.run(fork_run(run_store(), run, at=at, run_id=run_id))
    if made.last != at:
        note(f"event {at} was recorded together with those up to {made.last}: the fork has them, too")
    note(f"go on: swarm resume {made.folder.run_id}")
    say_line(made.folder.run_id)
