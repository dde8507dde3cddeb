"""A circuit breaker: whether calls to an endpoint make sense at all. Pure; time is an argument, in seconds."""

from collections import deque
from enum import StrEnum

from swarm.errors import EndpointError

FAILURES_IN_A_ROW = 5
FAILURES_LEAST_CALLS = 20
FAILURES_SHARE = 0.5
FAILURES_WITHIN_S = 60.0

_FIRST_OPEN_S = 5.0
_LONGEST_OPEN_S = 60.0
_FIRST_REFUSED_S = 60.0
_LONGEST_REFUSED_S = 600.0
_KEPT_OUTCOMES = 1_000
_EARLY_S = 1e-6


class BreakerState(StrEnum):
    """Whether calls pass."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """Stops calls that would only fail, and lets one through from time to time to see whether that has changed.

    Five failures in a row, or half of at least twenty calls within a minute, open it; so does, at once, a refusal
    that concerns every call: of the key, of the model, of an empty account.

    Attributes:
        error: what opened it; ``None`` while it is closed.
        refused: it was opened by a refusal, which waiting alone will hardly cure.
    """

    def __init__(self) -> None:
        self.error: EndpointError | None = None
        self.refused = False
        self._until = 0.0
        self._opened = 0
        self._probing = False
        self._in_a_row = 0
        self._outcomes: deque[tuple[float, bool]] = deque(maxlen=_KEPT_OUTCOMES)

    def state(self, now: float) -> BreakerState:
        """Return the state at a moment."""
        if self.error is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._until - _EARLY_S else BreakerState.HALF_OPEN

    def admits(self, now: float) -> bool:
        """Whether a call may pass: any while closed, one at a time while half-open."""
        if self.error is None:
            return True
        return self.state(now) is BreakerState.HALF_OPEN and not self._probing

    def wait_s(self, now: float) -> float:
        """Return the seconds until a call may pass as a probe; 0 when that depends on the probe under way."""
        return max(0.0, self._until - now) if self.error else 0.0

    def try_now(self, now: float) -> None:
        """Let the next call pass as a probe, although it is not time for one yet."""
        self._until = min(self._until, now)

    def sent(self) -> bool:
        """Note a call that passes; say whether it is the probe."""
        self._probing = self.error is not None
        return self._probing

    def probe_over(self) -> None:
        """Note that the probe has ended, whatever came of it."""
        self._probing = False

    def succeeded(self, now: float) -> bool:
        """Note that the endpoint does its work; say whether that closes the breaker."""
        self._in_a_row = 0
        self._outcomes.append((now, True))
        if self.error is None:
            return False
        self.error = None
        self.refused = self._probing = False
        self._opened = 0
        self._outcomes.clear()
        return True

    def failed(self, error: EndpointError, now: float, *, weight: int = 1) -> bool:
        """Note a passing fault; say whether it opens the breaker (again).

        Args:
            error: what went wrong.
            now: the time in seconds.
            weight: as how many failures in a row it counts.
        """
        self._in_a_row += weight
        self._outcomes.append((now, False))
        if self.error is None:
            return self._too_many(now) and self._open(error, now, refused=False)
        # What fails while it is open was sent before; only a probe says something new.
        return self.state(now) is BreakerState.HALF_OPEN and self._open(error, now, refused=self.refused)

    def refuse(self, error: EndpointError, now: float) -> bool:
        """Note a refusal that every call would get; say whether it opens the breaker (again)."""
        if self.error is not None and self.refused and self.state(now) is BreakerState.OPEN:
            return False
        return self._open(error, now, refused=True)

    def _open(self, error: EndpointError, now: float, *, refused: bool) -> bool:
        if refused and not self.refused:
            self._opened = 0
        first, longest = (_FIRST_REFUSED_S, _LONGEST_REFUSED_S) if refused else (_FIRST_OPEN_S, _LONGEST_OPEN_S)
        self._until = now + min(longest, first * 2.0 ** min(self._opened, 16))
        self._opened += 1
        self._probing = False
        self.error = error
        self.refused = refused
        return True

    def _too_many(self, now: float) -> bool:
        if self._in_a_row >= FAILURES_IN_A_ROW:
            return True
        while self._outcomes and self._outcomes[0][0] < now - FAILURES_WITHIN_S:
            self._outcomes.popleft()
        calls = len(self._outcomes)
        failures = sum(not good for _, good in self._outcomes)
        return calls >= FAILURES_LEAST_CALLS and failures >= FAILURES_SHARE * calls
