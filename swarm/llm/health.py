"""What is told of the endpoints' states: changes only, and never many."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from swarm.core.events import EndpointChanged, EndpointState

_APART_S = 10.0


@dataclass(slots=True)
class _Told:
    state: EndpointState
    until: float
    at: float


class EndpointWatch:
    """Passes changes on to whoever listens.

    A listener that is slow misses what has been overtaken, so that nothing piles up. An endpoint that throttles again
    and again is told of every ten seconds at most, and its recovery from that not at all: the time says it.

    Args:
        clock: seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told: dict[tuple[str, str], _Told] = {}
        self._listeners: list[_Listener] = []

    def note(self, change: EndpointChanged) -> None:
        """Pass a change on if it is news."""
        now = self._clock()
        key = (change.endpoint, change.model)
        until = now + (change.wait_s or 0.0)
        if not self._is_news(self._told.get(key), change.state, until, now):
            return
        self._told[key] = _Told(change.state, until, now)
        for listener in self._listeners:
            listener.put(key, change)

    async def changes(self) -> AsyncGenerator[EndpointChanged, None]:
        """Yield changes from now on."""
        listener = _Listener()
        self._listeners.append(listener)
        try:
            while True:
                for change in await listener.take():
                    yield change
        finally:
            self._listeners.remove(listener)

    @staticmethod
    def _is_news(before: _Told | None, state: EndpointState, until: float, now: float) -> bool:
        if state is EndpointState.READY:
            return before is not None and before.state in (EndpointState.DOWN, EndpointState.REFUSED)
        if before is None or before.state is not state:
            return True
        return now - before.at >= _APART_S and until > before.until


class _Listener:
    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], EndpointChanged] = {}
        self._arrived = asyncio.Event()

    def put(self, key: tuple[str, str], change: EndpointChanged) -> None:
        self._waiting.pop(key, None)
        self._waiting[key] = change
        self._arrived.set()

    async def take(self) -> list[EndpointChanged]:
        await self._arrived.wait()
        self._arrived.clear()
        taken, self._waiting = list(self._waiting.values()), {}
        return taken
