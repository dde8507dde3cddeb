"""Whether and when a call is made again: pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from swarm.core.rates import TokenBucket
from swarm.errors import EndpointError, RateLimited, ReplyTooLarge
from swarm.llm.passing import NoOutput, ReplyEmpty, WebPage

MAX_TRIES = 6
MAX_WAITED_S = 900.0
MOST_TRIES: Mapping[type[EndpointError], int] = {NoOutput: 2, ReplyTooLarge: 2, WebPage: 2, ReplyEmpty: 3}
"""What passes less often than other faults, or costs more to find out: how often such a call is made in all."""

_BUDGET_SHARE = 0.1
_BUDGET_CONSTANT = 10.0
_BUDGET_PER_SECOND = 3 / 60
_BUDGET_MOST = 600.0

_BACKOFF_BASE_S = 0.5
_BACKOFF_CAP_S = 60.0
_THROTTLE_BASE_S = 5.0
_RETRY_AFTER_FLOOR_S = 0.5


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a call may take before it is given up: tries for passing faults, seconds of waiting in all."""

    tries: int = MAX_TRIES
    waited_s: float = MAX_WAITED_S


BOUNDS = Bounds()
"""What a call may take where nobody else could be asked."""


class RetryBudget:
    """Retries that all calls of an endpoint may make together: a tenth of what succeeded, and a few.

    So an endpoint that fails half of its calls is not asked twice as often as one that works.
    """

    def __init__(self) -> None:
        self._earned = 0.0
        self._given = TokenBucket(_BUDGET_PER_SECOND, _BUDGET_CONSTANT)

    def earn(self) -> None:
        """Note a call that succeeded."""
        self._earned = min(_BUDGET_MOST, self._earned + _BUDGET_SHARE)

    def fill(self) -> None:
        """Note that the endpoint is back after an outage: who failed meanwhile may try again."""
        self._earned = _BUDGET_MOST

    def take(self, now: float) -> float:
        """Take one retry; return the seconds after which it may be made."""
        if self._earned >= 1:
            self._earned -= 1
            return 0.0
        wait_s = self._given.wait_s(1, now)
        self._given.take(1, now)
        return wait_s


def next_wait(
    error: EndpointError,
    tries: int,
    random: Callable[[], float],
    *,
    alike: int = 1,
    throttles: int = 0,
    waited_s: float = 0.0,
    bounds: Bounds = BOUNDS,
) -> float | None:
    """Return the seconds to wait before the call is made again, or None when it is given up.

    A passing fault costs a try and waits with full jitter. A throttled call costs none; it waits no less than the
    server asked for, or with growing equal jitter where it did not say.

    Args:
        error: what went wrong.
        tries: tries spent on passing faults, this one included.
        random: a number in [0, 1).
        alike: tries spent on faults of this very kind, this one included.
        throttles: how often the call was throttled, this time included.
        waited_s: seconds that the call has waited already, all waits together.
        bounds: how much the call may take.
    """
    most = MOST_TRIES.get(type(error))
    if alike >= most if most is not None else not error.retryable:
        return None
    if isinstance(error, RateLimited):
        floor = throttle_floor(error, throttles)
        spread = 0.25 * floor if error.retry_after_s is not None else floor
        wait = floor + random() * spread
    elif tries >= bounds.tries:
        return None
    else:
        backoff = min(_BACKOFF_CAP_S, _BACKOFF_BASE_S * 2.0 ** min(max(tries - 1, 0), 16))
        wait = (error.retry_after_s or 0.0) + random() * backoff
    return wait if waited_s + wait <= bounds.waited_s else None


def throttle_floor(error: RateLimited, throttles: int) -> float:
    """Return the seconds during which nobody should call a throttled endpoint."""
    if error.retry_after_s is not None:
        return max(_RETRY_AFTER_FLOOR_S, error.retry_after_s)
    return min(_BACKOFF_CAP_S, _THROTTLE_BASE_S * 2.0 ** min(max(throttles - 1, 0), 16)) / 2
