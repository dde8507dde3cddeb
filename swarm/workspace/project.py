"""Makes a git repository of a folder of files: the start of a shipped task."""

import asyncio
import shutil
from pathlib import Path

from swarm.errors import UsageError
from swarm.workspace.git import Git

_IDENTITY = {
    "GIT_AUTHOR_NAME": "swarm",
    "GIT_AUTHOR_EMAIL": "swarm@localhost",
    "GIT_COMMITTER_NAME": "swarm",
    "GIT_COMMITTER_EMAIL": "swarm@localhost",
}


async def create_project(source: Path, target: Path, *, git: Git) -> None:
    """Copy a folder's files and commit them as the first commit of a new repository.

    Raises:
        UsageError: the target exists already or cannot be written.
        GitError: git failed.
    """
    try:
        await asyncio.to_thread(shutil.copytree, source, target, ignore=shutil.ignore_patterns("__pycache__", ".git"))
    except OSError as error:
        raise UsageError(f"the project cannot be created at {target}: {error}") from None
    git_dir = target / ".git"
    await git.run("init", "--quiet", "--template=", git_dir=git_dir, work_tree=target)
    await git.run("add", "--all", git_dir=git_dir, work_tree=target)
    await git.run("commit", "--quiet", "--message=Start", git_dir=git_dir, work_tree=target, environment=_IDENTITY)
