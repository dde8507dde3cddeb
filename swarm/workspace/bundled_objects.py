"""Brings a commit from one repository into another as a bundle, with every object checked by git on the way in.

``git fetch`` checks nothing of what comes as a bundle before git 2.46, whatever its settings say. So the pack in the
bundle is given to the program that fetch itself uses for a pack from elsewhere, with the rules that fetch would give.
"""

import asyncio
import os
from pathlib import Path
from typing import BinaryIO

from swarm.durable import sync
from swarm.errors import GitError, WorkspaceError
from swarm.workspace.bare_repository import BareRepository
from swarm.workspace.git import as_environment
from swarm.workspace.object_rules import strict, strict_for_older_git

LOOSE_UP_TO = 100
"""So many objects are written one by one, as ``git fetch`` does: with a pack for each hand-in all reading gets slow."""

# The bundle is read once, on this machine: to make it small would take longer than to read it.
_QUICK = as_environment({"pack.window": "0", "pack.compression": "1"})

_LINE = 1024 * 1024
_MOST_LINES = 64


async def write_bundle_of(repository: BareRepository, ref: str, *, base: str, file: Path) -> None:
    """Bundle what a ref leads to and a commit does not.

    Raises:
        WorkspaceError: git or the file system failed.
    """
    try:
        await asyncio.to_thread(_clear, file)
    except OSError as error:
        raise WorkspaceError(f"the bundle {file} cannot be written: {error}") from error
    arguments = ("bundle", "create", "--quiet", str(file), ref, f"^{base}")
    await repository.git.run(*arguments, git_dir=repository.folder, lock=repository.lock, environment=_QUICK)


async def take_in(file: Path, repository: BareRepository, *, ref: str, commit: str) -> None:
    """Write the objects of a bundle to a repository, checked; whatever is there has all that it leads to.

    An object is written after those that it names, or all are at once, so a kill leaves nothing that is incomplete.

    Args:
        file: the bundle.
        repository: has what the bundle builds on.
        ref: what the bundle must hold, and nothing else.
        commit: what the ref must be at.

    Raises:
        GitError: git refused an object (see :func:`swarm.workspace.object_rules.first_refusal`) or failed.
        WorkspaceError: it is another bundle, or the file system failed.
    """
    try:
        with file.open("rb") as bundle:
            start = _start_of_pack(bundle, f"{commit} {ref}\n".encode())
            count = int.from_bytes(os.pread(bundle.fileno(), 4, start + 8), "big")
            await _write_objects(bundle, start, repository, loose=count <= LOOSE_UP_TO)
    except OSError as error:
        raise WorkspaceError(f"the bundle {file} cannot be taken in: {error}") from error


def _clear(file: Path) -> None:
    """Remove what a killed process has left of a bundle, git's lock on it included."""
    file.parent.mkdir(exist_ok=True)
    for left in (file, file.with_name(f"{file.name}.lock")):
        left.unlink(missing_ok=True)


def _start_of_pack(bundle: BinaryIO, wanted: bytes) -> int:
    """Return where the pack begins, after the lines of a header that must name one ref."""
    lines = iter(lambda: bundle.readline(_LINE), b"\n")
    header = [line for line, _ in zip(lines, range(_MOST_LINES), strict=False)]
    refs = [line for line in header[1:] if line[:1] not in (b"@", b"-")]
    if refs != [wanted]:
        raise WorkspaceError("the bundle of what was handed in does not hold that")
    return bundle.tell()


async def _write_objects(bundle: BinaryIO, start: int, repository: BareRepository, *, loose: bool) -> None:
    program = ("unpack-objects", "-q") if loose else ("index-pack", "--stdin", "--fix-thin")

    async def run(rules: str) -> str:
        os.lseek(bundle.fileno(), start, os.SEEK_SET)
        folder, lock = repository.folder, repository.lock
        return (await repository.git.run(*program, rules, git_dir=folder, stdin=bundle, lock=lock)).text

    try:
        said = await run(strict())
    except GitError as error:
        rules = strict_for_older_git(error.stderr)
        if not rules:
            raise
        said = await run(rules)
    if not loose:
        await asyncio.to_thread(_sync_pack, repository.folder / "objects/pack", said.split()[-1])


def _sync_pack(folder: Path, name: str) -> None:
    """Bring the index of a pack to the disk, too: git could make it again, but does not by itself."""
    sync(folder / f"pack-{name}.idx")
    sync(folder)
