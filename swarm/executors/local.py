"""The local executor: attempts as asyncio tasks of this process."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from swarm.core.stimuli import Stimulus

Report = Callable[[Stimulus], None]


class LocalExecutor:
    """Runs named pieces of work in one task group and reports what each came to.

    Args:
        group: the task group that owns all work; it fails when one piece raises.
        report: told each stimulus, on the event loop.
    """

    def __init__(self, group: asyncio.TaskGroup, report: Report) -> None:
        self._group = group
        self._report = report
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def at_work(self) -> int:
        """How many pieces of work have not ended."""
        return len(self._tasks)

    def start(self, name: str, work: Coroutine[Any, Any, Stimulus | None]) -> None:
        """Start a piece of work; ``name`` is unique among those that have not ended."""
        assert name not in self._tasks, f"{name} is at work already"
        task = self._group.create_task(self._carry_out(work), name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name, None))

    async def _carry_out(self, work: Awaitable[Stimulus | None]) -> None:
        stimulus = await work
        if stimulus is not None:
            self._report(stimulus)

    def cancel(self, name: str) -> None:
        """Cancel a piece of work and everything it started; nothing is reported of it."""
        task = self._tasks.get(name)
        if task:
            task.cancel()

    async def ended(self, name: str) -> None:
        """Wait until a piece of work has ended, if there is one of that name."""
        task = self._tasks.get(name)
        if task:
            await asyncio.wait([task])

    def start_draining(self, grace_s: float, drained: Stimulus) -> None:
        """Drain in the background and report ``drained`` when nothing is at work any more."""

        async def drain() -> None:
            await self.drain(grace_s)
            self._report(drained)

        self._group.create_task(drain(), name="drain")

    async def drain(self, grace_s: float) -> None:
        """Wait until all work has ended; cancel what has not after ``grace_s`` seconds."""
        tasks = list(self._tasks.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=grace_s)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
