"""The display for logs and pipes: a line for each notable change, never more than a reader can take."""

import logging
import time
from collections.abc import Callable
from typing import Protocol

from swarm.core.figures import duration
from swarm.core.views import RunView
from swarm.display.base import SIMULATED, figures, summary
from swarm.text import neutralise_line

LINES_PER_SECOND = 4.0
BURST = 24.0
STATUS_EVERY_S = 15.0


class LineStream(Protocol):
    """What lines are written to: a file, or a log."""

    def write(self, text: str, /) -> object:
        """Write a line with its end."""
        ...

    def flush(self) -> object:
        """Let nothing of it wait."""
        ...


class LogStream:
    """Writes lines to the log of the process, which belongs to the run's folder."""

    def __init__(self) -> None:
        self._log = logging.getLogger("swarm.display")
        self._log.setLevel(logging.INFO)

    def write(self, text: str, /) -> None:
        """Log a line."""
        self._log.info("%s", text.rstrip("\n"))

    def flush(self) -> None:
        """Nothing waits."""


class PlainDisplay:
    """Writes lines without colour. When more happens than may be written, a line says how much was left out.

    Args:
        stream: where to write.
        clock: gives wall-clock time in Unix seconds.
    """

    def __init__(self, stream: LineStream, *, clock: Callable[[], float] = time.time) -> None:
        self._stream = stream
        self._clock = clock
        self._seen = 0
        self._left_out = 0
        self._allowance = BURST
        self._refilled_at = clock()
        self._status_at: float | None = None

    def update(self, view: RunView) -> None:
        """Write what is new and notable, and the key figures every so often."""
        now = self._clock()
        if self._status_at is None:
            self._begin(view, now)
        self._refill(now)
        for notable in view.notables:
            if notable.seq > self._seen:
                self._write_or_count(f"{duration(view.driven_at(now))} {notable.text}")
                self._seen = notable.seq
        if self._status_at is not None and now - self._status_at >= STATUS_EVERY_S:
            self._write_status(view, now)

    def finish(self, view: RunView) -> None:
        """Write what is left and the summary."""
        self.update(view)
        self._write_left_out()
        for line in summary(view, self._clock()):
            self._write(line)

    def leave(self) -> None:
        """Nothing has to be given back."""

    def _begin(self, view: RunView, now: float) -> None:
        self._status_at = now
        if view.simulated:
            self._write(SIMULATED)
        self._write(f"run {view.run_id} on branch {view.branch}")

    def _refill(self, now: float) -> None:
        passed = max(0.0, now - self._refilled_at)
        self._allowance = min(BURST, self._allowance + passed * LINES_PER_SECOND)
        self._refilled_at = now

    def _write_or_count(self, line: str) -> None:
        if self._allowance < 1:
            self._left_out += 1
            return
        self._allowance -= 1
        self._write_left_out()
        self._write(line)

    def _write_status(self, view: RunView, now: float) -> None:
        self._status_at = now
        self._write_left_out()
        self._write(" · ".join(figures(view, now)))

    def _write_left_out(self) -> None:
        if self._left_out:
            self._write(f"({self._left_out} more; `swarm events` has them all)")
            self._left_out = 0

    def _write(self, line: str) -> None:
        self._stream.write(neutralise_line(line) + "\n")
        self._stream.flush()
