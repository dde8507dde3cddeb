"""Who may call an endpoint, and when: shared by all agents of the endpoint.

The decisions are those of ``core/backpressure.py`` and ``core/breaker.py``; this module waits, wakes and tells.
"""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self

from swarm.core.backpressure import Backpressure, Hold, Ticket
from swarm.core.breaker import Breaker, BreakerState
from swarm.core.events import EndpointState
from swarm.errors import (
    AccessDenied,
    EndpointError,
    EndpointUnavailable,
    ModelNotFound,
    QuotaExhausted,
    RateLimited,
    ReplyIncomplete,
    ReplyInvalid,
)
from swarm.llm.http import Unreachable
from swarm.llm.retry import RetryBudget

Suspended = Callable[[EndpointError, float, float], Awaitable[None]]
"""Told why a call is held back, for how long nothing has got through by now, and for how many seconds more at least.

Raises to give the call up.
"""

Changed = Callable[[EndpointState, str, EndpointError | None, float | None], None]
"""Told that the endpoint's state changed: the state, the model (empty: all), why, and for how many seconds."""

Sleep = Callable[[float], Awaitable[object]]

_REFUSALS = frozenset({401, 402, 403, 429, 503, 529})
_OVERLOAD = frozenset({502, 503, 504})
_UNREACHABLE_WEIGHT = 2  # three in a row are enough where nobody listens any more
_ACCOUNT = (AccessDenied, QuotaExhausted)
_PASSING = (EndpointUnavailable, ReplyIncomplete, ReplyInvalid)


def ignore_change(state: EndpointState, model: str, error: EndpointError | None, wait_s: float | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Room:
    """How an endpoint stands for one model.

    Attributes:
        wait_s: seconds before it takes a call at all; 0 when it does.
        refused: it will not take one before a person does something, as far as we know.
        load: calls in flight and waiting.
        free: calls that could be sent at once.
    """

    wait_s: float
    refused: bool
    load: int
    free: int


class _Wait(NamedTuple):
    """Why a call may not be sent now: for how many seconds, or until something happens, and the fault behind it."""

    seconds: float | None
    error: EndpointError | None = None


_FULL = _Wait(None)
"""No room: whoever makes some lets the first in line in."""


class _Waiter:
    """A call in the queue of its model; it has an ``entry`` once it was let in."""

    __slots__ = ("_place", "_woken", "came_at", "entry", "tokens")

    def __init__(self, tokens: int, now: float) -> None:
        self.tokens = tokens
        self.came_at = now
        self.entry: Entry | None = None
        self._place: asyncio.Future[None] | None = None
        self._woken = False

    def wake(self) -> None:
        self._woken = True
        if self._place is not None and not self._place.done():
            self._place.set_result(None)

    async def rest(self) -> None:
        """Return once woken: at once when that has happened since the last rest."""
        if not self._woken:
            self._place = asyncio.get_running_loop().create_future()
            await self._place
        self._woken = False


class _Lane:
    """What the gate keeps for one model."""

    __slots__ = ("breaker", "model", "queue")

    def __init__(self, model: str) -> None:
        self.model = model
        self.breaker = Breaker()
        self.queue: deque[_Waiter] = deque()


class Entry:
    """One call behind the gate: reports what becomes of it. Leaving its context gives its place back."""

    __slots__ = ("_gate", "_lane", "_probe", "_ticket")

    def __init__(self, gate: "Gate", lane: _Lane, ticket: Ticket, *, probe: bool) -> None:
        self._gate = gate
        self._lane = lane
        self._ticket = ticket
        self._probe = probe

    def answered(self, status: int) -> None:
        """Note the status of the response, as soon as it is known."""
        if status not in _REFUSALS:
            self._gate.answered(self._ticket, taken=status == 200, probe=self._probe)

    def first_token(self, seconds: float) -> None:
        """Note how long the first token took."""
        self._gate.pressure.first_token(self._ticket, seconds, self._gate.clock())

    def succeeded(self, tokens: int) -> None:
        """Note a complete reply and the tokens that it used."""
        self._gate.succeeded(self._lane, self._ticket, tokens)

    def failed(self, error: EndpointError, closed_s: float) -> None:
        """Note a fault.

        Args:
            error: what went wrong.
            closed_s: for how long nobody should call, when the endpoint throttles.
        """
        self._gate.failed(self._lane, self._ticket, error, closed_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gate.over(self._lane, self._ticket, probe=self._probe)


class Gate:
    """Lets calls through to one endpoint.

    Calls of one model go in the order in which they came. Whoever is first in line waits for time to pass or to be let
    in by whoever makes room; the others wait for him, so hundreds of waiting calls cost nothing. A refusal of the key,
    of the account or of the model is told to all of them at once, and so is an endpoint that has never answered and
    fails.

    Args:
        pressure: how many calls may go, and when.
        clock: seconds that never run backwards.
        sleep: waits for seconds.
        changed: told of changes of the endpoint's state.

    Attributes:
        budget: the retries that all calls may make together.
        has_answered: the endpoint has answered a call, whatever it said.
    """

    def __init__(
        self,
        pressure: Backpressure,
        *,
        clock: Callable[[], float],
        sleep: Sleep,
        changed: Changed = ignore_change,
    ) -> None:
        self.pressure = pressure
        self.clock = clock
        self.budget = RetryBudget()
        self._sleep = sleep
        self._changed = changed
        self._account = Breaker()
        self._lanes: dict[str, _Lane] = {}
        self._throttle: RateLimited | None = None
        self.has_answered = False
        self._progress_at = -math.inf
        self._waiting = 0
        self._lets_in = False

    async def enter(self, model: str, tokens: int, suspended: Suspended) -> Entry:
        """Return one call's place, once it may be sent. Use it as a context.

        Args:
            model: the model that is asked.
            tokens: what the call will use, by estimate.
            suspended: told when the call is held back because the endpoint throttles or is down.

        Raises:
            EndpointError: the endpoint refuses every call; nothing is sent.
        """
        lane = self._lane(model)
        if not lane.queue and self._wait(lane, tokens) is None:
            return self._admit(lane, tokens)
        return await self._wait_for_turn(lane, tokens, suspended)

    def try_now(self, model: str) -> None:
        """Let the next call of a model pass, whatever was refused before: somebody wants to know."""
        for breaker in (self._account, self._lane(model).breaker):
            breaker.try_now(self.clock())

    def room(self, model: str) -> Room:
        """Return how the endpoint stands for a model."""
        now = self.clock()
        lane, window = self._lane(model), self.pressure.window(model)
        load = window.in_flight + len(lane.queue)
        open_breakers = [each for each in (self._account, lane.breaker) if not each.admits(now)]
        wait_s = max([self.pressure.closed_for(now), *(each.wait_s(now) or 1.0 for each in open_breakers)])
        return Room(wait_s, any(each.refused for each in open_breakers), load, int(window.limit) - load)

    # -- what becomes of calls -------------------------------------------------------------------------------

    def answered(self, ticket: Ticket, *, taken: bool, probe: bool) -> None:
        """Note that a call was answered with something else than a refusal."""
        now = self.clock()
        self.has_answered = True
        self.pressure.answered(ticket, now, taken=taken)
        if taken:
            self._progress_at = now
            # What was sent before the key was refused says nothing of it now.
            if probe and self._account.succeeded(now):
                self._changed(EndpointState.READY, "", None, None)
                self._wake_all()
        self._let_in_soon()

    def succeeded(self, lane: _Lane, ticket: Ticket, tokens: int) -> None:
        """Note a complete reply and the tokens that it used."""
        now = self.clock()
        self.pressure.ended(ticket, now, tokens=tokens)
        self.budget.earn()
        self._note_work(lane, now)

    def _note_work(self, lane: _Lane, now: float) -> None:
        """Note that the endpoint did its work."""
        if lane.breaker.succeeded(now):
            # Whoever failed while it was down has done nothing wrong.
            self.budget.fill()
            self._changed(EndpointState.READY, lane.model, None, None)
            self._wake_all()

    def failed(self, lane: _Lane, ticket: Ticket, error: EndpointError, closed_s: float) -> None:
        """Note what went wrong with a call."""
        now, breaker = self.clock(), lane.breaker
        if error.status is not None:
            self.has_answered = True
        if isinstance(error, RateLimited):
            self._throttle = error
            before = self.pressure.closed_for(now)
            self.pressure.refused(ticket, closed_s, now, named=error.retry_after_s is not None)
            if self.pressure.closed_for(now) > before:
                self._changed(EndpointState.THROTTLED, "", error, self.pressure.closed_for(now))
                self._wake_all()
        elif isinstance(error, _ACCOUNT):
            self._report(self._account.refuse(error, now), EndpointState.REFUSED, "", self._account)
        elif isinstance(error, ModelNotFound):
            self._report(breaker.refuse(error, now), EndpointState.REFUSED, lane.model, breaker)
        elif isinstance(error, _PASSING):
            if error.status in _OVERLOAD:
                self.pressure.strained(ticket, now)
            gone = self.has_answered and isinstance(error, Unreachable)
            weight = _UNREACHABLE_WEIGHT if gone else 1
            self._report(breaker.failed(error, now, weight=weight), EndpointState.DOWN, lane.model, breaker)
        else:
            self._note_work(lane, now)  # it would have answered another question

    def over(self, lane: _Lane, ticket: Ticket, *, probe: bool) -> None:
        """Note that a call is over."""
        if not ticket.over:
            self.pressure.ended(ticket, self.clock())
        if probe:
            self._account.probe_over()
            lane.breaker.probe_over()
        self._let_in_soon()

    def _report(self, opened: bool, state: EndpointState, model: str, breaker: Breaker) -> None:
        if opened:
            self._changed(state, model, breaker.error, breaker.wait_s(self.clock()))
            self._wake_all()

    # -- waiting ---------------------------------------------------------------------------------------------

    async def _wait_for_turn(self, lane: _Lane, tokens: int, suspended: Suspended) -> Entry:
        waiter = _Waiter(tokens, self.clock())
        lane.queue.append(waiter)
        self._waiting += 1
        try:
            while waiter.entry is None:
                await self._wait_on(lane, waiter, suspended)
        except BaseException:
            if waiter.entry is not None:  # let in, and cancelled before it could go
                with waiter.entry:
                    raise
            lane.queue.remove(waiter)
            self._waiting -= 1
            self._let_in(lane)
            raise
        return waiter.entry

    async def _wait_on(self, lane: _Lane, waiter: _Waiter, suspended: Suspended) -> None:
        """Let the waiter in if it may go; else wait until something has changed."""
        wait = self._wait(lane, waiter.tokens)
        first = lane.queue[0] is waiter
        if wait is None and first:
            self._let_in(lane)
            return
        if wait is not None and wait.error is not None:
            stalled_s = self.clock() - max(waiter.came_at, self._progress_at)
            await suspended(wait.error, stalled_s, wait.seconds or 0.0)
        await self._rest(waiter, wait.seconds if wait is not None and first else None)

    async def _rest(self, waiter: _Waiter, seconds: float | None) -> None:
        """Wait until woken, or for some seconds."""
        if seconds is None:
            await waiter.rest()
            return
        async with asyncio.TaskGroup() as group:
            timer = group.create_task(self._ring(waiter, seconds))
            await waiter.rest()
            timer.cancel()

    async def _ring(self, waiter: _Waiter, seconds: float) -> None:
        await self._sleep(seconds)
        waiter.wake()

    def _wait(self, lane: _Lane, tokens: int) -> _Wait | None:
        """Return why a call may not be sent now; ``None`` when the first in line may."""
        now = self.clock()
        for breaker in (self._account, lane.breaker):
            if breaker.admits(now):
                continue
            error = breaker.error
            assert error is not None
            is_open = breaker.state(now) is BreakerState.OPEN
            if is_open and (breaker.refused or not self.has_answered):
                raise _again(error)
            return _Wait(breaker.wait_s(now) if is_open else None, error)
        admission = self.pressure.admission(lane.model, tokens, now)
        if admission.go:
            return None
        return _Wait(admission.wait_s, self._throttle if admission.hold is Hold.THROTTLED else None)

    def _admit(self, lane: _Lane, tokens: int) -> Entry:
        ticket = self.pressure.sent(lane.model, tokens, self.clock())
        of_account, of_model = self._account.sent(), lane.breaker.sent()
        return Entry(self, lane, ticket, probe=of_account or of_model)

    def _lane(self, model: str) -> _Lane:
        lane = self._lanes.get(model)
        if lane is None:
            lane = self._lanes[model] = _Lane(model)
        return lane

    def _let_in_soon(self) -> None:
        """Let in who may go once all that has arrived by now was taken in."""
        if self._waiting and not self._lets_in:
            self._lets_in = True
            asyncio.get_running_loop().call_soon(self._let_in_all)

    def _let_in_all(self) -> None:
        self._lets_in = False
        for lane in self._lanes.values():
            self._let_in(lane)

    def _let_in(self, lane: _Lane) -> None:
        """Let in who may go now; the first who may not is woken where it waits for time to pass, or has to be told why.

        While a refusal may come at any moment it is one call a round of the event loop, so that what is heard of those
        before counts. Else it is all of them: those who come meanwhile would only have to queue as well.
        """
        queue = lane.queue
        while queue:
            waiter = queue[0]
            try:
                wait = self._wait(lane, waiter.tokens)
            except EndpointError:
                waiter.wake()  # it raises that itself
                return
            if wait is None:
                waiter.entry = self._admit(lane, waiter.tokens)
                queue.popleft().wake()
                self._waiting -= 1
                if self.pressure.window(lane.model).is_untried:
                    self._let_in_soon()
                    return
            else:
                if wait != _FULL:
                    waiter.wake()
                return

    def _wake_all(self) -> None:
        for lane in self._lanes.values():
            for waiter in lane.queue:
                waiter.wake()


def _again(error: EndpointError) -> EndpointError:
    """Return an error of its own for a call that is told of what another one met."""
    return type(error)(error.message, hint=error.hint, status=error.status, retry_after_s=error.retry_after_s)
