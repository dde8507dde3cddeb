"""Host processes that outlive a killed swarm: each holds a lock file, and the next swarm waits until it is free.

A process started by a swarm that is then killed goes on: a checkout would still write files while the resumed run
already restores them. The lock is a shared ``flock`` on a descriptor that the process inherits, so the kernel releases
it at the process's end, however that comes.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from swarm.errors import WorkspaceError

_WAIT_S = 60.0
_POLL_S = 0.05


@contextmanager
def holding(lock: Path) -> Iterator[int]:
    """Give a descriptor for a process to inherit; the lock is held until the process ends and the block is left.

    Raises:
        WorkspaceError: the lock file cannot be made, or another swarm is waiting for it.
    """
    descriptor = _open(lock)
    try:
        if not _try(descriptor, fcntl.LOCK_SH):
            raise WorkspaceError(f"another process repairs what {lock} stands for")
        yield descriptor
    finally:
        os.close(descriptor)


async def wait_for_orphans(lock: Path, *, timeout_s: float = _WAIT_S) -> None:
    """Wait until no process holds the lock.

    Raises:
        WorkspaceError: one still held it after ``timeout_s`` seconds.
    """
    descriptor = _open(lock)
    deadline = time.monotonic() + timeout_s
    try:
        while not _try(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise WorkspaceError(
                    f"a process of an earlier swarm still works on what {lock} stands for",
                    hint=f"`fuser {lock}` names it; end it, then resume.",
                )
            await asyncio.sleep(_POLL_S)
    finally:
        os.close(descriptor)


def _open(lock: Path) -> int:
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        return os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise WorkspaceError(f"the lock {lock} cannot be made: {error.strerror}") from error


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
