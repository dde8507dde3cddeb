"""An event loop in virtual time: nobody waits. When nothing is ready, the clock jumps to the next timer."""

import asyncio
import concurrent.futures
import selectors
from collections.abc import Callable
from typing import Any, TypeVar

_Result = TypeVar("_Result")

REAL_WAIT_S = 30.0
"""How long a real thread that the loop waits for may take, before that counts as a deadlock."""


class Deadlock(AssertionError):
    """Nothing is ready, no timer is set, and nobody outside will answer: whoever still waits waits for ever."""


class VirtualClock:
    """Time that passes only when somebody lets it. Several loops, one for each process, may share one.

    Attributes:
        elapsed: seconds since the beginning; never goes back.
        epoch: what the wall clock showed at the beginning, in Unix seconds.
        wall_offset: how far somebody has set the wall clock forward since, in seconds; may be negative.
    """

    def __init__(self, epoch: float = 1_700_000_000.0) -> None:
        self.elapsed = 0.0
        self.epoch = epoch
        self.wall_offset = 0.0

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.elapsed += max(0.0, seconds)

    def monotonic(self) -> float:
        """Return the seconds since the beginning."""
        return self.elapsed

    def wall(self) -> float:
        """Return what a clock on the wall shows, in Unix seconds."""
        return self.epoch + self.elapsed + self.wall_offset

    def suspend(self, seconds: float) -> None:
        """Put the machine to sleep: the wall clock goes on, timers do not."""
        self.wall_offset += seconds


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs callbacks in the order in which they became ready and never sleeps.

    Work for threads (``asyncio.to_thread``) is done at once on the loop, so the same program with the same seed makes
    the same moves. A real thread that reports back by ``call_soon_threadsafe`` is waited for while ``outside_works``
    says that it is busy: virtual time stands still meanwhile.

    Args:
        clock: the time that all loops of one simulation share.
        outside_works: whether something outside of the loop is at work and will report back.
    """

    def __init__(self, clock: VirtualClock, outside_works: Callable[[], bool] = lambda: False) -> None:
        self.clock = clock
        super().__init__(_JumpingSelector(clock, outside_works))

    def time(self) -> float:
        """Return virtual seconds."""
        return self.clock.elapsed

    def run_in_executor(  # type: ignore[override]
        self, _: concurrent.futures.Executor | None, func: Callable[..., _Result], *args: Any
    ) -> asyncio.Future[_Result]:
        """Call ``func`` at once; the future is done when it is returned."""
        future: asyncio.Future[_Result] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever awaits the future
            future.set_exception(error)
        return future


class _JumpingSelector(selectors.DefaultSelector):
    """Where an event loop would sleep, this one moves the clock."""

    def __init__(self, clock: VirtualClock, outside_works: Callable[[], bool]) -> None:
        super().__init__()
        self._clock = clock
        self._outside_works = outside_works

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return []  # Nobody here has a socket: what is ready is in the loop already.
        if self._outside_works():
            ready = super().select(REAL_WAIT_S)
            if not ready:
                raise Deadlock(f"a thread has not answered within {REAL_WAIT_S:g} real seconds")
            return ready
        if timeout is None:
            raise Deadlock("nothing is ready and no timer is set")
        self._clock.advance(timeout)
        return []
