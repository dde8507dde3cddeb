"""One attempt's workspace: its files, its commands, its snapshots, and the ``.git`` that its agent finds."""

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from swarm.durable import boot_id
from swarm.errors import WorkspaceError
from swarm.failpoints import reach
from swarm.protocols import CommandResult, Files
from swarm.workspace.agent_clone import CloneSource, is_sound, remove_locks, write_git_folder
from swarm.workspace.bare_repository import BareRepository
from swarm.workspace.files import WorkspaceFiles
from swarm.workspace.folder_pool import lock_of, remove_tree
from swarm.workspace.orphans import wait_for_orphans
from swarm.workspace.sandbox import Sandbox
from swarm.workspace.strangers import move_strangers
from swarm.workspace.survey import LeftOut
from swarm.workspace.tracked_folder import TrackedFolder

_FILES, _BOOT = "work", "boot"
_Result = TypeVar("_Result")


class CloneWorkspace:
    """One attempt's files, commands and snapshots. Implements :class:`swarm.protocols.Workspace`.

    Made by :class:`CloneWorkspaces` only.

    Args:
        attempt_id: the attempt.
        folder: its folder.
        repository: where its files come from and are recorded.
        sandbox: where commands run.
        slots: taken by each running command.
        readable: what commands can read besides the files.
        snapshot_ref: the file of the ref that names the newest snapshot; without one nothing names it.
    """

    def __init__(
        self,
        attempt_id: str,
        folder: Path,
        *,
        repository: BareRepository,
        snapshot_ref: Path | None = None,
        sandbox: Sandbox,
        slots: asyncio.Semaphore,
        readable: Sequence[Path],
    ) -> None:
        self.attempt_id = attempt_id
        self.folder = folder / _FILES
        self.left_out: tuple[LeftOut, ...] = ()
        self._files = WorkspaceFiles(self.folder)
        self._index = folder / "index"
        self._known = folder / "known"
        self._snapshot_ref = snapshot_ref
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
        """Record the files as a git tree, point the attempt's ref at it, and return its id.

        Ignored files are not part of it. What git could not hold is left out and listed in ``left_out``, for the
        agent to be told: embedded repositories, files over 50 MiB, what is neither a file nor a link.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        async with self._recording:
            await _on_disk("the snapshot cannot be prepared", self._forget_killed_git)
            tree, self.left_out = await self._tracked.record()
            if self._snapshot_ref is not None:
                await _on_disk("the snapshot cannot be named", partial(self._name_snapshot, self._snapshot_ref, tree))
            reach("snapshot.taken")
            return tree

    async def snapshot_as_left(self) -> str:
        """Record the files that a killed process has left; the empty string when it has left no whole workspace."""
        if self.folder.is_symlink() or not self.folder.is_dir() or not self._index.exists():
            return ""
        await wait_for_orphans(self._lock)
        return await self.snapshot()

    async def restore(self, tree: str, *, base_commit: str, source: CloneSource) -> None:
        """Make the files those of ``tree``, and give the agent a ``.git`` when it has no sound one.

        The agent's ignored files and a sound ``.git`` stay.

        Args:
            tree: a tree or commit.
            base_commit: where a new ``.git`` starts.
            source: what a new ``.git`` is a clone of.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        await wait_for_orphans(self._lock)
        fresh = await _on_disk("the workspace cannot be made", self._prepare_folder)
        await self._tracked.restore(tree, fresh=fresh)
        reach("clone.files-written")
        git_dir = self.folder / ".git"
        if await _on_disk("the agent's clone cannot be repaired", lambda: _repair(git_dir, source)):
            return
        if not await remove_tree(git_dir, self._lock):
            raise WorkspaceError(f"the agent's broken clone {git_dir} could not be removed")
        await _on_disk("the agent's clone cannot be made", lambda: self._make_clone(git_dir, base_commit, source))
        if fresh:
            await _on_disk("the files cannot be remembered", self._remember)

    async def renew(self, tree: str, *, base_commit: str, source: CloneSource, strangers: Path) -> None:
        """Make a new workspace out of another one's folder: nothing of what was there stays but what git wrote.

        A file stays when it is one that the host's git has written with the content that it is to have, and nobody has
        touched it since: content, permissions, attributes and links all move its change time, which nobody can set.

        Args:
            tree: a tree or commit.
            base_commit: where the ``.git`` starts.
            source: what the ``.git`` is a clone of.
            strangers: where to move what is removed; need not exist.

        Raises:
            WorkspaceError: git or the file system failed, or there is something odd; the folder is as good as before.
        """
        await wait_for_orphans(self._lock)
        await _on_disk("the folder cannot be used again", self._forget)
        await self._tracked.replace(tree)
        names = await self._tracked.names()
        await _on_disk("the folder is not clean", lambda: move_strangers(self.folder, names, to=strangers))
        git_dir = self.folder / ".git"
        await _on_disk("the agent's clone cannot be made", lambda: self._make_clone(git_dir, base_commit, source))
        await _on_disk("the files cannot be remembered", self._remember)

    def _forget(self) -> None:
        """Leave nothing beside the files but what the host knows of those that it wrote itself."""
        self._refuse_link()
        self._forget_other_boot()
        kept = (_FILES, self._known.name, _BOOT)
        for entry in list(os.scandir(self.folder.parent)):
            if entry.name not in kept:
                shutil.rmtree(entry.path) if entry.is_dir(follow_symlinks=False) else Path(entry.path).unlink()
        os.link(self._known, self._index)

    def _remember(self) -> None:
        """Keep the index of the files as the host has just written them; git replaces indexes, it changes none."""
        self._known.unlink(missing_ok=True)
        os.link(self._index, self._known)

    def _prepare_folder(self) -> bool:
        """Make the folder; return whether it is new and empty."""
        self._forget_killed_git()
        self._refuse_link()
        fresh = not self.folder.exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._forget_other_boot()
        if fresh:
            self._forget_files()
        return fresh

    def _refuse_link(self) -> None:
        if self.folder.is_symlink():
            raise NotADirectoryError(f"{self.folder} is a link")

    def _forget_other_boot(self) -> None:
        """Believe nothing of files that were written before the machine was started: each has to be written again.

        Nothing here is synced, and after a power cut a file can have its size and times, but not its bytes.
        """
        marker, now = self._index.with_name(_BOOT), boot_id()
        if (marker.read_text(errors="replace") if marker.exists() else "") != now:
            self._forget_files()
            marker.write_text(now)

    def _forget_files(self) -> None:
        for index in (self._index, self._known):
            index.unlink(missing_ok=True)

    def _forget_killed_git(self) -> None:
        self._index.with_name("index.lock").unlink(missing_ok=True)

    def _make_clone(self, git_dir: Path, base_commit: str, source: CloneSource) -> None:
        """Write the clone beside the files and move it in whole, so that a kill leaves all of it or nothing."""
        half_made = self.folder.with_name("git.new")
        write_git_folder(half_made, source=source, base_commit=base_commit, index=self._index)
        reach("clone.half-made")
        half_made.rename(git_dir)

    def _name_snapshot(self, ref: Path, tree: str) -> None:
        """Write the ref by hand, as git would: one process less per step. Only this attempt writes it.

        Losing it in a power cut loses nothing: the journal names the tree, and the repository is never pruned.
        """
        ref.parent.mkdir(parents=True, exist_ok=True)
        new = self._index.with_name("snapshot.new")
        new.write_text(f"{tree}\n")
        new.replace(ref)


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
