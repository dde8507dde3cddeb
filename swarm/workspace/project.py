"""Makes a git repository of a folder of files: the start of a shipped task."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from swarm.core.patterns import PathPatterns
from swarm.errors import UsageError
from swarm.workspace.git import Git

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


async def create_project(source: Path, target: Path, *, git: Git, hidden: Sequence[str] = ()) -> None:
    """Copy a folder's files, but for hidden ones, and commit them as the first commit of a new repository.

    Raises:
        UsageError: the target exists already or cannot be written.
        GitError: git failed.
    """
    try:
        await asyncio.to_thread(shutil.copytree, source, target, ignore=_left_out(source, hidden))
    except OSError as error:
        raise UsageError(f"the project cannot be created at {target}: {error}") from None
    git_dir = target / ".git"
    await git.run("init", "--quiet", "--template=", git_dir=git_dir, work_tree=target)
    await git.run("add", "--all", git_dir=git_dir, work_tree=target)
    await git.run("commit", "--quiet", "--message=Start", git_dir=git_dir, work_tree=target, environment=_IDENTITY)
