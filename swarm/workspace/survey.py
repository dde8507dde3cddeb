"""Looks at the paths that git lists as changed and decides which of them a snapshot can hold. Runs nothing."""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from swarm.text import neutralise_line

LARGEST_FILE = 50 * 1024 * 1024

_OWN_REPOSITORY = "it is a git repository of its own; remove its .git to hand its files in"
# Code points that some file systems ignore in names, so that another name reads as `.git` there.
_IGNORED_IN_NAMES = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A path that is not part of a snapshot, and why, in words for an agent."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{neutralise_line(self.path)}: {self.reason}"


@dataclass(slots=True)
class Survey:
    """What is to be done with the changed paths.

    Attributes:
        update: the index takes these as they are now.
        remove: the index drops these.
        left_out: the index keeps what it has of these, if anything.
        size: bytes of the files to update.
    """

    update: list[str] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    size: int = 0


def survey_changes(folder: Path, names: Iterable[str]) -> Survey:
    """Decide for each changed path below ``folder`` whether the index takes it, drops it, or stays as it is."""
    survey = Survey()
    real_folders = {"": True}
    for name in names:
        if name.endswith("/"):
            survey.left_out.append(LeftOut(name, _OWN_REPOSITORY))
        elif not _is_below_real_folders(folder, name, real_folders):
            survey.remove.append(name)  # its folder is gone: a file or a link stands there now
        elif reason := _refused_name(name):
            survey.left_out.append(LeftOut(name, reason))
        else:
            _survey_one(survey, folder / name, name)
    return survey


def _survey_one(survey: Survey, path: Path, name: str) -> None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        survey.remove.append(name)
        return
    except OSError as error:
        survey.left_out.append(LeftOut(name, f"it cannot be read ({error.strerror})"))
        return
    if stat.S_ISDIR(status.st_mode):
        if os.path.lexists(path / ".git"):
            survey.left_out.append(LeftOut(name, _OWN_REPOSITORY))
        else:
            survey.remove.append(name)
    elif reason := _refused_file(path, status):
        survey.left_out.append(LeftOut(name, reason))
    else:
        survey.update.append(name)
        survey.size += status.st_size


def _refused_file(path: Path, status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "a link cannot stand there" if path.name.lower() == ".gitmodules" else ""
    if not stat.S_ISREG(status.st_mode):
        return "it is neither a file nor a link"
    if status.st_size > LARGEST_FILE:
        return f"it is larger than {LARGEST_FILE >> 20} MiB"
    if not os.access(path, os.R_OK):
        return "it cannot be read (permission denied)"
    return ""


def _refused_name(name: str) -> str:
    """Return why git takes no such path, or nothing: on some file systems these names mean ``.git``."""
    for part in name.split("/"):
        text = part.translate(_IGNORED_IN_NAMES).casefold()
        if text.split(":")[0].rstrip(". ") in (".git", "git~1") or "\\" in text:
            return "git takes no such name"
    return ""


def _is_below_real_folders(folder: Path, name: str, known: dict[str, bool]) -> bool:
    """Whether every folder on the way to a path is one, and not a link to one."""
    real = True
    for parent in reversed([str(above) for above in PurePosixPath(name).parents][:-1]):
        if parent not in known:
            known[parent] = real and _is_folder(folder / parent)
        real = known[parent]
    return real


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False
