"""``swarm watch``: look at a run from any terminal, while a process drives it and afterwards."""

import signal
import sys
import time
from types import FrameType
from typing import Annotated

import typer

from swarm.cli.options import RunArgument

POLL_S = 0.2


def watch(run: RunArgument, display: Annotated[str, typer.Option(help="auto, full, plain or none.")] = "auto") -> None:
    """Show a run as `swarm run` does, until it has ended or stands still. Ctrl-C leaves; the run goes on.

    Ends with the exit code of the run. A run that has ended, or that no process drives, is shown as it is.
    """
    from swarm.cli.driving import exit_code_of
    from swarm.cli.reading import find_run, read_run, reader_of
    from swarm.cli.speech import note
    from swarm.cli.watching import follow, stood_still
    from swarm.display import make_display

    folder = find_run(run)
    shown = make_display(display, sys.stderr)
    signal.signal(signal.SIGTERM, _leave)
    found = read_run(folder)
    try:
        with reader_of(folder) as reader:
            for view in follow(found, reader, sleep=lambda: time.sleep(POLL_S)):
                shown.update(view)
            stood = stood_still(found.view, reader)
        if stood is not None:
            shown.finish(found.view)
    except KeyboardInterrupt:
        shown.leave()
        note(f"run {folder.run_id} goes on; `swarm watch {folder.run_id}` shows it again")
        raise
    finally:
        shown.leave()
    if stood is None:
        note(f"run {folder.run_id} is paused: no process drives it; go on: swarm resume {folder.run_id}")
        raise typer.Exit(1)
    raise typer.Exit(exit_code_of(stood))


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)
