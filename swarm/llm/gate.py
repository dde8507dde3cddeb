"""Who may call an endpoint, and when: shared by all agents of the endpoint."""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from swarm.errors import AccessDenied, RateLimited

Suspended = Callable[[RateLimited, float], Awaitable[None]]
"""Told why a call is held back and for how many seconds; raises to give the call up."""

Sleep = Callable[[float], Awaitable[object]]

_CAUTIOUS_S = 30.0
_LOOK_AGAIN_S = 5.0
_SLOWEST_RAMP_S = 1.0
_QUICKEST_RAMP_S = 0.25
_RAMP_SHARE = 0.25
_REFUSALS = frozenset({401, 403, 429, 503, 529})


class Entry:
    """One call's place behind the gate."""

    __slots__ = ("_gate", "_period", "_waited_for")

    def __init__(self, gate: "Gate", period: int) -> None:
        self._gate = gate
        self._period = period
        self._waited_for = True

    def answered(self, status: int) -> None:
        """Note the status of the response, as soon as it is known."""
        if status not in _REFUSALS:
            self._settle(accepted=True)
        if status == 200:
            self._gate.allow()

    def leave(self) -> None:
        """Note that the call is over."""
        self._settle(accepted=False)

    def _settle(self, *, accepted: bool) -> None:
        if self._waited_for:
            self._waited_for = False
            self._gate.settle(self._period, accepted=accepted)


class Gate:
    """Lets calls through to one endpoint.

    At most ``max_in_flight`` calls are under way. Until the endpoint has answered one call without refusing the
    key, calls go one at a time, so that a wrong key costs one request and not one per agent; once it has refused
    the key, nobody sends until another call succeeds. A throttled endpoint is left alone for as long as it asks.
    Then calls pass at a rate that doubles, and no more of them at a time without an answer than a window that
    doubles with each round of answers up to half of what was too much, then grows by one a round, so that they
    neither arrive all at once nor run far ahead of a refusal. Half a minute after the last refusal that caution
    ends.

    Args:
        max_in_flight: calls that may be under way at the same time.
        clock: seconds that never run backwards.
        sleep: waits for seconds.
    """

    def __init__(self, max_in_flight: int, *, clock: Callable[[], float], sleep: Sleep) -> None:
        self._slots = asyncio.Semaphore(max_in_flight)
        self._clock = clock
        self._sleep = sleep
        self._denial: AccessDenied | None = None
        self._throttle: RateLimited | None = None
        self._opens_at = -math.inf
        self._ramp_s = 0.0
        self._tickets = 0
        # A period begins with each closure; what was sent in an earlier one says nothing of this one.
        self._period = 0
        self._unanswered = 0
        self._window = 1.0
        self._doubling_until = 0.0
        self._cautious_until: float | None = None
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def slot(self, suspended: Suspended) -> AsyncIterator[Entry]:
        """Hold one call's place; waits until it may be sent.

        Args:
            suspended: told when the call waits for a throttled endpoint.

        Raises:
            AccessDenied: the endpoint refuses the key; nothing is sent.
        """
        async with self._slots:
            await self._wait_for_turn(suspended)
            self._unanswered += 1
            entry = Entry(self, self._period)
            try:
                yield entry
            finally:
                entry.leave()

    def deny(self, error: AccessDenied) -> None:
        """Note that the endpoint refuses the key."""
        self._denial = error
        self._wake(math.inf)

    def allow(self) -> None:
        """Note that the endpoint takes the key."""
        self._denial = None

    def close(self, error: RateLimited, seconds: float) -> None:
        """Let nobody through for some seconds, because the endpoint is throttled."""
        opens_at = self._clock() + seconds
        if opens_at <= self._opens_at:
            return
        self._opens_at = opens_at
        self._ramp_s = min(_SLOWEST_RAMP_S, max(_QUICKEST_RAMP_S, _RAMP_SHARE * seconds))
        self._tickets = 0
        self._throttle = error
        self._period += 1
        # Slow start up to half of what was under way when it was too much, then one more a round (RFC 5681, 3.1).
        self._doubling_until = self._unanswered / 2
        self._unanswered = 0
        self._window = 1.0
        self._cautious_until = opens_at + _CAUTIOUS_S
        self._wake(math.inf)

    def settle(self, period: int, *, accepted: bool) -> None:
        """Note that a call of a period is answered, or over without an answer."""
        if period == self._period:
            self._unanswered -= 1
            if accepted:
                # Before the first closure one answer is proof enough; after one, trust grows slowly.
                self._window = self._grown() if self._throttle else math.inf
        self._wake(self._window - self._unanswered)

    def _grown(self) -> float:
        return self._window + (1 if self._window < self._doubling_until else 1 / self._window)

    async def _wait_for_turn(self, suspended: Suspended) -> None:
        period = -1
        turn = -math.inf
        while True:
            if self._denial is not None:
                raise AccessDenied(self._denial.message, hint=self._denial.hint, status=self._denial.status)
            if period != self._period:
                period, turn = self._period, self._next_turn()
            wait = turn - self._clock()
            if wait > 0:
                if self._throttle is not None:
                    await suspended(self._throttle, wait)
                await self._sleep(wait)
            elif self._has_room():
                return
            else:
                await self._wait_for_room()

    def _next_turn(self) -> float:
        """Return when the next call may go: after a closure the rate doubles with every interval of the ramp."""
        turn = self._opens_at + self._ramp_s * math.log2(1 + self._tickets)
        self._tickets += 1
        return turn

    def _has_room(self) -> bool:
        now = self._clock()
        if self._cautious_until is None:
            self._cautious_until = now + _CAUTIOUS_S
        if now >= self._cautious_until:
            self._window = math.inf
        return self._unanswered < self._window

    async def _wait_for_room(self) -> None:
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            # The time of caution may also end while no call is answered.
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN_S):
                    await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._wake(1)
            raise
        finally:
            with suppress(ValueError):
                self._waiting.remove(place)

    def _wake(self, count: float) -> None:
        """Let up to so many waiting calls look again whether they may go."""
        while self._waiting and count > 0:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                count -= 1
