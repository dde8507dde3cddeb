"""Makes a git repository of a folder of files: the start of a task, or inputs that no repository holds."""

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from swarm.core.patterns import PathPatterns
from swarm.errors import UsageError
from swarm.workspace.git import Git

MOST_FILES = 100_000
MOST_BYTES = 4 * 1024**3
"""How much a folder of inputs may hold: who names a home folder by mistake is told so before it is copied."""

_IDENTITY = {
    "GIT_AUTHOR_NAME": "swarm",
    "GIT_AUTHOR_EMAIL": "swarm@localhost",
    "GIT_COMMITTER_NAME": "swarm",
    "GIT_COMMITTER_EMAIL": "swarm@localhost",
}


def _left_out(source: Path, hidden: Sequence[str]) -> Callable[[str, list[str]], set[str]]:
    patterns = PathPatterns(hidden, meaning="hidden")

    def among(folder: str, names: list[str]) -> set[str]:
        files = [name for name in names if not (Path(folder) / name).is_dir()]
        paths = {(Path(folder) / name).relative_to(source).as_posix(): name for name in files}
        return {paths[path] for path in patterns.among(paths)} | {"__pycache__", ".git"}.intersection(names)

    return among


async def create_project(source: Path, target: Path, *, git: Git, below: str = "", hidden: Sequence[str] = ()) -> None:
    """Copy a folder's files, but for hidden ones, and commit them as the first commit of a new repository.

    Links are copied as links, so that nothing outside the folder gets in.

    Args:
        source: the folder.
        target: where the repository is made.
        git: runs git.
        below: the folder in the repository that the files go to, all of them, ignored ones included; its top, without
            what its own ``.gitignore`` names, when empty.
        hidden: patterns of files, as paths from the folder, that are left out.

    Raises:
        UsageError: the target exists already or cannot be written, or the source cannot be read or holds too much.
        GitError: git failed.
    """
    if below:
        await asyncio.to_thread(_refuse_too_much, source)
    try:
        await asyncio.to_thread(target.mkdir, parents=True)
    except OSError as error:
        raise UsageError(f"the project cannot be created at {target}: {error.strerror}") from None
    try:
        await asyncio.to_thread(_copy, source, target / below, hidden)
    except OSError as error:
        await asyncio.to_thread(shutil.rmtree, target, True)
        raise UsageError(f"the files in {source} cannot be copied: {error}") from None
    git_dir = target / ".git"
    everything = ("--all", "--force") if below else ("--all",)
    await git.run("init", "--quiet", "--template=", git_dir=git_dir, work_tree=target)
    await git.run("add", *everything, git_dir=git_dir, work_tree=target)
    commit = ("commit", "--quiet", "--allow-empty", "--message=Start")
    await git.run(*commit, git_dir=git_dir, work_tree=target, environment=_IDENTITY)


def _refuse_too_much(source: Path) -> None:
    files = size = 0
    for folder, _, names in os.walk(source):
        files += len(names)
        size += sum((Path(folder) / name).lstat().st_size for name in names)
        if files > MOST_FILES or size > MOST_BYTES:
            raise UsageError(
                f"{source} holds more than {MOST_FILES:,} files or {MOST_BYTES:,} bytes",
                hint="Name a folder that holds only what the run needs.",
            )


def _copy(source: Path, target: Path, hidden: Sequence[str]) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=_left_out(source, hidden), dirs_exist_ok=True)
