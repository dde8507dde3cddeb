"""What people see of a run while it goes on."""

import os
from collections.abc import Mapping
from typing import TextIO

from swarm.display.base import Display, NoDisplay
from swarm.display.plain import LogStream, PlainDisplay
from swarm.errors import UsageError

__all__ = ["KINDS", "Display", "make_display"]

KINDS = ("auto", "full", "plain", "log", "none")


def make_display(kind: str, stream: TextIO, *, environ: Mapping[str, str] = os.environ) -> Display:
    """Return the display of a kind, drawing on a stream, which should be stderr.

    Args:
        kind: one of :data:`KINDS`; ``auto`` is ``full`` on a terminal and ``plain`` elsewhere; ``log`` writes what
            ``plain`` shows to the run's log instead.
        stream: where to draw.
        environ: the environment; ``TERM=dumb`` means no terminal, ``NO_COLOR`` no colours.

    Raises:
        UsageError: there is no such kind.
    """
    if kind not in KINDS:
        raise UsageError(f"there is no display {kind!r}", hint=f"Choose one of {', '.join(KINDS)}.")
    if kind == "none":
        return NoDisplay()
    if kind == "log":
        return PlainDisplay(LogStream())
    terminal = stream.isatty() and environ.get("TERM", "") != "dumb"
    if kind == "plain" or (kind == "auto" and not terminal):
        return PlainDisplay(stream)
    return _live(stream, environ)


def _live(stream: TextIO, environ: Mapping[str, str]) -> Display:
    # rich takes 60 ms to import; a run that is not watched does not wait for it.
    from rich.console import Console

    from swarm.display.live import LiveDisplay

    console = Console(
        file=stream,
        force_terminal=True,
        no_color=bool(environ.get("NO_COLOR")),
        markup=False,
        highlight=False,
        emoji=False,
    )
    return LiveDisplay(console)
