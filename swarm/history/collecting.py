"""Making room: which runs and leftovers may go, how much that frees, and removing them."""

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from swarm.core.state import RunState
from swarm.errors import ConfigError, JournalError, RunOwned, SwarmError, UsageError
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder, RunLock, RunStore
from swarm.workspace.folder_pool import SPARE_PREFIXES
from swarm.workspace.git import Git
from swarm.workspace.user_repository import remove_branch

DAY_S = 86_400.0
_GONE = ".gone-"
"""Begins the name of a run's folder that is being removed; no run's id begins with a dot."""

_ABANDONED_S = 3_600.0
"""What was begun and not finished is left alone for so long: somebody may be at it."""


@dataclass(frozen=True, slots=True)
class Waste:
    """Something that may go.

    Attributes:
        folder: what is removed.
        run_id: the run that it is, or belongs to; empty for what is no run's.
        what: what it is, in words.
        size: bytes on disk that it takes.
        branch: the branch that goes with it, in the repository at ``repository``; empty when none does.
        repository: path of the user's repository.
        spare: only folders of that name in ``folder`` go, the run itself stays.
    """

    folder: Path
    run_id: str
    what: str
    size: int
    branch: str = ""
    repository: str = ""
    spare: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to go.

    Attributes:
        older_than_s: only runs whose last event is so many seconds ago.
        runs: only these runs; all when empty.
        unfinished: also runs that could be resumed.
        branches: also the branches with their results.
    """

    older_than_s: float = 7 * DAY_S
    runs: tuple[str, ...] = ()
    unfinished: bool = False
    branches: bool = False


_KEPT_HINT = "--force removes runs that have not ended, too; one that a process drives never goes."


def find_waste(store: RunStore, choice: Choice, *, clock: Callable[[], float] = time.time) -> list[Waste]:
    """Return what may go, the largest first. Looks only.

    Raises:
        RunNotFound: a run is named that there is not.
        UsageError: a run is named that could still be resumed, and nobody said that it may go all the same.
    """
    folders = [store.find(name) for name in choice.runs] or store.all()
    found = [waste for folder in folders if (waste := _waste_of(folder, choice, clock()))]
    if not choice.runs:
        found += _leftovers(store.runs, clock())
    return sorted(found, key=lambda waste: -waste.size)


def _waste_of(folder: RunFolder, choice: Choice, now: float) -> Waste | None:
    try:
        state, last_at = _fold(folder)
    except (JournalError, OSError):
        state, last_at = None, folder.created
    why = _why_kept(folder, state, choice)
    if why and choice.runs:
        raise UsageError(f"run {folder.run_id!r} stays: {why}", hint=_KEPT_HINT)
    if not choice.runs and now - last_at < choice.older_than_s:
        return None
    if why:
        return _spare_folders(folder)
    ended = f"{state.ended.outcome}" if state and state.ended else "moved" if state and state.moved else "not ended"
    branch = f"refs/heads/swarm/{state.run_id}" if state and choice.branches else ""
    repository = state.task.repository if state and state.task else ""
    age = max(0.0, now - last_at) / DAY_S
    what = f"{ended}, last event {age:.0f} days ago"
    return Waste(folder.root, folder.run_id, what, size_of(folder.root), branch, repository)


def _spare_folders(folder: RunFolder) -> Waste | None:
    """What a run that stays can do without: folders of workspaces that are over, kept for the next ones."""
    try:
        names = [entry.name for entry in os.scandir(folder.attempts) if entry.name.startswith(SPARE_PREFIXES)]
    except OSError:
        return None
    spare = tuple(name for name in sorted(names) if not name.endswith(".lock"))
    if not spare or _is_driven(folder):
        return None
    size = sum(size_of(folder.attempts / name) for name in spare)
    return Waste(folder.attempts, folder.run_id, f"spare workspaces ({len(spare)}); the run stays", size, spare=spare)


def _why_kept(folder: RunFolder, state: RunState | None, choice: Choice) -> str:
    if _is_driven(folder):
        return "a process drives it"
    if choice.unfinished or (state and (state.ended or state.moved)):
        return ""
    return "it has not ended and could be resumed" if state else "its journal cannot be read, but perhaps recovered"


def _fold(folder: RunFolder) -> tuple[RunState, float]:
    state, last_at = RunState(), 0.0
    with JournalReader(folder.journal) as reader:
        for recorded in reader.condensed():
            state.apply(recorded.event, recorded.at)
            last_at = recorded.at
    return state, last_at


def _is_driven(folder: RunFolder) -> bool:
    try:
        with RunLock(folder):
            return False
    except RunOwned:
        return True
    except SwarmError:
        return False


def _leftovers(runs: Path, now: float) -> Iterator[Waste]:
    """What is no run: folders that were being made, or removed, when the process was killed."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(runs):
            if not entry.name.startswith(".") or not entry.is_dir(follow_symlinks=False):
                continue
            abandoned = now - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED_S
            if abandoned or entry.name.startswith(_GONE):
                folder = Path(entry.path)
                yield Waste(folder, "", "begun and never finished", size_of(folder))


def size_of(folder: Path) -> int:
    """Return the bytes on disk of everything below a folder; what cannot be looked at counts nothing."""
    total, seen = 0, set[tuple[int, int]]()
    for top, _, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):
                status = (Path(top) / name).lstat()
                if (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    total += status.st_blocks * 512
    return total


async def remove_waste(waste: Iterable[Waste], *, git: Git) -> list[Waste]:
    """Remove what :func:`find_waste` has found, and return what went.

    A run is renamed first, so that a kill leaves a run whole or none at all. One that somebody has begun to drive
    meanwhile stays.

    Raises:
        ConfigError: a folder cannot be removed.
    """
    removed = []
    for item in waste:
        if item.branch:
            await remove_branch(Path(item.repository), item.branch, git=git)
        if _remove(item):
            removed.append(item)
    return removed


def _remove(item: Waste) -> bool:
    try:
        if not item.run_id:
            _remove_tree(item.folder)
            return True
        if item.spare:
            _remove_spare(item)
            return True
        with RunLock(RunFolder(item.folder)):
            gone = item.folder.with_name(f"{_GONE}{item.run_id}")
            shutil.rmtree(gone, ignore_errors=True)
            item.folder.rename(gone)
        _remove_tree(gone)
    except RunOwned:
        return False
    except OSError as error:
        raise ConfigError(
            f"{item.folder} cannot be removed: {error.strerror or error}", hint="Check its permissions."
        ) from error
    return True


def _remove_spare(item: Waste) -> None:
    with RunLock(RunFolder(item.folder.parent)):
        for name in item.spare:
            folder = item.folder / name
            if folder.exists():  # whoever has driven the run meanwhile has used it, or removed it
                _remove_tree(folder)


def _remove_tree(folder: Path) -> None:
    """Remove a tree in which agents may have taken themselves the permission to write."""

    def allow(function: Callable[..., object], path: str, _: object) -> None:
        for place in (Path(path).parent, Path(path)):
            if place.is_dir() and not place.is_symlink():
                place.chmod(0o700)
        function(path)

    shutil.rmtree(folder, onerror=allow)
