"""Replaces a file below a folder whole: links cannot lead the write out, and nobody ever sees half of it."""

import contextlib
import errno
import os
import posixpath
import secrets
import stat

from swarm.errors import ToolError
from swarm.workspace.beneath import open_beneath, refuse_opened_git
from swarm.workspace.names import refuse_git, shown

_MOST_LINKS_IN_A_ROW = 8
_FOLDER = os.O_RDONLY | os.O_DIRECTORY


def replace_beneath(root: int, name: str, data: bytes) -> None:
    """Create or replace a file, folders included; an existing file keeps its mode, a link stays a link.

    Args:
        root: descriptor of the folder that the path must not leave.
        name: relative path, without ``..``.
        data: the file's new content.

    Raises:
        OSError: the file system refused; ``EXDEV`` when the path leads outside.
        ToolError: the path is a folder's, or a link leads to git's own files.
    """
    name = _behind_links(root, name)
    _make_folders(root, posixpath.dirname(name))
    folder = open_beneath(root, posixpath.dirname(name) or ".", _FOLDER)
    try:
        refuse_opened_git(root, folder, name)
        _replace(folder, posixpath.basename(name), data, name)
    finally:
        os.close(folder)


def _behind_links(root: int, name: str) -> str:
    """Return the path that a write to ``name`` really means: that of the file at the end of its links."""
    for _ in range(_MOST_LINKS_IN_A_ROW):
        try:
            folder = open_beneath(root, posixpath.dirname(name) or ".", _FOLDER)
        except FileNotFoundError:
            return name
        try:
            target = os.readlink(posixpath.basename(name), dir_fd=folder)
        except OSError as error:
            if error.errno in {errno.EINVAL, errno.ENOENT}:  # not a link, or nothing there yet
                return name
            raise
        finally:
            os.close(folder)
        name = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        if name.startswith(("/", "../")) or name in {"..", "."}:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        refuse_git(name)
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _make_folders(root: int, folder: str) -> None:
    """Create a folder and those above it, none through a link that leads outside."""
    if not folder or _exists(root, folder):
        return
    above = "."
    for part in folder.split("/"):
        path = posixpath.join(above, part)
        if not _exists(root, path):
            _make_folder(root, above, part)
        above = path


def _make_folder(root: int, above: str, name: str) -> None:
    parent = open_beneath(root, above, _FOLDER)
    try:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, dir_fd=parent)
    finally:
        os.close(parent)


def _exists(root: int, folder: str) -> bool:
    try:
        os.close(open_beneath(root, folder, _FOLDER))
    except FileNotFoundError:
        return False
    return True


def _replace(folder: int, name: str, data: bytes, path: str) -> None:
    """Write beside the file, then rename over it, so that nobody ever sees half of it."""
    mode = _mode_of(folder, name, path)
    temporary = f".swarm-{secrets.token_hex(8)}.tmp"
    descriptor = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666, dir_fd=folder
    )
    try:
        try:
            if mode is not None:
                os.fchmod(descriptor, mode)
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                file.write(data)
        finally:
            os.close(descriptor)
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise


def _mode_of(folder: int, name: str, path: str) -> int | None:
    """Return the permissions of an existing file, ``None`` when there is none."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise ToolError(f"{shown(path)} is a folder, not a file.")
    return stat.S_IMODE(status.st_mode) & 0o777
