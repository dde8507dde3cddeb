"""A run's repositories once more: for a fork, with every object that the originals have at this moment."""

import asyncio
import os
import shutil
from pathlib import Path

from swarm.errors import WorkspaceError
from swarm.workspace.bare_repository import BareRepository, make_empty
from swarm.workspace.repository import branch_of


async def copy_repository(source: BareRepository, folder: Path, *, run_id: str, head: str = "") -> None:
    """Make a repository with the objects of another one and a branch at a commit that is among them.

    Objects are linked where the file system can do that: git never changes them. The run may be driven meanwhile:
    whatever its journal names now is on disk already.

    Args:
        source: the repository to copy, a run's own or its intake.
        folder: the new one.
        run_id: the run that the new one belongs to.
        head: where its branch is to be; none is made when empty.

    Raises:
        GitError: git failed.
        WorkspaceError: the file system did.
    """
    git, branch = source.git, branch_of(run_id)
    try:
        await make_empty(folder, branch=branch, object_format=await source.object_format(), git=git)
        await asyncio.to_thread(_share, source.folder, folder)
    except OSError as error:
        raise WorkspaceError(f"the repository {source.folder} could not be copied: {error}") from error
    if head:
        await git.run("update-ref", branch, head, git_dir=folder)


def _share(source: Path, target: Path) -> None:
    for top, _, files in os.walk(source / "objects"):
        place = target / Path(top).relative_to(source)
        place.mkdir(parents=True, exist_ok=True)
        for name in files:
            if not name.startswith("tmp_"):  # what another git process is just writing
                _link_or_copy(Path(top) / name, place / name)
    for name in ("shallow", "info/attributes", "info/exclude"):
        if (source / name).exists():
            (target / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(source / name, target / name)


def _link_or_copy(file: Path, place: Path) -> None:
    if file.parent.name != "info":  # the alternates are written again
        try:
            os.link(file, place)
        except OSError:  # another file system, or one without links
            pass
        else:
            return
    shutil.copyfile(file, place)
