"""``swarm report``: what came of a run, as Markdown."""

from pathlib import Path
from typing import Annotated

import typer

from swarm.cli.options import RunArgument
from swarm.errors import UsageError


def report(
    run: RunArgument,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to this file instead of stdout.")
    ] = None,
) -> None:
    """Print the report of a run as Markdown.

    Outcome with evidence, figures, failures, what was tried again, decisions and concerns, subtasks.
    """
    import sys
    import time

    from swarm.cli.reading import find_run, read_run
    from swarm.cli.speech import note
    from swarm.report import markdown

    found = read_run(find_run(run))
    text = markdown(found.view, now=time.time() if found.driven else None)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    note(f"report written to {output}")
