"""How many calls an endpoint gets at a time, and when: a controller without effects.

Time is an argument, in seconds that never run backwards. The shell (``llm/gate.py``) asks
:meth:`Backpressure.admission` before it sends a call, and reports what became of it.

One call goes first and proves that the endpoint answers, or at least does not refuse at once. Then the window of calls
in flight doubles with each round of answers (slow start) up to a threshold, and grows by one a round beyond it; the
longer nothing was refused, the faster.
A refusal (429, 529, 503 with a time to wait) cuts the window and closes the endpoint for all models until the time that
the server named; then one call proves it again. Overload (502, 503, 504) and a first token that takes longer and longer
cut the window without closing it.
"""

import math
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from swarm.core.rates import MinuteLimit, Pace, Taken, TokenBucket

FIRST_WINDOW = 10.0
"""Calls in flight once the first one is answered; slow start goes on from there."""

SILENCE_S = 2.0
"""A first call that has not been refused for so many seconds will not be: refusals come at once, replies take time."""

_CUT = 0.5
_CUT_FROM_TAKEN = 0.9
_SLOWER_CUT = 0.8
_SLOWER_FLOOR = 4.0
_STEP_DOUBLES_S = 60.0
_FEW_TAKEN = 20
_MANY_TAKEN = 500
_TELLING_PROBES = 2
_MOST_DAMPING = 64.0
_FIRST_REST_S = 30.0
_LONGEST_REST_S = 480.0
_RECENT_SAMPLES = 8
_SLOWER_RATIO = 2.0
_SLOWER_BY_S = 0.25
_MINIMUM_MOVES_S = 150.0
_EARLY_S = 1e-6


class Hold(StrEnum):
    """Why a call has to wait."""

    NOTHING = ""
    THROTTLED = "throttled"
    RATE = "rate"
    PROBE = "probe"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a call may be sent now.

    Attributes:
        hold: why not; ``NOTHING`` when it may.
        wait_s: look again after so many seconds; ``None``: when a call is answered or over.
    """

    hold: Hold = Hold.NOTHING
    wait_s: float | None = None

    @property
    def go(self) -> bool:
        """Whether the call may be sent."""
        return self.hold is Hold.NOTHING


GO = Admission()


class MovingMinimum:
    """The least of the samples of the last few minutes."""

    def __init__(self) -> None:
        self._older: float | None = None
        self._newer: float | None = None
        self._began = 0.0

    def add(self, sample: float, now: float) -> None:
        """Take a sample in."""
        if self._newer is None or now - self._began > _MINIMUM_MOVES_S:
            self._older, self._newer, self._began = self._newer, sample, now
        self._newer = min(self._newer, sample)

    @property
    def value(self) -> float:
        """The minimum; 0 before the first sample."""
        known = [value for value in (self._older, self._newer) if value is not None]
        return min(known, default=0.0)


class Window:
    """How many calls of one model may be in flight."""

    def __init__(self, cap: int, limit: float) -> None:
        self.cap = float(cap)
        self.limit = min(self.cap, limit)
        self.threshold = self.cap
        self.in_flight = 0
        self.unanswered = 0
        self.taken = 0
        self._cut_at = 0.0
        self._ceiling: float | None = None
        self._rest_s = _FIRST_REST_S
        self._damping = 1.0
        self._taken_since_cut = _FEW_TAKEN
        self._minimum = MovingMinimum()
        self._recent: deque[float] = deque(maxlen=_RECENT_SAMPLES)

    @property
    def has_room(self) -> bool:
        """Whether one more call fits in."""
        return self.in_flight + 1 <= self.limit

    @property
    def is_untried(self) -> bool:
        """Whether little was taken since the last refusal, so that the next one may come at any moment."""
        return self._taken_since_cut < _MANY_TAKEN

    def grow(self, now: float) -> None:
        """Note an answer: twice the window a round in slow start; beyond the threshold one more a round, or a few."""
        if 2 * self.in_flight < self.limit:
            return  # a window that is not filled proves nothing
        if self.limit >= self.cap and self._ceiling is None:
            return
        if self.limit < self.threshold:
            self.limit += 2  # one for the call that is still in flight, one for the next
        else:
            quiet_s = max(0.0, now - self._cut_at)
            step = min(self.limit, 2.0 ** min(quiet_s // _STEP_DOUBLES_S, 16.0))
            self.limit += step / self.limit / self._damping
            if self._ceiling is not None and quiet_s > self._rest_s:
                self._ceiling = None
        self.limit = min(self.limit, self.cap if self._ceiling is None else self._ceiling)

    def note_taken(self) -> None:
        """Note that the endpoint took a call, be it one that was sent before the last refusal."""
        self.taken += 1
        self._taken_since_cut += 1
        if self._ceiling is not None:
            self._ceiling = max(self._ceiling, self.taken)

    def cut(self, now: float, *, rest: bool) -> None:
        """Note a refusal.

        Args:
            now: the time in seconds.
            rest: what the endpoint holds of ours at this moment is about what it permits, so the window grows back to
                that and stays there for a while, each time longer, before it is tried whether there is room for more.
        """
        # Refusals that come too often for what is taken between them make the window grow more slowly.
        factor = 2.0 if self._taken_since_cut < _FEW_TAKEN else 0.5
        self._damping = min(_MOST_DAMPING, max(1.0, factor * self._damping))
        self._taken_since_cut = 0
        in_vain = rest and self._ceiling is None and now - self._cut_at < 2 * self._rest_s
        self._rest_s = min(_LONGEST_REST_S, 2 * self._rest_s) if in_vain else _FIRST_REST_S
        self._ceiling = max(1.0, float(self.taken)) if rest else None
        wanted = max(_CUT * min(self.limit, self.in_flight), _CUT_FROM_TAKEN * self.taken)
        self._set(max(1.0, min(self.limit, wanted)), now)

    def restart(self) -> None:
        """Begin slow start from what is in flight, after a closure and the call that proved it over."""
        self.limit = max(1.0, min(self.threshold, self.in_flight + 1.0))

    def first_token(self, seconds: float, now: float) -> bool:
        """Note how long a first token took; cut the window when even the quickest of the last ones took long.

        Returns:
            Whether the window was cut.
        """
        self._minimum.add(seconds, now)
        self._recent.append(seconds)
        if len(self._recent) < _RECENT_SAMPLES or self.limit <= _SLOWER_FLOOR:
            return False
        if min(self._recent) <= _SLOWER_RATIO * self._minimum.value + _SLOWER_BY_S:
            return False
        self._recent.clear()
        self._set(max(_SLOWER_FLOOR, _SLOWER_CUT * min(self.limit, self.in_flight)), now)
        return True

    def _set(self, limit: float, now: float) -> None:
        self.limit = self.threshold = limit
        self._cut_at = now


class _Lane:
    """What is kept for one model of the endpoint."""

    def __init__(self, cap: int, limit: float) -> None:
        self.window = Window(cap, limit)
        self.pace = Pace()
        self.told: dict[str, TokenBucket] = {}


@dataclass(slots=True)
class Ticket:
    """A call that was sent: in which lane and period, whether to prove something, and what it was charged in tokens."""

    lane: _Lane
    period: int
    probe: bool
    charged: Taken | None = None
    answered: bool = False
    taken: bool = False
    over: bool = False


class Backpressure:
    """One endpoint.

    Args:
        cap: the most calls in flight, all models together.
        requests_per_minute: the user's limit; likewise ``tokens_per_minute``.
        silence_s: until other calls join a first one that was neither answered nor refused.

    Attributes:
        refusals: refusals since a call was last taken.
    """

    def __init__(
        self,
        cap: int,
        *,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._silence_s = silence_s
        self._cap = cap
        self._lanes: dict[str, _Lane] = {}
        self._requests = MinuteLimit(requests_per_minute) if requests_per_minute else None
        self._tokens = MinuteLimit(tokens_per_minute) if tokens_per_minute else None
        self._told_of_tokens = False
        self._closed_until: float | None = None
        self._period = 0
        self._proving = True
        self._probe_out = False
        self._probe_at = 0.0
        self.in_flight = 0
        self.refusals = 0

    @property
    def counts_tokens(self) -> bool:
        """Whether a limit on tokens per minute is known."""
        return self._tokens is not None or self._told_of_tokens

    def window(self, model: str) -> Window:
        """Return the window of a model."""
        return self._lane(model).window

    def pace(self, model: str) -> float | None:
        """Return the calls per second that a model's refusals have taught; ``None`` when there were none."""
        return self._lane(model).pace.per_second

    def closed_for(self, now: float) -> float:
        """Return for how many more seconds nothing is sent because the endpoint asked for that."""
        if self._closed_until is None or now >= self._closed_until - _EARLY_S:
            return 0.0
        return self._closed_until - now

    def admission(self, model: str, tokens: int, now: float) -> Admission:
        """Return whether a call of a model may be sent now.

        Args:
            model: the model's name.
            tokens: what the call will use, by estimate.
            now: the time in seconds.
        """
        closed_s = self.closed_for(now)
        if closed_s:
            return Admission(Hold.THROTTLED, closed_s)
        if self._proving and self._probe_out:
            silent_s = now - self._probe_at
            if silent_s < self._silence_s - _EARLY_S:
                left_s = self._silence_s - silent_s
                return Admission(Hold.PROBE, left_s if left_s < math.inf else None)
            self._prove(now)
        lane = self._lane(model)
        if self.in_flight >= self._cap or not lane.window.has_room:
            return Admission(Hold.WINDOW)
        wait_s = self._rate_wait(lane, tokens, now)
        return Admission(Hold.RATE, wait_s) if wait_s else GO

    def sent(self, model: str, tokens: int, now: float) -> Ticket:
        """Note a call that is sent."""
        lane = self._lane(model)
        if lane.told:
            for bucket, amount in self._told(lane, tokens):
                bucket.take(amount, now)
        if self._requests is not None:
            self._requests.take(1.0, now)
        lane.pace.sent(now)
        lane.window.in_flight += 1
        lane.window.unanswered += 1
        self.in_flight += 1
        charged = self._tokens.take(float(tokens), now) if self._tokens is not None else None
        ticket = Ticket(lane, self._period, self._proving, charged)
        self._probe_out = self._proving
        self._probe_at = now
        return ticket

    def answered(self, ticket: Ticket, now: float, *, taken: bool) -> None:
        """Note that the endpoint answered a call with something else than a refusal.

        Args:
            ticket: the call.
            now: the time in seconds.
            taken: it began to reply; otherwise it reported a fault, which at least proves that it listens.
        """
        lane = ticket.lane
        self._note_answer(ticket)
        if taken and not ticket.taken:
            ticket.taken = True
            lane.window.note_taken()
            lane.pace.taken()
        if ticket.period != self._period:
            return
        if self._proving:
            self._prove(now)
        elif taken:
            self.refusals = 0
            lane.window.grow(now)

    def first_token(self, ticket: Ticket, seconds: float, now: float) -> None:
        """Note how long the reply's first token took."""
        if ticket.period == self._period and ticket.lane.window.first_token(seconds, now):
            self._period += 1

    def refused(self, ticket: Ticket, wait_s: float, now: float, *, named: bool) -> None:
        """Note that the endpoint asks for fewer calls; nothing more is sent for some seconds.

        Args:
            ticket: the call that was refused.
            wait_s: for how long.
            now: the time in seconds.
            named: the server named the time; otherwise it is our own guess.
        """
        lane = ticket.lane
        self._note_answer(ticket)
        if ticket.period == self._period:
            self.refusals += 1
            # Probe after probe refused says that it is still closed, and nothing of how much it takes at a time.
            if not ticket.probe or self.refusals <= _TELLING_PROBES:
                lane.window.cut(now, rest=not named)
            if named:
                lane.pace.refused(wait_s, now)
        until = now + wait_s
        if self._closed_until is None or until > self._closed_until:
            self._closed_until = until
            self._period += 1
            self._proving = True
            self._probe_out = False
            for each in self._lanes.values():
                each.pace.begin(until)

    def strained(self, ticket: Ticket, now: float) -> None:
        """Note a fault that speaks of overload: fewer calls, but no time to wait."""
        if ticket.period == self._period and not self._proving:
            ticket.lane.window.cut(now, rest=False)
            self._period += 1

    def told(self, model: str, what: str, limit: float, remaining: float, reset_s: float, now: float) -> None:
        """Note what the server says is left of a limit.

        Args:
            model: the model that was asked.
            what: ``requests`` or ``tokens``.
            limit: the whole.
            remaining: what is left of it.
            reset_s: seconds until it is whole again.
            now: the time in seconds.
        """
        lane = self._lane(model)
        per_second = (limit - remaining) / reset_s if reset_s > 0 and limit > remaining else 0.0
        if per_second > 0:
            bucket = lane.told.get(what)
            if bucket is None:
                bucket = lane.told[what] = TokenBucket(per_second, limit)
                self._told_of_tokens = self._told_of_tokens or what == "tokens"
            bucket.per_second = per_second
            bucket.capacity = limit
        if what in lane.told:
            # What was sent and not answered yet is not in the server's figure.
            under_way = lane.window.unanswered if what == "requests" else 0
            lane.told[what].set_level(remaining - under_way, now)

    def ended(self, ticket: Ticket, now: float, *, tokens: int | None = None) -> None:
        """Note that a call is over, with the tokens that it used where that is known. Idempotent."""
        if ticket.over:
            return
        ticket.over = True
        lane = ticket.lane
        self._note_answer(ticket)
        lane.window.in_flight -= 1
        lane.window.taken -= ticket.taken
        self.in_flight -= 1
        if ticket.probe and ticket.period == self._period:
            self._probe_out = False
        if tokens is not None and self._tokens is not None and ticket.charged is not None:
            self._tokens.settle(ticket.charged, float(tokens), now)

    @staticmethod
    def _note_answer(ticket: Ticket) -> None:
        if not ticket.answered:
            ticket.answered = True
            ticket.lane.window.unanswered -= 1

    def _prove(self, now: float) -> None:
        self._proving = self._probe_out = False
        self.refusals = 0
        for lane in self._lanes.values():
            if self._closed_until is None:
                lane.window.limit = min(lane.window.cap, FIRST_WINDOW)
                lane.pace.begin(now)
            else:
                lane.window.restart()

    def _lane(self, model: str) -> _Lane:
        lane = self._lanes.get(model)
        if lane is None:
            first = FIRST_WINDOW if self._closed_until is None and not self._proving else 1.0
            lane = self._lanes[model] = _Lane(self._cap, first)
        return lane

    def _rate_wait(self, lane: _Lane, tokens: int, now: float) -> float:
        wait_s = lane.pace.wait_s(now)
        if not lane.told and self._requests is None and self._tokens is None:
            return wait_s
        for limit, amount in ((self._requests, 1.0), (self._tokens, float(tokens))):
            if limit is not None:
                wait_s = max(wait_s, limit.wait_s(amount, now))
        return max(wait_s, *(bucket.wait_s(amount, now) for bucket, amount in self._told(lane, tokens)), 0.0)

    @staticmethod
    def _told(lane: _Lane, tokens: int) -> list[tuple[TokenBucket, float]]:
        limits = ((lane.told.get("requests"), 1.0), (lane.told.get("tokens"), float(tokens)))
        return [(bucket, amount) for bucket, amount in limits if bucket is not None]
