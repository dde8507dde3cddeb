"""Calls and tokens per time: token buckets, set by the user, told by a server, or learned from its refusals. Pure."""

import math
from collections import deque
from dataclasses import dataclass

MINUTE_S = 60.0

_ENOUGH = 1e-6
_BURST_S = 5.0
_LEARNED_BURST_S = 1.0
_FIRST_GROWTH = 0.03
_GROWTH_GROWS = 1.5
_FORGOTTEN_AFTER_S = 600.0
_TELLING_CALLS = 3
_CONFIRMED_WITHIN_PERIODS = 4.0


class TokenBucket:
    """What may be taken now, and when more may be.

    Args:
        per_second: how much comes in.
        capacity: how much it holds; it begins full.
    """

    def __init__(self, per_second: float, capacity: float) -> None:
        self.per_second = per_second
        self.capacity = capacity
        self._level = capacity
        self._at: float | None = None

    def wait_s(self, amount: float, now: float) -> float:
        """Return the seconds until so much may be taken; what is more than it holds may go when it is full."""
        missing = min(amount, self.capacity) - self._filled(now)
        return missing / self.per_second if missing > _ENOUGH else 0.0

    def take(self, amount: float, now: float) -> None:
        """Take an amount, into debt if need be; a negative one gives back."""
        self._level = min(self.capacity, self._filled(now) - amount)

    def set_level(self, level: float, now: float) -> None:
        """Note how much is left by the server's own word."""
        self._filled(now)
        self._level = min(self.capacity, level)

    def _filled(self, now: float) -> float:
        if self._at is not None and now > self._at:
            self._level = min(self.capacity, self._level + (now - self._at) * self.per_second)
        self._at = now if self._at is None else max(now, self._at)
        return self._level


class MinuteLimit:
    """A limit per minute that holds for every minute, wherever it begins.

    What was taken is kept for a minute, so the limit is never exceeded; a bucket spreads it over the minute, so that
    not everything goes at its beginning.

    Args:
        most: how much may be taken in a minute.
    """

    def __init__(self, most: float) -> None:
        self.most = most
        self._bucket = TokenBucket(most / MINUTE_S, max(1.0, most / MINUTE_S * _BURST_S))
        self._taken: deque[Taken] = deque()
        self._sum = 0.0

    def wait_s(self, amount: float, now: float) -> float:
        """Return the seconds until so much may be taken; what is more than the whole may go when nothing else did."""
        self._forget(now)
        excess = self._sum + min(amount, self.most) - self.most
        wait_s = self._bucket.wait_s(amount, now)
        for taken in self._taken:
            if excess <= _ENOUGH:
                break
            excess -= taken.amount
            wait_s = max(wait_s, taken.at + MINUTE_S - now + _ENOUGH)
        return wait_s

    def take(self, amount: float, now: float) -> "Taken":
        """Take an amount, which :meth:`settle` may correct."""
        self._bucket.take(amount, now)
        taken = Taken(now, amount)
        self._taken.append(taken)
        self._sum += amount
        return taken

    def settle(self, taken: "Taken", amount: float, now: float) -> None:
        """Note how much it was in truth: what is less was never taken, what is more is taken now."""
        self._forget(now)
        if amount > taken.amount:
            self.take(amount - taken.amount, now)
        elif now - taken.at < MINUTE_S:
            self._bucket.take(amount - taken.amount, now)
            self._sum -= taken.amount - amount
            taken.amount = amount

    def _forget(self, now: float) -> None:
        while self._taken and now - self._taken[0].at >= MINUTE_S:
            self._sum -= self._taken.popleft().amount
        if not self._taken:
            self._sum = 0.0  # what sums of fractions leave behind


@dataclass(slots=True)
class Taken:
    """What was taken of a limit, and when."""

    at: float
    amount: float


class Pace:
    """The calls per second that a server was seen to permit between two refusals.

    A server that names a time to wait limits calls per time. What it took until it refused, over the time until it
    takes more, is what it permits. One refusal may have been a mood; from the second on that pace is kept, and tried to
    be beaten a little more each period that passes without a refusal.
    """

    def __init__(self) -> None:
        self._bucket: TokenBucket | None = None
        self._taken = 0
        self._period_s = 0.0
        self._began = 0.0
        self._growth = _FIRST_GROWTH
        self._refused_at = 0.0
        self._held = False
        self._told_at: float | None = None

    @property
    def per_second(self) -> float | None:
        """The learned pace; ``None`` while there is none."""
        return self._bucket.per_second if self._bucket else None

    def begin(self, now: float) -> None:
        """Note that the endpoint is open (again)."""
        self._taken = 0
        self._began = now
        if self._bucket is not None:
            self._bucket.set_level(1, now)

    def taken(self) -> None:
        """Note a call that the endpoint took."""
        self._taken += 1

    def refused(self, wait_s: float, now: float) -> None:
        """Learn from a refusal that names a time to wait."""
        period_s = now + wait_s - self._began
        # What passed since a beginning that was only guessed is no whole period.
        self._period_s = max(period_s, self._period_s) if self._bucket is not None else period_s
        self._growth = _FIRST_GROWTH
        self._refused_at = now
        self._held = False
        if self._taken < _TELLING_CALLS or period_s <= 0:
            return
        before, self._told_at = self._told_at, now
        confirmed = before is not None and now - before <= _CONFIRMED_WITHIN_PERIODS * period_s
        if self._bucket is not None or confirmed:
            # A refusal says that the pace was too quick, and never that it was too slow.
            quickest = self._bucket.per_second if self._bucket is not None else math.inf
            rate = min(quickest, self._taken / period_s)
            self._bucket = TokenBucket(rate, max(1.0, rate * _LEARNED_BURST_S))

    def wait_s(self, now: float) -> float:
        """Return the seconds until the next call keeps to the pace."""
        if self._bucket is None:
            return 0.0
        if now - self._refused_at > _FORGOTTEN_AFTER_S:
            self._bucket = None
            return 0.0
        if now - self._began > self._period_s:
            self._began = now
            self._taken = 0
            if self._held:
                self._quicken(self._bucket)
        wait_s = self._bucket.wait_s(1, now)
        self._held = self._held or wait_s > 0
        return wait_s

    def _quicken(self, bucket: TokenBucket) -> None:
        bucket.per_second *= 1 + self._growth
        bucket.capacity = max(1.0, bucket.per_second * _LEARNED_BURST_S)
        self._growth = min(1.0, _GROWTH_GROWS * self._growth)
        self._held = False

    def sent(self, now: float) -> None:
        """Note a call that is sent."""
        if self._bucket is not None:
            self._bucket.take(1, now)
