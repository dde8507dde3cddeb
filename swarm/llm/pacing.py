"""When streams are read: together and now and then where there are many, since nobody watches their tokens.

A wake-up for each token of hundreds of streams costs more than everything that is done with the tokens. So once a
stream flows, its bytes are left in the kernel's buffer for a moment, and the streams whose moment ends in the same
tick are read one after the other.
"""

import asyncio
import math
import time
from collections.abc import Callable

LONGEST_PAUSE_S = 0.25
"""The longest that bytes of a stream wait to be read."""

_TICK_S = 0.025
_SHARE_OF_ELAPSED = 0.08
_PAUSE_PER_STREAM_S = 0.001


class Pacing:
    """Decides how long streams pause, and ends the pauses of all streams together.

    A pause is never more than a small share of the time that its call has taken already, and few streams are read
    as their bytes come.

    Args:
        longest_pause_s: the longest pause; 0 reads all streams as their bytes come.
    """

    def __init__(self, longest_pause_s: float = LONGEST_PAUSE_S) -> None:
        self._longest_s = longest_pause_s
        self._streams = 0
        self._ticks: dict[int, list[Callable[[], None]]] = {}

    def opened(self) -> None:
        """Note that a stream has begun."""
        self._streams += 1

    def closed(self) -> None:
        """Note that a stream is over."""
        self._streams -= 1

    def pause_s(self, sent_at: float) -> float:
        """Return how long a stream should pause whose request was sent at a time of the clock; 0 when not at all."""
        pause = min(self._longest_s, _PAUSE_PER_STREAM_S * self._streams)
        if pause < _TICK_S:
            return 0.0
        pause = min(pause, _SHARE_OF_ELAPSED * (time.monotonic() - sent_at))
        return pause if pause >= _TICK_S else 0.0

    def after(self, pause_s: float, resume: Callable[[], None]) -> None:
        """Call back when a pause ends, with all others whose pause ends in the same tick."""
        loop = asyncio.get_running_loop()
        tick = math.ceil((loop.time() + pause_s) / _TICK_S)
        waiting = self._ticks.get(tick)
        if waiting is None:
            waiting = self._ticks[tick] = []
            loop.call_at(tick * _TICK_S, self._ring, tick)
        waiting.append(resume)

    def _ring(self, tick: int) -> None:
        for resume in self._ticks.pop(tick):
            resume()
