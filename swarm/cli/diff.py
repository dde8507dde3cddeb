"""``swarm diff``: what a run, or one subtask of it, changed."""

from typing import Annotated

import typer

from swarm.cli.options import RunArgument


def diff(
    run: RunArgument,
    subtask: Annotated[str, typer.Argument(metavar="[SUBTASK]", help="Only what this subtask brought in.")] = "",
) -> None:
    """Print what a run changed, as a patch.

    All that its branch holds beyond the commit that it began with, or what the merge of one subtask brought in.
    """
    import asyncio
    import sys

    from swarm.cli.reading import find_run, read_run
    from swarm.cli.results import patch_of
    from swarm.cli.speech import note
    from swarm.text import neutralise

    patch = asyncio.run(patch_of(read_run(find_run(run)), subtask))
    # A program gets the patch as it is and can apply it; a terminal must not obey what the files hold.
    sys.stdout.write(neutralise(patch) if sys.stdout.isatty() else patch)
    if not patch:
        note("nothing changed")
