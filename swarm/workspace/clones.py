"""A private clone and a sandbox for every attempt, and clean checkouts for checks."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from swarm.errors import WorkspaceError
from swarm.failpoints import reach
from swarm.workspace.agent_clone import CloneSource
from swarm.workspace.bare_repository import BareRepository, path_name
from swarm.workspace.clone_workspace import CloneWorkspace
from swarm.workspace.command_limits import command_slots
from swarm.workspace.folder_pool import GONE_PREFIX, FolderPool, lock_of, remove_tree
from swarm.workspace.intake import RunIntake
from swarm.workspace.sandbox import Sandbox

log = logging.getLogger(__name__)

CHECKOUT_PREFIX = ".checkout-"
"""Begins the names of clean checkouts' folders; no attempt's folder begins with a dot."""

_REMOVED_AT_ONCE = 4
"""Folders that are removed together at a run's end, for which somebody waits: faster than one after the other."""


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where the files of a workspace come from: a repository, what its clones read, and all that it reads itself."""

    repository: BareRepository
    source: CloneSource
    readable: tuple[Path, ...]


class CloneWorkspaces:
    """Private clones below one folder. Implements :class:`swarm.protocols.Workspaces`.

    The folders of workspaces and checkouts that are over are used again, because writing only what differs costs a
    fraction of writing a large repository.

    Args:
        folder: where the attempts' folders go (``RUN/attempts``); on the same file system as the repositories.
        intake: where the attempts' files are recorded. Checkouts come from the repository that it hands over to.
        sandbox: where commands run.
        slots: taken by each running command; as many as the machine has cores.
        checkouts: how many clean checkouts there are at most; who wants another one waits.
        pool: keeps the folders that nobody uses; one with the usual limits by default.
    """

    def __init__(
        self,
        folder: Path,
        *,
        intake: RunIntake,
        sandbox: Sandbox,
        slots: asyncio.Semaphore,
        checkouts: int = 4,
        pool: FolderPool | None = None,
    ) -> None:
        self._folder = folder
        self._pool = pool or FolderPool(folder)
        self._free_checkouts = asyncio.Semaphore(checkouts)
        self._checkouts: dict[str, Path] = {}
        self._making = asyncio.Semaphore(2 * command_slots())
        self._intake = intake
        self._sandbox = sandbox
        self._slots = slots
        self._origins: dict[Path, _Origin] = {}
        self._origins_lock = asyncio.Lock()

    async def open(self, attempt_id: str, *, base_commit: str, tree: str = "") -> CloneWorkspace:
        """Create the attempt's workspace, or bring an existing one back, with exactly the files of ``tree``.

        The agent's own ``.git`` (branches, stash) is kept while it is sound. Ignored files of an existing workspace
        stay. Whatever cannot be repaired is made anew.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        folder, tree = self._attempt_folder(attempt_id), tree or base_commit
        origin = await self._origin(self._intake)
        if not await asyncio.to_thread(os.path.lexists, folder):
            return await self._new(attempt_id, folder, base_commit, tree, origin)
        workspace = self._workspace(attempt_id, folder, origin)
        try:
            await workspace.restore(tree, base_commit=base_commit, source=origin.source)
        except WorkspaceError as error:
            await self._intake.tree_of(tree)  # what is there is given up only for something that exists
            log.info("the workspace of %s is made anew: %s", attempt_id, error.message)
            await self._pool.discard(folder)
            return await self._new(attempt_id, folder, base_commit, tree, origin)
        return workspace

    async def _new(self, name: str, folder: Path, base_commit: str, tree: str, origin: "_Origin") -> CloneWorkspace:
        """Make a workspace where there is none: from a folder of the pool, or from nothing.

        A few at a time, so that who waits may get the folder of somebody who is done meanwhile.
        """
        workspace = self._workspace(name, folder, origin)
        async with self._making:
            if not await self._renewed(folder, base_commit, tree, origin):
                await workspace.restore(tree, base_commit=base_commit, source=origin.source)
        return workspace

    async def _renewed(self, folder: Path, base_commit: str, tree: str, origin: "_Origin") -> bool:
        """Make a folder of the pool a new workspace, then give it its name. One that has something odd is removed."""
        idle, strangers = self._pool.take(), self._pool.new_name(GONE_PREFIX)
        if idle is None:
            return False
        workspace = self._workspace(idle.name, idle, origin)
        try:
            await workspace.renew(tree, base_commit=base_commit, source=origin.source, strangers=strangers)
            reach("workspace.renewed")
            await self._pool.hand_over(idle, folder)
        except WorkspaceError as error:
            log.info("%s is not used again: %s", idle, error.message)
            await self._discard_quietly(idle, strangers)
            return False
        except BaseException:  # cancelled: it can be renewed from any state
            self._pool.put_back(idle)
            raise
        await self._discard_quietly(strangers)
        return True

    async def _discard_quietly(self, *folders: Path) -> None:
        for folder in folders:
            try:
                await self._pool.discard(folder)
            except WorkspaceError as error:
                log.warning("%s", error.message)

    async def snapshot_as_left(self, attempt_id: str) -> str:
        """Record the files of an attempt's workspace as a killed process has left them, and return the tree.

        Returns:
            The empty string when there is no such workspace.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        origin = await self._origin(self._intake)
        workspace = self._workspace(attempt_id, self._attempt_folder(attempt_id), origin)
        return await workspace.snapshot_as_left()

    async def close(self, attempt_id: str) -> None:
        """Have an attempt's workspace, or a checkout, over: its folder is for others. Snapshots stay.

        Does nothing when there is none.

        Raises:
            WorkspaceError: a process still works on it, or the folder could be neither kept nor removed.
        """
        checkout = self._checkouts.pop(attempt_id, None)
        if checkout is None:
            await self._pool.give(self._attempt_folder(attempt_id))
            return
        try:
            await self._pool.give(checkout)
        except WorkspaceError as error:  # it only takes space, and no check is to fail of that
            log.warning("%s", error.message)
        finally:
            self._free_checkouts.release()

    async def checkout(self, commit: str, *, name: str) -> CloneWorkspace:
        """Return a clean workspace with a commit's files and a ``.git`` of the host's making, nothing of an agent's.

        Waits while all checkouts are in use.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        await self.close(name)
        await self._free_checkouts.acquire()
        self._checkouts[name] = self._pool.new_name(CHECKOUT_PREFIX)
        return await self._new(name, self._checkouts[name], commit, commit, await self._origin(self._intake.run))

    async def leftovers(self, *, keep: Iterable[str]) -> list[str]:
        """Return the folders that nobody uses any more: of attempts that are over, and of a killed process."""
        kept = {path_name(attempt_id) for attempt_id in keep}
        return [name for name in await asyncio.to_thread(_folders_in, self._folder) if name not in kept]

    async def keep_swept(self, names: Iterable[str]) -> None:
        """Take over what :meth:`leftovers` has named, then remove what is of no more use, until cancelled."""
        await self._pool.keep_swept(names)

    async def close_all(self) -> None:
        """Remove everything, checkouts included: the run is over. What cannot be removed stays."""
        lock, at_once = lock_of(self._folder), asyncio.Semaphore(_REMOVED_AT_ONCE)

        async def remove(folder: Path) -> None:
            async with at_once:
                with contextlib.suppress(WorkspaceError):
                    await remove_tree(folder, lock)

        async with asyncio.TaskGroup() as group:
            for name in await asyncio.to_thread(_folders_in, self._folder):
                group.create_task(remove(self._folder / name))
        await remove(self._folder)
        await asyncio.to_thread(lock.unlink, missing_ok=True)

    def _workspace(self, name: str, folder: Path, origin: "_Origin") -> CloneWorkspace:
        return CloneWorkspace(
            name,
            folder,
            repository=origin.repository,
            sandbox=self._sandbox,
            slots=self._slots,
            readable=origin.readable,
            snapshot_ref=self._intake.snapshot_ref(name) if origin.repository is self._intake else None,
        )

    async def _origin(self, repository: BareRepository) -> "_Origin":
        async with self._origins_lock:
            if repository.folder not in self._origins:
                beyond = self._intake.run.folder if repository is self._intake else None
                source = CloneSource(repository.folder, await repository.object_format(), beyond)
                readable = await asyncio.to_thread(lambda: repository.objects)
                self._origins[repository.folder] = _Origin(repository, source, readable)
            return self._origins[repository.folder]

    def _attempt_folder(self, attempt_id: str) -> Path:
        return self._folder / path_name(attempt_id)


def _folders_in(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return []
