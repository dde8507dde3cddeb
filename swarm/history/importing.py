"""Imports a run from an archive. It becomes a run when everything in it has been verified, or not at all."""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from swarm.core.events import RunImported
from swarm.core.recorded_objects import HandedIn, is_object_id
from swarm.core.state import RunState
from swarm.creation import absolute, branch_name
from swarm.errors import (
    ArchiveInvalid,
    GitError,
    JournalUnreadable,
    JournalWriteFailed,
    RepositoryError,
    UsageError,
    WorkspaceError,
    is_systemic,
)
from swarm.history.archive import BUNDLE, JOURNAL, SHALLOW, SPOOL, Manifest, extract, read_manifest
from swarm.history.forking import append, prepared
from swarm.history.verification import verify_run
from swarm.journal.copying import copy_journal, require_own_schema
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder, RunStore
from swarm.workspace.bundles import make_user_repository, read_bundle
from swarm.workspace.git import Git
from swarm.workspace.repository import RunRepository
from swarm.workspace.user_repository import inspect_user_repository


async def import_run(
    store: RunStore,
    archive: Path,
    *,
    run_id: str = "",
    repository: Path | None = None,
    clock: Callable[[], float] = time.time,
) -> RunFolder:
    """Make a run of what an archive holds.

    Archive, journal and objects are verified before there is a run. Nothing in the archive is carried out, and nothing
    of it is written anywhere but below the run's own folder and, if there is no repository yet, ``repository``.

    Args:
        store: where the run is to live.
        archive: a file of :func:`swarm.history.exporting.export_run`.
        run_id: its id here; the one that it had when empty.
        repository: the repository that it works on here. It must have the commit that the run started from; where there
            is nothing yet, one is made from the archive. By default the path that it had.
        clock: wall-clock time in Unix seconds.

    Raises:
        UsageError: there is no such file, or a run of that id already.
        RepositoryError: the repository cannot be used.
        ArchiveInvalid: it is no archive of a run, is damaged, or differs from its manifest.
        JournalError: it is too new, or the disk refused.
    """
    manifest = await asyncio.to_thread(read_manifest, archive)
    run_id = run_id or manifest.run_id
    if any(folder.run_id == run_id for folder in store.all()):
        raise UsageError(f"there is a run {run_id!r} already", hint="Import it under another id: --as NEW_ID.")
    with prepared(store, run_id) as folder:
        try:
            await _fill(folder, archive, run_id, repository, clock)
        except JournalUnreadable as error:
            raise ArchiveInvalid(f"the journal in {archive} cannot be used: {error.message}") from error
        except (OSError, WorkspaceError) as error:
            if not (isinstance(error, OSError) or is_systemic(error)):
                raise
            raise JournalWriteFailed(
                f"{archive} could not be imported: {error}",
                hint="Free some disk space or check the permissions, then import it again. Nothing was imported.",
            ) from error
    return store.find(run_id)


async def _fill(folder: RunFolder, archive: Path, run_id: str, wanted: Path | None, clock: Callable[[], float]) -> None:
    unpacked = folder.root / "archive"
    unpacked.mkdir(mode=0o700)
    manifest = await asyncio.to_thread(extract, archive, unpacked)
    state, handed_in = await asyncio.to_thread(_copy_journal, unpacked / JOURNAL, folder, manifest, run_id)
    repository = await _unbundle(unpacked, folder, manifest, state, run_id)
    assert state.task is not None
    make = wanted is not None and await asyncio.to_thread(_is_free, wanted)
    user = absolute(str(wanted or state.task.repository))
    if not make:
        user = await _existing(user, repository.git, manifest)
    await asyncio.to_thread((unpacked / SPOOL).rename, folder.spool)
    await asyncio.to_thread(shutil.rmtree, unpacked)
    imported = RunImported(run_id, branch_name(run_id), str(user), manifest.run_id, manifest.host)
    await append(folder, imported, clock=clock)
    verified = await verify_run(folder, run_id=run_id)
    if not verified.sound:
        first = verified.findings[0]
        place = f"event {first.seq}" if first.seq else first.where
        raise ArchiveInvalid(f"the run in {archive} is not sound: {place}: {first.problem}")
    await repository.name_hand_ins(handed_in.commits)
    if make:
        await make_user_repository(repository, user, object_format=manifest.object_format)


def _copy_journal(source: Path, folder: RunFolder, manifest: Manifest, run_id: str) -> tuple[RunState, HandedIn]:
    """Copy events and blobs, and nothing else that the file may hold, into a journal of our own; fold it."""
    require_own_schema(source)
    with JournalReader(source) as reader:
        if (reader.run_id, reader.last_seq()) != (manifest.run_id, manifest.last_seq):
            raise ArchiveInvalid(f"the journal in the archive is not the one of its manifest: run {reader.run_id!r}")
    copy_journal(source, folder.journal, run_id=run_id, last=manifest.last_seq)
    state, handed_in = RunState(), HandedIn()
    try:
        with JournalReader(folder.journal) as reader:
            for recorded in reader.events():
                state.apply(recorded.event, recorded.at)
                handed_in.apply(recorded.event)
    except (KeyError, AssertionError, AttributeError) as error:
        raise ArchiveInvalid(f"the journal in the archive contradicts itself: {error}") from error
    names = (state.base_commit, state.head)
    if state.task is None or not all(map(is_object_id, names)) or state.base_commit != manifest.base_commit:
        raise ArchiveInvalid("the journal in the archive is not the one of its manifest: it starts from another commit")
    return state, handed_in


async def _unbundle(
    unpacked: Path, folder: RunFolder, manifest: Manifest, state: RunState, run_id: str
) -> RunRepository:
    try:
        return await read_bundle(
            unpacked / BUNDLE,
            folder.repository,
            run_id=run_id,
            branch=manifest.branch,
            head=state.head,
            base_commit=state.base_commit,
            object_format=manifest.object_format,
            shallow=unpacked / SHALLOW if manifest.has(SHALLOW) else None,
            git=Git(),
        )
    except GitError as error:
        if is_systemic(error):
            raise
        raise ArchiveInvalid(f"the repository in the archive cannot be used: {error.message}") from error


async def _existing(path: Path, git: Git, manifest: Manifest) -> Path:
    """Return the top folder of the repository at a path, which must have the commit that the run started from."""
    hint = "Name a clone of the repository that the run works on with --repo, or a new folder to make one in."
    try:
        user = await inspect_user_repository(path, git=git)
    except RepositoryError as error:
        raise RepositoryError(f"the run cannot work on {path}: {error.message}", hint=hint) from error
    commit = f"{manifest.base_commit}^{{tree}}"
    found = await git.run("cat-file", "-e", commit, git_dir=user.git_dir, check=False)
    if found.exit_code != 0:
        raise RepositoryError(f"{path} does not have {manifest.base_commit}, which the run started from", hint=hint)
    return user.top or user.git_dir


def _is_free(path: Path) -> bool:
    """Whether nothing is there, or an empty folder."""
    try:
        return not any(path.iterdir())
    except FileNotFoundError:
        return True
    except OSError:
        return False
