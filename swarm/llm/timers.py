"""The time a call may take: one deadline that moves with what the server does, and one look at all of them."""

import asyncio
from types import TracebackType
from typing import Self

from swarm.llm.endpoint import Timeouts

_ENDING_S = 10.0
_CLOSING_S = 0.25
_LOOK_S = 0.05


class Deadlines:
    """Ends calls whose time is up, within a twentieth of a second.

    Each chunk of hundreds of streams puts a deadline off. Moving a timer of the event loop each time would cost more
    than looking at all deadlines now and then.
    """

    def __init__(self) -> None:
        self._running: set[CallTimers] = set()
        self._next_look: asyncio.TimerHandle | None = None

    def add(self, timers: "CallTimers") -> None:
        """Watch a call."""
        self._running.add(timers)
        if self._next_look is None:
            self._look_again()

    def remove(self, timers: "CallTimers") -> None:
        """Watch a call no longer. Nothing is left to wake up for when it was the last one."""
        self._running.discard(timers)
        if not self._running and self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None

    def _look_again(self) -> None:
        self._next_look = asyncio.get_running_loop().call_later(_LOOK_S, self._look)

    def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        late = [timers for timers in self._running if timers.deadline <= now]
        self._running.difference_update(late)
        for timers in late:
            timers.expire()
        self._next_look = None
        if self._running:
            self._look_again()


class CallTimers:
    """A context for one asyncio task that ends with TimeoutError when the server is too slow.

    Args:
        timeouts: the endpoint's.
        deadlines: who watches the deadline.

    Attributes:
        deadline: when the call is ended, in the event loop's time.
        phase: what is being waited for.
    """

    __slots__ = (
        "_cancelling",
        "_deadlines",
        "_expired",
        "_last_moment",
        "_loop",
        "_task",
        "_timeouts",
        "deadline",
        "phase",
    )

    def __init__(self, timeouts: Timeouts, deadlines: Deadlines) -> None:
        self._loop = asyncio.get_running_loop()
        self._deadlines = deadlines
        self._timeouts = timeouts
        now = self._loop.time()
        self._last_moment = now + timeouts.total_s
        self.deadline = min(self._last_moment, now + timeouts.first_event_s)
        self.phase = "the response"
        self._expired = False

    def __enter__(self) -> Self:
        task = asyncio.current_task(self._loop)
        assert task is not None
        self._task = task
        self._cancelling = task.cancelling()
        self._deadlines.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadlines.remove(self)
        if not self._expired:
            return
        if self.deadline >= self._last_moment:
            self.phase = "the end of the reply"
        # A task that somebody else cancels at the same time stays cancelled.
        if self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def expire(self) -> None:
        """End the call: its time is up."""
        self._expired = True
        self._task.cancel()

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
        self.deadline = self._last_moment = min(self._last_moment, self._loop.time() + seconds)

    def _allow(self, seconds: float) -> None:
        self.deadline = min(self._last_moment, self._loop.time() + seconds)
