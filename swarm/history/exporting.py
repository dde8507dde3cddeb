"""Exports a run: everything that going on elsewhere, or looking back there, needs, in one file."""

import asyncio
import contextlib
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from swarm import __version__
from swarm.core.events import RunCreated, RunMoved
from swarm.core.recorded_objects import is_object_id, objects_of
from swarm.creation import absolute
from swarm.errors import JournalUnreadable, JournalWriteFailed
from swarm.history.archive import (
    BUNDLE,
    JOURNAL,
    SHALLOW,
    SPOOL,
    Manifest,
    describe_member,
    refuse_existing,
    write_archive,
)
from swarm.history.forking import append
from swarm.journal.copying import back_up
from swarm.journal.reader import JournalReader
from swarm.journal.spool import copy_spool
from swarm.journal.store import RunFolder, RunLock, RunStore
from swarm.workspace.bundles import write_bundle
from swarm.workspace.git import Git
from swarm.workspace.intake import recorded_in
from swarm.workspace.repository import RunRepository


async def export_run(
    store: RunStore, run: str, output: Path, *, move: bool = False, clock: Callable[[], float] = time.time
) -> Manifest:
    """Write a run into an archive: its journal, its repository with the history it stands on, replies on their way.

    The run may be driven meanwhile; the archive holds one instant of it.

    Args:
        store: where the run lives.
        run: its id, or the beginning of it.
        output: the new file; compressed when its name ends with ``.gz`` or ``.tgz``.
        move: record that the run goes on elsewhere, so that it can never be driven at two places. It must not be
            driven by anybody then.
        clock: wall-clock time in Unix seconds.

    Raises:
        RunNotFound: there is no such run.
        RunOwned: it is to be moved, and a process drives it.
        UsageError: the file exists.
        RepositoryError: commits or trees that the journal names are lost.
        JournalError: the journal cannot be read, or the archive not be written.
    """
    folder = store.find(run)
    output = absolute(str(output))
    refuse_existing(output)
    with RunLock(folder) if move else contextlib.nullcontext():
        with _scratch(output) as scratch:
            manifest = await _export(folder, output, scratch, clock())
        if move:
            await append(folder, RunMoved(str(output)), clock=clock)
    return manifest


@contextlib.contextmanager
def _scratch(output: Path) -> Iterator[Path]:
    """Give a folder beside the archive, where there has to be room for it anyway."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as name:
            yield Path(name)
    except OSError as error:
        raise JournalWriteFailed(
            f"the archive {output} could not be written: {error.strerror or error}",
            hint="Check the free space and the permissions, or name another place with --output.",
        ) from error


async def _export(folder: RunFolder, output: Path, scratch: Path, now: float) -> Manifest:
    # A reply on its way first, then the journal, then what the journal names: each is at least as new as the one before
    # it, so that a reply is in one of the first two, and all that the journal names is in the third.
    spooled = await asyncio.to_thread(copy_spool, folder.spool, scratch / SPOOL)
    files = {f"{SPOOL}{file.name}": file for file in spooled}
    files[JOURNAL] = scratch / JOURNAL
    await asyncio.to_thread(back_up, folder.journal, files[JOURNAL])
    facts = await asyncio.to_thread(_facts, files[JOURNAL])
    repository = RunRepository.open(folder.repository, run_id=facts.run_id, git=Git())
    files[BUNDLE] = scratch / BUNDLE
    await write_bundle(repository, recorded_in(folder.intake, repository), files[BUNDLE], facts.objects)
    shallow = repository.folder / "shallow"
    if shallow.exists():
        files[SHALLOW] = shallow
    manifest = Manifest(
        version=__version__,
        run_id=facts.run_id,
        host=platform.node()[:255],
        exported_at=now,
        last_seq=facts.last_seq,
        base_commit=facts.base_commit,
        branch=repository.branch,
        object_format="sha256" if await repository.object_format() == "sha256" else "sha1",
        members=await asyncio.to_thread(lambda: tuple(describe_member(name, file) for name, file in files.items())),
    )
    await asyncio.to_thread(write_archive, output, manifest, files)
    return manifest


@dataclass(frozen=True, slots=True)
class _Facts:
    run_id: str
    base_commit: str
    last_seq: int
    objects: tuple[str, ...]


def _facts(journal: Path) -> _Facts:
    objects: dict[str, None] = {}
    base_commit, last_seq = "", 0
    with JournalReader(journal) as reader:
        for recorded in reader.events():
            last_seq = recorded.seq
            objects.update(dict.fromkeys(objects_of(recorded.event)))
            if isinstance(recorded.event, RunCreated):
                base_commit = recorded.event.base_commit
        if not base_commit or not all(map(is_object_id, objects)):
            raise JournalUnreadable(
                f"the journal of run {reader.run_id} names what cannot be a git object",
                hint=f"`swarm verify {reader.run_id}` shows where.",
            )
        return _Facts(reader.run_id, base_commit, last_seq, tuple(objects))
