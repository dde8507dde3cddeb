"""Wall-clock time for what is recorded: it goes at the pace of work, and tells when the clock on the wall jumped."""

import time
from collections.abc import Callable
from dataclasses import dataclass

TOLERATED_S = 2.0
"""Smaller differences stay: clocks that are kept in step drift apart by less, and then come together again."""


@dataclass(frozen=True, slots=True)
class Jump:
    """The wall clock was set, or the machine slept.

    Attributes:
        seconds: how far it moved beyond the time that passed; negative when it was set back.
        before: what it would have shown otherwise, in Unix seconds.
    """

    seconds: float
    before: float


class SteadyClock:
    """Unix seconds that never go back and never jump by themselves, and leave out time in which the machine slept.

    Between two calls of :meth:`settle` they advance with the monotonic clock, whatever happens to the clock on the
    wall. So differences between them are time that really passed.

    Args:
        wall: Unix seconds, as the machine believes.
        monotonic: seconds that only go forward.
    """

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._offset = wall() - monotonic()

    def __call__(self) -> float:
        """Return the time, in Unix seconds."""
        return self._monotonic() + self._offset

    def settle(self) -> Jump | None:
        """Follow the clock on the wall when it has jumped, and say so; else return None and change nothing."""
        before = self()
        seconds = self._wall() - before
        if abs(seconds) < TOLERATED_S:
            return None
        self._offset += seconds
        return Jump(seconds, before)
