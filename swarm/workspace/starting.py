"""Starts processes so that a caller who is cancelled meanwhile leaves nothing behind."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from swarm.workspace.descendants import Descendants


async def start_process(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    stdin: int,
    stdout: int,
    stderr: int,
    pass_fds: Sequence[int] = (),
) -> asyncio.subprocess.Process:
    """Start a program in a session of its own.

    asyncio, cancelled between the start of a process and the connection of its pipes, kills the process but not what
    it has started, and then waits for the pipes that those still hold. So the start is let finish; then all are killed.

    Raises:
        OSError: the program could not be started.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env=environment,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            pass_fds=pass_fds,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        starting.add_done_callback(_kill)  # not after the wait: that may be cancelled as well
        await asyncio.wait({starting})
        if starting.exception() is None:
            await starting.result().wait()
        raise


def _kill(starting: "asyncio.Future[asyncio.subprocess.Process]") -> None:
    if not starting.cancelled() and starting.exception() is None:
        Descendants(starting.result().pid).kill()
