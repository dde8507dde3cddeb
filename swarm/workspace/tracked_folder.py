"""Records the files of a folder that an agent writes to as git trees, and brings them back, without trusting it.

The repository is the run's, named on every call, and the index lies outside the agent's reach; the ``.git`` inside the
folder is never read. What git would stumble over or run into is left out before git sees it.
"""

import asyncio
import os
from pathlib import Path

from swarm.errors import WorkspaceError
from swarm.workspace.git import DEFAULT_TIMEOUT_S, Git, GitResult
from swarm.workspace.survey import LeftOut, survey_changes

LARGEST_CHANGE = 1024 * 1024 * 1024


class TrackedFolder:
    """A folder of files and the host's own index of it.

    Args:
        folder: the files; an agent may do anything to what is below it.
        index: the index file, beside the folder.
        lock: the lock file that git holds while it works on the folder.
        repository: where trees are written.
        git: runs git.
        search_timeout_s: seconds that looking through the folder may take. Git opens the HEAD of what looks like an
            embedded repository, and would wait for ever where that is a FIFO.
    """

    def __init__(
        self,
        folder: Path,
        *,
        index: Path,
        lock: Path,
        repository: Path,
        git: Git,
        search_timeout_s: float = 60.0,
    ) -> None:
        self._folder = folder
        self._lock = lock
        self._index = index
        self._repository = repository
        self._git = git
        self._search_timeout_s = search_timeout_s
        self._tree = ""

    async def restore(self, tree: str, *, fresh: bool) -> None:
        """Make the files those of a tree; what is not in it is removed, but for ignored files.

        Args:
            tree: a tree or commit.
            fresh: the folder is empty, so there is nothing to remove.

        Raises:
            GitError: git could not read the tree or write the files.
        """
        await self.replace(tree)
        if not fresh:
            await self._search("clean", "-ffdq")

    async def replace(self, tree: str) -> None:
        """Make the files of the index those of a tree; others stay, unless they are in the way.

        Git compares by size, times (the change time too, which nobody can set) and inode, so a file that was tampered
        with is written anew.

        Raises:
            GitError: git could not read the tree or write the files.
        """
        await self._run("read-tree", "--reset", "-u", tree)
        self._tree = ""

    async def names(self) -> frozenset[str]:
        """Return the paths in the index. Raises GitError."""
        listed = await self._run("ls-files", "-z")
        return frozenset(os.fsdecode(name) for name in listed.stdout.split(b"\0") if name)

    async def record(self) -> tuple[str, tuple[LeftOut, ...]]:
        """Write the files as a tree and return its id, with the paths that are not part of it.

        Raises:
            WorkspaceError: the files cannot be recorded at all.
        """
        listed = await self._search("ls-files", "-z", "--others", "--modified", "--deleted", "--exclude-standard")
        names = sorted({os.fsdecode(name) for name in listed.stdout.split(b"\0") if name})
        survey = await asyncio.to_thread(survey_changes, self._folder, names)
        if survey.size > LARGEST_CHANGE:
            raise WorkspaceError(f"the changed files are {survey.size >> 20} MiB large, more than a snapshot may hold")
        if survey.remove:
            await self._run("update-index", "-z", "--force-remove", "--stdin", stdin=_joined(survey.remove))
        if survey.update:
            flags = ("--add", "--remove", "--replace")
            await self._run("update-index", "-z", *flags, "--stdin", stdin=_joined(survey.update))
        if survey.remove or survey.update or not self._tree:
            self._tree = (await self._run("write-tree")).text
        return self._tree, tuple(survey.left_out)

    async def _search(self, *arguments: str) -> GitResult:
        return await self._run(*arguments, timeout_s=self._search_timeout_s)

    async def _run(
        self, *arguments: str, stdin: bytes | None = None, timeout_s: float = DEFAULT_TIMEOUT_S
    ) -> GitResult:
        return await self._git.run(
            *arguments,
            git_dir=self._repository,
            work_tree=self._folder,
            index=self._index,
            stdin=stdin,
            lock=self._lock,
            timeout_s=timeout_s,
        )


def _joined(names: list[str]) -> bytes:
    return b"".join(os.fsencode(name) + b"\0" for name in names)
