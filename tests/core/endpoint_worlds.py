"""Endpoints that permit so much and no more, in a simulated time: what the controller of backpressure is tried on."""

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from swarm.core.backpressure import Backpressure, Ticket

REFUSAL_S = 0.05


@dataclass
class World:
    """Agents that call an endpoint again and again.

    ``permit`` decides of each call that arrives; it returns None to take it, or the seconds of a Retry-After, or a
    negative number for a refusal without one.
    """

    permit: Callable[["World"], float | None]
    agents: int = 200
    calls: int = 2_000
    first_token_s: Callable[["World"], float] = lambda world: 0.5
    reply_s: float = 1.5
    cap: int = 1_000
    controller: Backpressure = field(init=False)
    now: float = 100.0
    inside: int = 0
    sent: int = 0
    taken: int = 0
    refused: int = 0
    finished: int = 0
    widest: int = 0
    limits: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.controller = Backpressure(self.cap)
        self._queue = deque(range(self.agents))
        self._left = self.calls
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._wakes_at = 0.0

    def run(self, *, until: float = 1e9) -> None:
        """Go on until every call is answered; fail when nothing more can happen."""
        self._admit()
        while self._events and self.now < until and self.finished < self.calls:
            self.now, _, happen = heapq.heappop(self._events)
            happen()
            self._admit()
            limit = self.controller.window("m").limit
            if not self.limits or self.limits[-1][1] != limit:
                self.limits.append((self.now, limit))
        assert self.finished == self.calls or self.now >= until, "nothing can happen any more"

    def limits_since(self, moment: float) -> list[float]:
        """Return the window's sizes from a moment on."""
        before = [limit for at, limit in self.limits if at <= moment]
        return [*before[-1:], *(limit for at, limit in self.limits if at > moment)]

    def _at(self, seconds: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._order), happen))

    def _admit(self) -> None:
        while self._queue and self._left:
            admission = self.controller.admission("m", 100, self.now)
            if not admission.go:
                if admission.wait_s is not None and self._wakes_at <= self.now:
                    self._wakes_at = self.now + admission.wait_s
                    self._at(admission.wait_s, lambda: None)
                return
            self._queue.popleft()
            self._send()

    def _send(self) -> None:
        ticket = self.controller.sent("m", 100, self.now)
        self._left -= 1
        self.sent += 1
        wait = self.permit(self)
        if wait is not None:
            self._at(REFUSAL_S, lambda: self._refuse(ticket, wait))
            return
        self.taken += 1
        self.inside += 1
        self.widest = max(self.widest, self.inside)
        first_s = self.first_token_s(self)
        self._at(first_s, lambda: self._answer(ticket, first_s))

    def _answer(self, ticket: Ticket, first_s: float) -> None:
        self.controller.answered(ticket, self.now, taken=True)
        self.controller.first_token(ticket, first_s, self.now)
        self._at(self.reply_s, lambda: self._end(ticket))

    def _end(self, ticket: Ticket) -> None:
        self.inside -= 1
        self.finished += 1
        self.controller.ended(ticket, self.now, tokens=100)
        self._queue.append(0)

    def _refuse(self, ticket: Ticket, wait: float) -> None:
        self.refused += 1
        self._left += 1
        guess = 2.5 * 2.0 ** min(self.controller.refusals, 4)
        self.controller.refused(ticket, wait if wait > 0 else guess, self.now, named=wait > 0)
        self.controller.ended(ticket, self.now)
        self._queue.append(0)


def at_most(count: int, *, wait: float = -1.0) -> Callable[[World], float | None]:
    """Permit so many calls at a time."""
    return lambda world: None if world.inside < count else wait


@dataclass
class PerPeriod:
    """Permit so many calls in each period, and say when the next one begins."""

    count: int
    period_s: float
    taken: dict[int, int] = field(default_factory=dict)

    def __call__(self, world: World) -> float | None:
        number, into = divmod(world.now, self.period_s)
        if self.taken.get(int(number), 0) < self.count:
            self.taken[int(number)] = self.taken.get(int(number), 0) + 1
            return None
        return self.period_s - into
