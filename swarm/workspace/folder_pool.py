"""Folders of workspaces that are over: the next workspace takes one, or it is removed beside the work.

To write 20,000 files takes seconds, and to remove them as long; to make a folder that has most of them already hold
what it should takes a fraction of a second. So some folders are kept, while their disk has room.
"""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from swarm.errors import WorkspaceError
from swarm.workspace.orphans import holding, wait_for_orphans
from swarm.workspace.processes import run_process

IDLE_PREFIX = ".idle-"
"""Begins the names of folders that wait for a workspace; no attempt's folder begins with a dot."""

GONE_PREFIX = ".gone-"
"""Begins the names of what is about to be removed."""

SPARE_PREFIXES = (IDLE_PREFIX, GONE_PREFIX)
"""Begin the names of folders that a run can do without."""

MOST_IDLE = 32
LEAST_FREE_BYTES = 2 * 1024**3
_MOST_GONE = 32
"""Folders that may wait for their removal; who discards another one removes it himself."""

_LOOK_S = 5.0
_REMOVAL_TIMEOUT_S = 600.0


class FolderPool:
    """The folders of one run's workspaces that no workspace uses.

    Args:
        folder: where the workspaces' folders are.
        most: how many are kept at most.
        least_free_bytes: how much of their disk has to be free for any to be kept.
    """

    def __init__(self, folder: Path, *, most: int = MOST_IDLE, least_free_bytes: int = LEAST_FREE_BYTES) -> None:
        self._folder = folder
        self._most = most
        self._least_free_bytes = least_free_bytes
        self._idle: list[Path] = []
        self._giving = asyncio.Lock()
        self._gone: asyncio.Queue[Path] = asyncio.Queue(_MOST_GONE)
        self._sweeping = False

    def new_name(self, prefix: str) -> Path:
        """Return a path that nothing has, beside the workspaces' folders."""
        return self._folder / f"{prefix}{secrets.token_hex(6)}"

    def take(self) -> Path | None:
        """Return the folder that was given last, if there is one: it is the caller's from now on."""
        return self._idle.pop() if self._idle else None

    def put_back(self, folder: Path) -> None:
        """Have a folder that was taken wait again, whatever was done to it."""
        self._idle.append(folder)

    async def give(self, folder: Path) -> None:
        """Take over a workspace's folder, whatever is in it. Does nothing when there is none.

        Raises:
            WorkspaceError: a process still works on it, or it could be neither kept nor removed.
        """
        if not await asyncio.to_thread(os.path.lexists, folder):
            return
        await wait_for_orphans(lock_of(folder))
        async with self._giving:
            idle = self.new_name(IDLE_PREFIX)
            if len(self._idle) < self._most and await asyncio.to_thread(self._keep, folder, idle):
                self._idle.append(idle)
                return
        await self.discard(folder)

    def _keep(self, folder: Path, idle: Path) -> bool:
        return self._disk_has_room() and _rename(folder, idle)

    async def hand_over(self, idle: Path, name: Path) -> None:
        """Give a folder that was taken its new name. Raises WorkspaceError."""
        if not await asyncio.to_thread(_rename, idle, name):
            raise WorkspaceError(f"{idle} cannot be renamed to {name}")

    async def discard(self, folder: Path) -> None:
        """Remove a folder: beside the work while :meth:`keep_swept` runs, else at once.

        Raises:
            WorkspaceError: a process still works on it, or the file system kept something.
        """
        if not await asyncio.to_thread(os.path.lexists, folder):
            return
        await wait_for_orphans(lock_of(folder))
        gone = self.new_name(GONE_PREFIX)
        if self._sweeping and not self._gone.full() and await asyncio.to_thread(_rename, folder, gone):
            folder = gone
            if not self._gone.full():
                self._gone.put_nowait(folder)
                return
        await _remove(folder)

    async def keep_swept(self, names: Iterable[str]) -> None:
        """Take over the folders that a killed process has left, then remove what is discarded, until cancelled.

        What cannot be removed stays: it only takes space.
        """
        self._sweeping = True
        try:
            for name in names:
                with contextlib.suppress(WorkspaceError):
                    await (_remove if name.startswith(GONE_PREFIX) else self.give)(self._folder / name)
            while True:
                with contextlib.suppress(WorkspaceError, TimeoutError):
                    async with asyncio.timeout(_LOOK_S):
                        folder = await self._gone.get()
                    await _remove(folder)
                await self._make_room()
        finally:
            self._sweeping = False

    async def _make_room(self) -> None:
        """Remove idle folders until their disk has room."""
        while self._idle and not await asyncio.to_thread(self._disk_has_room):
            with contextlib.suppress(WorkspaceError):
                await _remove(self._idle.pop(0))

    def _disk_has_room(self) -> bool:
        try:
            disk = os.statvfs(self._folder)
        except OSError:
            return False
        return disk.f_bavail * disk.f_frsize >= self._least_free_bytes


def lock_of(folder: Path) -> Path:
    """Return the lock file of a workspace's folder, which lies beside it, so that it outlives the folder."""
    return folder.with_name(f"{folder.name}.lock")


def _rename(folder: Path, name: Path) -> bool:
    try:
        folder.rename(name)
        lock_of(folder).unlink(missing_ok=True)
    except OSError:
        return False
    return True


async def _remove(folder: Path) -> None:
    lock = lock_of(folder)
    await wait_for_orphans(lock)
    if not await remove_tree(folder, lock):
        raise WorkspaceError(f"the workspace {folder} could not be removed", hint="Remove it by hand.")
    with contextlib.suppress(OSError):
        await asyncio.to_thread(lock.unlink, missing_ok=True)


async def remove_tree(folder: Path, lock: Path) -> bool:
    """Remove a folder whatever an agent has put there: trees too deep for recursion, folders without permissions.

    Args:
        folder: what is removed; need not exist.
        lock: the lock file that is held meanwhile.

    Returns:
        Whether nothing of it is left.
    """
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    for command in (["rm", "-rf"], ["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
        if not await asyncio.to_thread(os.path.lexists, folder):
            return True
        with holding(lock) as descriptor:
            await run_process(
                [*command, "--", str(folder)],
                cwd=Path("/"),
                environment=environment,
                timeout_s=_REMOVAL_TIMEOUT_S,
                pass_fds=(descriptor,),
            )
    return not await asyncio.to_thread(os.path.lexists, folder)
