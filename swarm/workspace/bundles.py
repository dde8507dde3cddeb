"""A run's repository as one file: with everything that the run needs, the user's history included."""

import asyncio
import shutil
from collections.abc import Iterable
from pathlib import Path

from swarm.errors import GitError, RepositoryError, WorkspaceError
from swarm.workspace.bare_repository import BareRepository, make_empty
from swarm.workspace.git import Git, alternates
from swarm.workspace.repository import RunRepository, branch_of

_TIMEOUT_S = 4 * 3600.0
_BASE = "refs/run/base"
_FETCH = (
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    "--update-head-ok",
)


async def write_bundle(run: RunRepository, intake: BareRepository, file: Path, objects: Iterable[str]) -> None:
    """Write the run's branch, its whole history, and further commits and trees with all their files.

    Args:
        run: the repository; the run may be driven meanwhile.
        intake: what has the objects that the run's repository lacks; see :func:`swarm.workspace.intake.recorded_in`.
        file: the new bundle.
        objects: full ids of what must be in it, whether or not a branch leads there.

    Raises:
        RepositoryError: something of it is lost.
    """
    asked = "".join(f"{name}\n" for name in (run.branch, *objects))
    try:
        await run.git.run(
            *("bundle", "create", "--quiet", str(file), "--stdin"),
            git_dir=run.folder,
            stdin=asked.encode(),
            environment=alternates(intake.folder / "objects"),
            timeout_s=_TIMEOUT_S,
        )
    except GitError as error:
        raise RepositoryError(
            f"the run's repository could not be bundled: {error.message}", hint="`swarm verify` shows what is lost."
        ) from error


async def read_bundle(
    file: Path,
    folder: Path,
    *,
    run_id: str,
    branch: str,
    head: str,
    base_commit: str,
    object_format: str,
    shallow: Path | None,
    git: Git,
) -> RunRepository:
    """Make a run's repository from a bundle.

    Args:
        file: the bundle.
        folder: the new repository.
        run_id: the run that it is for.
        branch: full name of the run's branch in the bundle.
        head: where the branch is to be; a commit in the bundle.
        base_commit: the commit that the run started from; kept under a name of its own.
        object_format: ``sha1`` or ``sha256``.
        shallow: the file that lists the commits whose parents are missing, when there are such.
        git: runs git.

    Raises:
        GitError: the bundle is not one, or lacks something.
        WorkspaceError: the file system failed.
    """
    target = branch_of(run_id)
    try:
        await make_empty(folder, branch=target, object_format=object_format, git=git)
        if shallow is not None:
            await asyncio.to_thread(shutil.copyfile, shallow, folder / "shallow")
    except OSError as error:
        raise WorkspaceError(f"the run's repository {folder} cannot be written: {error}") from error
    await git.run(*_FETCH, "--", str(file), f"+{branch}:{target}", git_dir=folder, timeout_s=_TIMEOUT_S)
    await git.run("update-ref", target, head, git_dir=folder)
    await git.run("update-ref", _BASE, base_commit, git_dir=folder)
    return RunRepository.open(folder, run_id=run_id, git=git)


async def make_user_repository(run: RunRepository, folder: Path, *, object_format: str) -> None:
    """Make a repository with the commit that a run started from, checked out on a branch ``main``; whole or not at all.

    Args:
        run: a repository that :func:`read_bundle` has made.
        folder: where to make it; an empty folder there is replaced.
        object_format: ``sha1`` or ``sha256``.

    Raises:
        RepositoryError: there is something else in the folder.
        WorkspaceError: git or the file system failed.
    """
    git, half_made = run.git, folder.with_name(f".{folder.name}.new")
    git_dir = half_made / ".git"
    try:
        await asyncio.to_thread(shutil.rmtree, half_made, ignore_errors=True)
        await asyncio.to_thread(half_made.mkdir, parents=True)
        await git.initialise(git_dir, f"--object-format={object_format}", "--initial-branch=main")
        await git.run("config", "core.bare", "false", git_dir=git_dir)
        shallow = run.folder / "shallow"
        if shallow.exists():
            await asyncio.to_thread(shutil.copyfile, shallow, git_dir / "shallow")
        await git.run(*_FETCH, "--", str(run.folder), f"{_BASE}:refs/heads/main", git_dir=git_dir, timeout_s=_TIMEOUT_S)
        await git.run("read-tree", "-m", "-u", "refs/heads/main", git_dir=git_dir, work_tree=half_made)
        await asyncio.to_thread(half_made.rename, folder)
    except OSError as error:
        raise RepositoryError(
            f"no repository can be made in {folder}: {error.strerror or error}", hint="Name another folder with --repo."
        ) from error
    finally:
        await asyncio.to_thread(shutil.rmtree, half_made, ignore_errors=True)
