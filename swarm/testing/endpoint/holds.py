"""Lets a test hold replies back, so that it can wait for a state instead of for time."""

import asyncio
import fnmatch
from types import TracebackType
from typing import Literal, Self

Point = Literal["start", "middle"]


class Hold:
    """Holds the matching calls while it is entered.

    ``async with endpoint.hold("parser") as hold: await hold.reached(1)`` goes on once a call waits here; the
    calls go on when the block ends.
    """

    def __init__(self, holds: "Holds", pattern: str, point: Point) -> None:
        self._holds = holds
        self._pattern = pattern
        self._point = point
        self._released = asyncio.Event()
        self._changed = asyncio.Event()
        self.waiting = 0

    async def __aenter__(self) -> Self:
        self._holds.active.append(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    async def reached(self, count: int) -> None:
        """Wait until at least this many calls are held. Put it in an ``asyncio.timeout``."""
        while self.waiting < count:
            await self._changed.wait()

    def release(self) -> None:
        """Let every held call go on, and hold no more."""
        self._released.set()
        if self in self._holds.active:
            self._holds.active.remove(self)

    def covers(self, subtask: str, point: Point) -> bool:
        """Say whether a call about this subtask is held at this point."""
        return self._point == point and fnmatch.fnmatchcase(subtask, self._pattern)

    async def wait(self) -> None:
        """Hold the calling asyncio task until the release."""
        self._count(+1)
        try:
            await self._released.wait()
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        self.waiting += change
        self._changed.set()
        self._changed = asyncio.Event()


class Holds:
    """The holds of one endpoint."""

    def __init__(self) -> None:
        self.active: list[Hold] = []

    async def pass_through(self, subtask: str, point: Point) -> None:
        """Wait for every hold that covers the call."""
        for hold in list(self.active):
            if hold.covers(subtask, point):
                await hold.wait()
