"""A private clone and a sandbox for every attempt, and clean checkouts for checks."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from swarm.durable import boot_id
from swarm.errors import WorkspaceError
from swarm.failpoints import reach
from swarm.protocols import CommandResult, Files
from swarm.workspace.agent_clone import CloneSource, is_sound, remove_locks, write_git_folder
from swarm.workspace.files import WorkspaceFiles
from swarm.workspace.orphans import holding, wait_for_orphans
from swarm.workspace.processes import run_process
from swarm.workspace.repository import RunRepository, path_name
from swarm.workspace.sandbox import Sandbox
from swarm.workspace.survey import LeftOut
from swarm.workspace.tracked_folder import TrackedFolder

CHECKOUT_PREFIX = ".checkout-"
"""Folders of clean checkouts; no attempt's folder begins with a dot."""

GONE_PREFIX = ".gone-"
"""Folders of workspaces that are over and about to be removed."""

_MOST_GONE = 32
"""Workspaces that may wait for their removal; who closes another one removes it himself."""

_REMOVAL_TIMEOUT_S = 600.0
_Result = TypeVar("_Result")


class CloneWorkspace:
    """One attempt's files, commands and snapshots. Implements :class:`swarm.protocols.Workspace`.

    Made by :class:`CloneWorkspaces` only.
    """

    def __init__(
        self,
        attempt_id: str,
        folder: Path,
        *,
        repository: RunRepository,
        sandbox: Sandbox,
        slots: asyncio.Semaphore,
        readable: Sequence[Path],
    ) -> None:
        self.attempt_id = attempt_id
        self.folder = folder / "work"
        self.left_out: tuple[LeftOut, ...] = ()
        self._files = WorkspaceFiles(self.folder)
        self._index = folder / "index"
        self._repository = repository
        self._lock = lock_of(folder)
        self._tracked = TrackedFolder(
            self.folder, index=self._index, lock=self._lock, repository=repository.folder, git=repository.git
        )
        self._sandbox = sandbox
        self._slots = slots
        self._readable = tuple(readable)
        self._recording = asyncio.Lock()

    @property
    def files(self) -> Files:
        """The files, from the host's side."""
        return self._files

    @property
    def confined(self) -> bool:
        """Whether a command can have no effect but on the files."""
        return self._sandbox.confined

    async def run(self, command: str, *, timeout_s: float) -> CommandResult:
        """Run a shell command in the sandbox, when one of the machine's slots is free; waiting has no limit.

        Raises:
            WorkspaceError: the sandbox itself could not start the command.
        """
        async with self._slots:
            return await self._sandbox.run(self.folder, command, timeout_s=timeout_s, readable=self._readable)

    async def snapshot(self) -> str:
        """Record the files as a git tree, point ``refs/swarm/snapshots/`` at it, and return its id.

        Ignored files are not part of it. What git could not hold is left out and listed in ``left_out``, for the
        agent to be told: embedded repositories, files over 50 MiB, what is neither a file nor a link.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        async with self._recording:
            await _on_disk("the snapshot cannot be prepared", self._forget_killed_git)
            tree, self.left_out = await self._tracked.record()
            await _on_disk("the snapshot cannot be named", lambda: self._name_snapshot(tree))
            reach("snapshot.taken")
            return tree

    async def snapshot_as_left(self) -> str:
        """Record the files that a killed process has left; the empty string when it has left no whole workspace."""
        if self.folder.is_symlink() or not self.folder.is_dir() or not self._index.exists():
            return ""
        await wait_for_orphans(self._lock)
        return await self.snapshot()

    async def restore(self, tree: str, *, base_commit: str, source: CloneSource, clean: bool = False) -> None:
        """Make the files those of ``tree``, and give the agent a ``.git`` when it has no sound one.

        Args:
            tree: a tree or commit.
            base_commit: where a new ``.git`` starts.
            source: what a new ``.git`` is a clone of.
            clean: keep nothing of what was there: no ignored file, no ``.git``.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        await wait_for_orphans(self._lock)
        fresh = await _on_disk("the workspace cannot be made", self._prepare_folder)
        await self._tracked.restore(tree, fresh=fresh, keep_ignored=not clean)
        reach("clone.files-written")
        git_dir = self.folder / ".git"
        if not clean and await _on_disk("the agent's clone cannot be repaired", lambda: _repair(git_dir, source)):
            return
        if not await _remove(git_dir, self._lock):
            raise WorkspaceError(f"the agent's broken clone {git_dir} could not be removed")
        await _on_disk("the agent's clone cannot be made", lambda: self._make_clone(git_dir, base_commit, source))

    def _prepare_folder(self) -> bool:
        """Make the folder; return whether it is new and empty."""
        self._forget_killed_git()
        if self.folder.is_symlink():
            raise NotADirectoryError(f"{self.folder} is a link")
        fresh = not self.folder.exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._is_of_another_boot() or fresh:
            self._index.unlink(missing_ok=True)
        return fresh

    def _is_of_another_boot(self) -> bool:
        """Whether the files were written before the machine was started: then each of them has to be written again.

        Nothing here is synced, and after a power cut a file can have its size and times, but not its bytes.
        """
        marker, now = self._index.with_name("boot"), boot_id()
        before = marker.read_text(errors="replace") if marker.exists() else ""
        if before == now:
            return False
        marker.write_text(now)
        return True

    def _forget_killed_git(self) -> None:
        self._index.with_name("index.lock").unlink(missing_ok=True)

    def _make_clone(self, git_dir: Path, base_commit: str, source: CloneSource) -> None:
        """Write the clone beside the files and move it in whole, so that a kill leaves all of it or nothing."""
        half_made = self.folder.with_name("git.new")
        write_git_folder(half_made, source=source, base_commit=base_commit, index=self._index)
        reach("clone.half-made")
        half_made.rename(git_dir)

    def _name_snapshot(self, tree: str) -> None:
        """Write the ref by hand, as git would: one process less per step. Only this attempt writes it.

        Losing it in a power cut loses nothing: the journal names the tree, and the repository is never pruned.
        """
        ref = self._repository.folder / "refs/swarm/snapshots" / path_name(self.attempt_id)
        ref.parent.mkdir(parents=True, exist_ok=True)
        new = self._index.with_name("snapshot.new")
        new.write_text(f"{tree}\n")
        new.replace(ref)


class CloneWorkspaces:
    """Private clones below one folder. Implements :class:`swarm.protocols.Workspaces`.

    Args:
        folder: where the attempts' folders go (``RUN/attempts``); on the same file system as the repository.
        repository: the run's repository.
        sandbox: where commands run.
        slots: taken by each running command; as many as the machine has cores.
        checkouts: how many clean checkouts there are at most; who wants another one waits. Their folders are used
            again, because writing only what differs costs a fraction of writing a large repository.
    """

    def __init__(
        self,
        folder: Path,
        *,
        repository: RunRepository,
        sandbox: Sandbox,
        slots: asyncio.Semaphore,
        checkouts: int = 4,
    ) -> None:
        self._folder = folder
        self._idle_checkouts = asyncio.LifoQueue[str]()
        for number in range(checkouts, 0, -1):
            self._idle_checkouts.put_nowait(f"{CHECKOUT_PREFIX}{number}")
        self._checkouts: dict[str, str] = {}
        self._repository = repository
        self._sandbox = sandbox
        self._slots = slots
        self._source: CloneSource | None = None
        self._source_lock = asyncio.Lock()
        self._readable: tuple[Path, ...] = ()
        self._gone: asyncio.Queue[Path] = asyncio.Queue(_MOST_GONE)
        self._sweeping = False
        self._closed = 0

    async def open(self, attempt_id: str, *, base_commit: str, tree: str = "") -> CloneWorkspace:
        """Create the attempt's workspace, or bring an existing one back, with exactly the files of ``tree``.

        The agent's own ``.git`` (branches, stash) is kept while it is sound. Ignored files of an existing workspace
        stay. Whatever cannot be repaired is made anew.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        return await self._restored(attempt_id, base_commit=base_commit, tree=tree or base_commit, clean=False)

    async def _restored(self, name: str, *, base_commit: str, tree: str, clean: bool) -> CloneWorkspace:
        workspace = await self._workspace(name)
        source = await self._clone_source()
        try:
            await workspace.restore(tree, base_commit=base_commit, source=source, clean=clean)
        except WorkspaceError:
            await self._repository.tree_of(tree)  # what is there is given up only for something that exists
            await self._remove_folder(name)
            await workspace.restore(tree, base_commit=base_commit, source=source, clean=clean)
        return workspace

    async def snapshot_as_left(self, attempt_id: str) -> str:
        """Record the files of an attempt's workspace as a killed process has left them, and return the tree.

        Returns:
            The empty string when there is no such workspace.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        workspace = await self._workspace(attempt_id)
        return await workspace.snapshot_as_left()

    async def close(self, attempt_id: str) -> None:
        """Remove the attempt's workspace; snapshots stay. Does nothing when there is none.

        A checkout's folder is kept for the next one.

        Raises:
            WorkspaceError: the file system kept something.
        """
        checkout = self._checkouts.pop(attempt_id, "")
        if checkout:
            self._idle_checkouts.put_nowait(checkout)
        elif not await self._put_away(attempt_id):
            await self._remove_folder(attempt_id)

    async def _put_away(self, name: str) -> bool:
        """Rename a workspace for :meth:`sweep` to remove: an attempt need not wait until 20,000 files are gone."""
        if not self._sweeping or self._gone.full():
            return False
        folder = self._attempt_folder(name)
        self._closed += 1
        gone = folder.with_name(f"{GONE_PREFIX}{self._closed}-{folder.name}")
        await wait_for_orphans(lock_of(folder))
        try:
            await asyncio.to_thread(folder.rename, gone)
            await asyncio.to_thread(lock_of(folder).unlink, missing_ok=True)
        except OSError:
            return False
        if self._gone.full():
            return await _remove(gone, lock_of(gone))
        self._gone.put_nowait(gone)
        return True

    async def _remove_folder(self, name: str) -> None:
        folder = self._attempt_folder(name)
        lock = lock_of(folder)
        if not await asyncio.to_thread(lambda: os.path.lexists(folder) or lock.exists()):
            return
        await wait_for_orphans(lock)
        if not await _remove(folder, lock):
            raise WorkspaceError(f"the workspace {folder} could not be removed", hint="Remove it by hand.")
        await _on_disk("the workspace's lock cannot be removed", lambda: lock.unlink(missing_ok=True))

    async def checkout(self, commit: str, *, name: str) -> CloneWorkspace:
        """Return a clean workspace with a commit's files and a ``.git`` of the host's making, nothing of an agent's.

        Waits while all checkouts are in use.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        await self.close(name)
        folder = await self._idle_checkouts.get()
        self._checkouts[name] = folder
        return await self._restored(folder, base_commit=commit, tree=commit, clean=True)

    async def leftovers(self, *, keep: Iterable[str]) -> list[str]:
        """Return the folders of attempts that are over: of a cancelled one, or of a killed process."""
        kept = {path_name(attempt_id) for attempt_id in keep}
        names = await asyncio.to_thread(_folders_in, self._folder)
        return [name for name in names if name not in kept and not name.startswith(CHECKOUT_PREFIX)]

    async def sweep(self, names: Iterable[str]) -> None:
        """Remove folders that :meth:`leftovers` has named. What cannot be removed stays: it only takes space."""
        for name in names:
            await self._sweep_one(self._folder / name)

    async def keep_swept(self, names: Iterable[str]) -> None:
        """Do that, then remove every workspace soon after it is closed, until cancelled."""
        self._sweeping = True
        try:
            await self.sweep(names)
            while True:
                await self._sweep_one(await self._gone.get())
        finally:
            self._sweeping = False

    async def _sweep_one(self, folder: Path) -> None:
        lock = lock_of(folder)
        with contextlib.suppress(WorkspaceError):
            await wait_for_orphans(lock)
            await _remove(folder, lock)
            await asyncio.to_thread(lock.unlink, missing_ok=True)

    async def close_all(self) -> None:
        """Remove everything, checkouts included: the run is over. What cannot be removed stays."""
        lock = lock_of(self._folder)
        with contextlib.suppress(WorkspaceError):
            await _remove(self._folder, lock)
        await asyncio.to_thread(lock.unlink, missing_ok=True)

    async def _workspace(self, attempt_id: str) -> CloneWorkspace:
        if not self._readable:
            self._readable = await asyncio.to_thread(lambda: self._repository.objects)
        return CloneWorkspace(
            attempt_id,
            self._attempt_folder(attempt_id),
            repository=self._repository,
            sandbox=self._sandbox,
            slots=self._slots,
            readable=self._readable,
        )

    async def _clone_source(self) -> CloneSource:
        async with self._source_lock:
            if self._source is None:
                object_format = await self._repository.object_format()
                self._source = CloneSource(self._repository.folder, object_format)
            return self._source

    def _attempt_folder(self, attempt_id: str) -> Path:
        name = attempt_id if attempt_id.startswith(CHECKOUT_PREFIX) else path_name(attempt_id)
        return self._folder / name


def _folders_in(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []


def lock_of(folder: Path) -> Path:
    """Return the lock file of an attempt's folder, which lies beside it, so that it outlives the folder."""
    return folder.with_name(f"{folder.name}.lock")


def _repair(git_dir: Path, source: CloneSource) -> bool:
    """Remove stale locks from a sound clone; return whether it is one."""
    if not is_sound(git_dir, source=source):
        return False
    remove_locks(git_dir)
    return True


async def _on_disk(failure: str, action: Callable[[], _Result]) -> _Result:
    try:
        return await asyncio.to_thread(action)
    except OSError as error:
        raise WorkspaceError(f"{failure}: {error}") from error


async def _remove(folder: Path, lock: Path) -> bool:
    """Remove a folder whatever an agent has put there: trees too deep for recursion, folders without permissions."""
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
