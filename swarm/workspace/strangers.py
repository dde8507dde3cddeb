"""Moves everything out of a folder that the host's git did not put there. Runs nothing."""

import os
from collections.abc import Collection
from itertools import count
from pathlib import Path

_Looks = tuple[int, int, int, dict[str, bytes]]


def move_strangers(folder: Path, tracked: Collection[str], *, to: Path) -> None:
    """Move what is not tracked out of a folder: ignored files, FIFOs, repositories at any depth, all of it.

    Nobody else may be at work in the folder.

    Args:
        folder: the folder, which nobody but its owner could replace.
        tracked: the paths that stay, relative to it: files, links, and submodules, whose content is no part of them.
        to: a folder beside it, made when something is moved there.

    Raises:
        OSError: something cannot be moved, or a folder that stays has not the owner, the permissions and the extended
            attributes of the one that ``folder`` lies in.
    """
    numbers = count()
    wanted = _looks(str(folder.parent))
    folders = _folders_above(tracked)
    pending = [""]
    while pending:
        inside = pending.pop()
        path = f"{folder}/{inside}" if inside else str(folder)
        if _looks(path) != wanted:
            raise OSError(f"{path} has another owner, other permissions or attributes than a new folder")
        with os.scandir(path) as entries:
            found = list(entries)
        for entry in found:
            name = f"{inside}/{entry.name}" if inside else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder and (name in folders or name in tracked):
                pending.append(name)
            elif is_folder or name not in tracked:
                to.mkdir(exist_ok=True)
                Path(entry.path).rename(to / str(next(numbers)))


def _folders_above(paths: Collection[str]) -> set[str]:
    folders: set[str] = set()
    for path in paths:
        above = path.rpartition("/")[0]
        while above and above not in folders:
            folders.add(above)
            above = above.rpartition("/")[0]
    return folders


def _looks(folder: str) -> _Looks:
    """Return what a folder's files inherit from it, or are hindered by."""
    status = os.lstat(folder)
    try:
        attributes = {name: os.getxattr(folder, name, follow_symlinks=False) for name in os.listxattr(folder)}
    except OSError:  # the file system has none
        attributes = {}
    return status.st_mode, status.st_uid, status.st_gid, attributes
