"""Whether and when a call is made again: pure."""

from collections.abc import Callable

from swarm.errors import EndpointError, RateLimited

MAX_TRIES = 6
MAX_WAITED_S = 900.0

_BACKOFF_BASE_S = 0.5
_BACKOFF_CAP_S = 60.0
_THROTTLE_BASE_S = 5.0
_RETRY_AFTER_FLOOR_S = 0.5


def next_wait(
    error: EndpointError,
    tries: int,
    random: Callable[[], float],
    *,
    throttles: int = 0,
    waited_s: float = 0.0,
) -> float | None:
    """Return the seconds to wait before the call is made again, or None when it is given up.

    A passing fault costs a try and waits with full jitter. A throttled call costs none; it waits no less than the
    server asked for, or with growing equal jitter where it did not say.

    Args:
        error: what went wrong.
        tries: tries spent on passing faults, this one included.
        random: a number in [0, 1).
        throttles: how often the call was throttled, this time included.
        waited_s: seconds that the call has waited already, all waits together.
    """
    if not error.retryable:
        return None
    if isinstance(error, RateLimited):
        floor = throttle_floor(error, throttles)
        spread = 0.25 * floor if error.retry_after_s is not None else floor
        wait = floor + random() * spread
    elif tries >= MAX_TRIES:
        return None
    else:
        backoff = min(_BACKOFF_CAP_S, _BACKOFF_BASE_S * 2.0 ** min(max(tries - 1, 0), 16))
        wait = (error.retry_after_s or 0.0) + random() * backoff
    return wait if waited_s + wait <= MAX_WAITED_S else None


def throttle_floor(error: RateLimited, throttles: int) -> float:
    """Return the seconds during which nobody should call a throttled endpoint."""
    if error.retry_after_s is not None:
        return max(_RETRY_AFTER_FLOOR_S, error.retry_after_s)
    return min(_BACKOFF_CAP_S, _THROTTLE_BASE_S * 2.0 ** min(max(throttles - 1, 0), 16)) / 2
