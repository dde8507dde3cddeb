"""Who may call an endpoint, and when: shared by all agents of the endpoint."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from swarm.errors import AccessDenied, RateLimited

Suspended = Callable[[RateLimited, float], Awaitable[None]]
"""Told why a call is held back and for how many seconds; raises to give the call up."""

Sleep = Callable[[float], Awaitable[object]]

_PROOF_WAIT_S = 30.0
_SLOWEST_RAMP_S = 1.0
_QUICKEST_RAMP_S = 0.25
_RAMP_SHARE = 0.25


class Gate:
    """Lets calls through to one endpoint.

    At most ``max_in_flight`` calls are under way. Until the endpoint has answered one call without refusing the
    key, calls go one at a time, so that a wrong key costs one request and not one per agent; once it has refused
    the key, nobody sends until another call succeeds. A throttled endpoint is left alone for as long as it asks;
    then calls are let through at a rate that doubles, so that they do not arrive all at once.

    Args:
        max_in_flight: calls that may be under way at the same time.
        clock: seconds that never run backwards.
        sleep: waits for seconds.
    """

    def __init__(self, max_in_flight: int, *, clock: Callable[[], float], sleep: Sleep) -> None:
        self._slots = asyncio.Semaphore(max_in_flight)
        self._clock = clock
        self._sleep = sleep
        self._proven = False
        self._no_probe = asyncio.Event()
        self._no_probe.set()
        self._denial: AccessDenied | None = None
        self._opens_at = -math.inf
        self._ramp_s = 0.0
        self._tickets = 0
        self._closures = 0
        self._throttle: RateLimited | None = None

    @asynccontextmanager
    async def slot(self, suspended: Suspended) -> AsyncIterator[None]:
        """Hold one call's place; waits until it may be sent.

        Args:
            suspended: told when the call waits for a throttled endpoint.

        Raises:
            AccessDenied: the endpoint refuses the key; nothing is sent.
        """
        async with self._slots:
            probing = await self._take_proof_turn()
            try:
                self._refuse_if_denied()
                await self._wait_until_open(suspended)
                self._refuse_if_denied()
                yield
            finally:
                if probing:
                    self._no_probe.set()

    def answered(self, status: int) -> None:
        """Note the status of a response, as soon as it is known."""
        if status in (401, 403):
            return
        self._proven = True
        self._no_probe.set()
        if status == 200:
            self._denial = None

    def deny(self, error: AccessDenied) -> None:
        """Note that the endpoint refuses the key."""
        self._denial = error

    def close(self, error: RateLimited, seconds: float) -> None:
        """Let nobody through for some seconds, because the endpoint is throttled."""
        opens_at = self._clock() + seconds
        if opens_at <= self._opens_at:
            return
        self._opens_at = opens_at
        self._ramp_s = min(_SLOWEST_RAMP_S, max(_QUICKEST_RAMP_S, _RAMP_SHARE * seconds))
        self._tickets = 0
        self._closures += 1
        self._throttle = error

    async def _take_proof_turn(self) -> bool:
        """Wait until the endpoint is known to take the key, or return True to the call that is to find out."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PROOF_WAIT_S):
                while not (self._proven or self._denial or self._no_probe.is_set()):
                    await self._no_probe.wait()
        if self._proven or self._denial or not self._no_probe.is_set():
            return False
        self._no_probe.clear()
        return True

    def _refuse_if_denied(self) -> None:
        if self._denial is not None:
            raise AccessDenied(self._denial.message, hint=self._denial.hint, status=self._denial.status)

    async def _wait_until_open(self, suspended: Suspended) -> None:
        closures, turn = self._closures, self._turn()
        while (wait := turn - self._clock()) > 0:
            if self._throttle is not None:
                await suspended(self._throttle, wait)
            await self._sleep(wait)
            if closures != self._closures:
                closures, turn = self._closures, self._turn()

    def _turn(self) -> float:
        """Return when the next call may go: after a closure the rate doubles with every interval of the ramp."""
        turn = self._opens_at + self._ramp_s * math.log2(1 + self._tickets)
        self._tickets += 1
        return turn
