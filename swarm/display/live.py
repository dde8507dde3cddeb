"""The display for terminals: one picture of the whole run, drawn a few times a second."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.live import Live
from rich.text import Text

from swarm.core.views import RunView
from swarm.display.base import summary
from swarm.display.frame import Cells, frame

FRAMES_PER_SECOND = 8
CPU_SHARE = 0.1


class LiveDisplay:
    """Draws frames with rich, from the caller's own thread and at most a tenth of its time.

    Args:
        console: the terminal.
        clock: gives wall-clock time in Unix seconds.
        timer: gives monotonic time in seconds.
    """

    def __init__(
        self,
        console: Console,
        *,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._console = console
        self._clock = clock
        self._timer = timer
        self._cells = Cells()
        self._next_frame_at = 0.0
        # stdout carries data and stays as it is; what others write to stderr goes above the picture.
        self._live = Live(
            console=console, auto_refresh=False, transient=True, redirect_stdout=False, vertical_overflow="crop"
        )

    def update(self, view: RunView) -> None:
        """Draw a frame unless the last one is too recent."""
        started = self._timer()
        if started < self._next_frame_at:
            return
        if not self._live.is_started:
            self._live.start()
        unicode = self._console.encoding.lower().startswith("utf")
        picture = frame(view, self._clock(), self._console.width, self._cells, unicode=unicode)
        self._live.update(picture, refresh=True)
        took = self._timer() - started
        self._next_frame_at = started + max(1 / FRAMES_PER_SECOND, took / CPU_SHARE)

    def finish(self, view: RunView) -> None:
        """Take the picture away and leave the summary."""
        self.leave()
        for line in summary(view, self._clock()):
            self._console.print(Text(line), soft_wrap=True)

    def leave(self) -> None:
        """Take the picture away."""
        self._live.stop()
