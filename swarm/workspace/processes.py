"""Runs one process to its end: bounded in time and output, and gone, with all of its group, when the call returns."""

import asyncio
import contextlib
import hashlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from swarm.failpoints import reach
from swarm.protocols import CommandResult
from swarm.text import left_out_note
from swarm.workspace.descendants import Descendants
from swarm.workspace.guard import guarded
from swarm.workspace.namespace_thread import NamespaceThread
from swarm.workspace.pipes import PipeReader
from swarm.workspace.starting import start_command

_TERMINATION_GRACE_S = 2.0
# A person who cancels does not want to wait, and nothing more is expected of the process.
_CANCELLED_GRACE_S = 0.3
# A process that ended may leave behind others which hold its output open; what they still say is not waited for.
_DRAIN_S = 0.25


Supervise = Callable[[int, Callable[[str], None]], Awaitable[None]]
"""Looks after a process while it runs: given its id and what stops it, which takes the reason, words for the model."""


class _Output:
    """What a process prints: keeps head and tail, counts and digests the rest.

    ``ended`` is set when nothing more will be read; ``over`` when the process must be stopped or has ended.
    """

    def __init__(self, *, output_cap: int, read_cap: int) -> None:
        self._head_cap = output_cap - output_cap // 2
        self._tail_cap = output_cap // 2
        self._read_cap = read_cap
        self._head = bytearray()
        self._tail = bytearray()
        self._digest = hashlib.sha256()
        self.size = 0
        self.stopped = ""
        self.over = asyncio.Event()
        self._pipe = PipeReader(self._take)
        self.writing = self._pipe.writing
        self.handed_over = self._pipe.handed_over
        self.ended = self._pipe.ended
        self.close = self._pipe.close

    def _take(self, data: bytes) -> None:
        self._keep(data)
        if self.size > self._read_cap:
            self.stop(f"it printed more than {self._read_cap} bytes")
            self._pipe.stop()

    def stop(self, reason: str) -> None:
        """Have the process stopped, for the first reason that is given."""
        self.stopped = self.stopped or reason
        self.over.set()

    def _keep(self, data: bytes) -> None:
        self.size += len(data)
        self._digest.update(data)
        missing = self._head_cap - len(self._head)
        self._head += data[:missing]
        self._tail += data[missing:]
        del self._tail[: max(0, len(self._tail) - self._tail_cap)]

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    @property
    def text(self) -> str:
        left_out = self.size - len(self._head) - len(self._tail)
        stopped = f"\n[stopped: {self.stopped}]\n" if self.stopped else ""
        if not left_out:
            return (self._head + self._tail).decode(errors="replace") + stopped
        head, tail = self._head.decode(errors="replace"), self._tail.decode(errors="replace")
        return f"{head}{left_out_note(left_out, 'bytes')}{tail}{stopped}"


async def run_process(
    argv: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    timeout_s: float,
    output_cap: int = 1024 * 1024,
    read_cap: int = 10 * 1024 * 1024,
    pass_fds: Sequence[int] = (),
    supervise: Supervise | None = None,
    thread: NamespaceThread | None = None,
) -> CommandResult:
    """Run a program to its end, in a session of its own, with nothing to read on stdin.

    When the time is over, too much was printed, or the caller is cancelled, the whole process group is terminated,
    and killed two seconds later, for a cancelled caller after less than one. Processes that moved to another group are
    out of its reach: a sandbox with a process namespace ends those.

    Must be called on the thread that runs the event loop for as long as the process lives, because a sandbox that
    dies with its parent dies with the thread that started it.

    Args:
        argv: the program and its arguments.
        cwd: the folder that it starts in.
        environment: its whole environment, but for the mark by which the guard finds it should we be killed.
        timeout_s: wall time after which it is stopped, in seconds.
        output_cap: how much of stdout and stderr is kept, in bytes, half of it from the end.
        read_cap: how much it may print, in bytes, before it is stopped.
        pass_fds: file descriptors that it inherits besides the three standard ones.
        supervise: looks after it while it runs; cancelled at its end.
        thread: starts it, in its namespace and as its user; this thread does without.

    Raises:
        OSError: the program could not be started.
        ValueError: an argument holds a NUL character.
    """
    started = time.monotonic()
    output = _Output(output_cap=output_cap, read_cap=read_cap)
    try:
        try:
            pid, ending = start_command(
                argv,
                cwd=cwd,
                environment={**environment, **guarded()},
                stdout=output.writing,
                stderr=output.writing,
                pass_fds=pass_fds,
                thread=thread,
            )
        finally:
            output.handed_over()
        reach("tool.running")
        exit_code = await _wait(pid, ending, output, timeout_s, supervise)
        # Not `wait_for`: until Python 3.12 it loses a cancellation that comes as the wait ends.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_S):
                await output.ended.wait()
    finally:
        output.close()
    return CommandResult(
        exit_code=exit_code,
        output=output.text,
        output_bytes=output.size,
        output_digest=output.digest,
        seconds=time.monotonic() - started,
        stopped=output.stopped,
    )


async def _wait(
    pid: int, ending: asyncio.Future[int], output: _Output, timeout_s: float, supervise: Supervise | None
) -> int | None:
    """Wait for the process, its time limit or what else stops it; leave nothing of its group alive."""
    timed_out = False
    grace_s = _TERMINATION_GRACE_S
    async with asyncio.TaskGroup() as tasks:
        ending.add_done_callback(lambda _: output.over.set())
        watching = tasks.create_task(_watch(supervise, pid, output))
        try:
            async with asyncio.timeout(timeout_s):
                await output.over.wait()
        except TimeoutError:
            timed_out = not ending.done()
        except asyncio.CancelledError:
            grace_s = _CANCELLED_GRACE_S
            raise
        finally:
            watching.cancel()
            await _end_group(pid, ending, grace_s)
    return None if timed_out else ending.result()


async def _watch(supervise: Supervise | None, pid: int, output: _Output) -> None:
    if supervise is not None:
        await supervise(pid, output.stop)


async def _end_group(group: int, ending: asyncio.Future[int], grace_s: float) -> None:
    """Terminate a process group, and kill what is left of it, and of what it had started, after a while."""
    descendants = None
    try:
        if not ending.done():
            # A sandbox that is ended while it starts may not have asked yet to die with its parent, and is in another
            # group. So what there is is looked up while nothing new can be started.
            descendants = Descendants(group)
            _signal_group(group, signal.SIGTERM)
            descendants.go_on()
            await asyncio.wait({ending}, timeout=grace_s)
    finally:
        # Also reached when the caller is cancelled a second time: the kill itself never waits.
        _signal_group(group, signal.SIGKILL)
        if descendants is not None:
            descendants.kill()
        await asyncio.wait({ending})


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
