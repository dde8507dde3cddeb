"""The time a call may take: one deadline that moves with what the server does."""

import asyncio
from types import TracebackType
from typing import Self

from swarm.llm.endpoint import Timeouts

_ENDING_S = 10.0
_CLOSING_S = 0.25
_SLACK = 1 / 32


class CallTimers:
    """An async context that ends with TimeoutError when the server is too slow.

    ``phase`` says what was being waited for. While bytes come, the deadline is put off in steps of some percent of the
    time allowed instead of with each chunk, so it ends up to so much later.

    Args:
        timeouts: the endpoint's.
    """

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._now = asyncio.get_running_loop().time
        self._last_moment = self._now() + timeouts.total_s
        self._deadline = min(self._last_moment, self._now() + timeouts.first_event_s * (1 + _SLACK))
        self._scope = asyncio.timeout_at(self._deadline)
        self.phase = "the response"

    async def __aenter__(self) -> Self:
        await self._scope.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._now() >= self._last_moment:
            self.phase = "the end of the reply"
        await self._scope.__aexit__(kind, error, trace)

    def alive(self) -> None:
        """Note that the server sent something before the model's first output: the call is queued, not lost."""
        self.phase = "the model's first output"
        self._allow(self._timeouts.first_event_s)

    def data(self) -> None:
        """Note a data event after the model's first output."""
        self.phase = "more of the reply"
        self._allow(self._timeouts.idle_s)

    def ending(self) -> None:
        """Note that the model has ended its turn: only usage and the end mark are still to come."""
        self._end_within(min(_ENDING_S, self._timeouts.idle_s))

    def closing(self) -> None:
        """Note the stream's end mark: what is left is to read the body's end, so that the connection can be kept."""
        self._end_within(_CLOSING_S)

    def _end_within(self, seconds: float) -> None:
        """Bring the deadline forward; whatever still comes does not put it off again."""
        self._last_moment = min(self._last_moment, self._now() + seconds)
        self._set(self._last_moment)

    def _allow(self, seconds: float) -> None:
        earliest = self._now() + seconds
        latest = earliest + seconds * _SLACK
        if not min(self._last_moment, earliest) <= self._deadline <= latest:
            self._set(min(self._last_moment, latest))

    def _set(self, deadline: float) -> None:
        if deadline != self._deadline:
            self._deadline = deadline
            self._scope.reschedule(deadline)
