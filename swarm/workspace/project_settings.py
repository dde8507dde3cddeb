"""Reads what a repository says about work on it, from its commit: never from files, which may be links to anything."""

from pathlib import Path

from swarm.core.project import FILE, INSTRUCTIONS_FILE, ProjectSettings, read_project
from swarm.text import neutralise
from swarm.workspace.git import Git
from swarm.workspace.user_repository import inspect_user_repository

_MOST_BYTES = 256 * 1024


async def project_settings(repository: Path) -> ProjectSettings:
    """Return what the commit that HEAD names proposes.

    Raises:
        RepositoryError: there is no repository, or no commit.
        GitError: git failed.
    """
    git = Git()
    user = await inspect_user_repository(repository, git=git)

    async def text(name: str) -> str:
        """Return a regular file's text; empty when there is none."""
        found = await git.run("ls-tree", "-z", user.head_commit, "--", name, git_dir=user.git_dir, check=False)
        mode, _, blob = found.stdout.partition(b"\t")[0].partition(b" blob ")
        if found.exit_code or mode not in (b"100644", b"100755"):
            return ""
        shown = await git.run(
            "cat-file",
            "blob",
            blob.decode(),
            git_dir=user.git_dir,
            output_limit=_MOST_BYTES,
            truncate=True,
            check=False,
        )
        return neutralise(shown.stdout.decode(errors="replace"))

    return read_project(await text(FILE), await text(INSTRUCTIONS_FILE))
