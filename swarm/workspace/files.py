"""The files of a workspace, from the host's side, safe against whatever an agent's commands do to it meanwhile."""

import contextlib
import difflib
import errno
import itertools
import os
import posixpath
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from swarm.errors import ToolError
from swarm.text import neutralise_line
from swarm.workspace.beneath import open_beneath, refuse_opened_git
from swarm.workspace.names import is_in_git, relative_name, shown
from swarm.workspace.replacing import replace_beneath

_LARGEST_FILE = 10 * 1024 * 1024
_MOST_ENTRIES = 100_000
_NAMES_SHOWN = 20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY
# Without O_NONBLOCK opening a FIFO would wait for its other end.
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY

_SHORT_REASONS = {
    errno.EXDEV: "it leads outside the workspace",
    errno.ELOOP: "it goes through a link that cannot be followed",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ENOSPC: "the disk is full",
    errno.ENXIO: "it is not a regular file",
    errno.EAGAIN: "the files around it keep changing",
}


class WorkspaceFiles:
    """Reads, writes and lists the files below one folder.

    Links are followed where they stay below the folder. ``.git`` is out of bounds. Nothing here waits for another
    process: FIFOs, devices and sockets are refused.

    Args:
        root: the workspace's folder. Only the workspace's own content may be under an agent's control, not the
            path that leads to it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes:
        """Return a regular file's bytes.

        Raises:
            ToolError: missing, outside, larger than 10 MiB, or not a regular file.
        """
        name = relative_name(path, root=str(self._root))
        with self._open_root() as root, self._explain(root, name, "read"):
            descriptor = open_beneath(root, name, _READ)
            try:
                refuse_opened_git(root, descriptor, name)
                _refuse_irregular(os.fstat(descriptor), name)
                return _read_all(descriptor, name)
            finally:
                os.close(descriptor)

    def write(self, path: str, data: bytes) -> None:
        """Create or replace a file whole, folders included; an existing file keeps its mode, a link stays a link.

        Raises:
            ToolError: outside, too large, in the place of a folder, or the file system refused.
        """
        name = relative_name(path, root=str(self._root))
        if len(data) > _LARGEST_FILE:
            raise ToolError(f"{shown(name)} would be {len(data)} bytes long; the most is {_LARGEST_FILE}.")
        with self._open_root() as root, self._explain(root, name, "write"):
            replace_beneath(root, name, data)

    def walk(self, path: str = ".") -> Iterator[str]:
        """Yield the paths of the files and links below a folder, sorted, without ``.git``; links are not followed.

        Names that are not UTF-8 hold surrogates (``surrogateescape``), as everywhere in Python.

        Raises:
            ToolError: not a folder, outside, or more than 100,000 entries.
        """
        name = relative_name(path, root=str(self._root), folder=True)
        with self._open_root() as root, self._explain(root, name, "list"):
            folder = open_beneath(root, name, _FOLDER)
            try:
                refuse_opened_git(root, folder, name)
            finally:
                os.close(folder)
        return self._walk(name)

    def _walk(self, top: str) -> Iterator[str]:
        prefix = "" if top == "." else f"{top}/"
        left = _MOST_ENTRIES
        pending = ["./"]
        while pending:
            path = pending.pop()
            if not path.endswith("/"):
                yield prefix + path
                continue
            entries = self._entries(top, path, left)
            left -= len(entries)
            if left <= 0:
                raise ToolError(f"There are more than {_MOST_ENTRIES} entries in {shown(top)}: name a smaller folder.")
            pending += reversed(entries)

    def _entries(self, top: str, folder: str, most: int) -> list[str]:
        """Return what is in a folder below ``top``, in the order of all paths below it; folders end with ``/``."""
        prefix = "" if folder == "./" else folder
        try:
            with self._open_folder(top, folder) as descriptor, os.scandir(descriptor) as entries:
                listed = (path for entry in entries for path in _listed(prefix, entry))
                return sorted(itertools.islice(listed, most))
        except OSError:  # removed, replaced or made unreadable since it was seen
            return []

    @contextmanager
    def _open_folder(self, top: str, folder: str) -> Iterator[int]:
        """Open a folder below ``top``; links lead to ``top`` only."""
        with contextlib.ExitStack() as opened:
            root = opened.enter_context(self._open_root())
            above = open_beneath(root, top, _FOLDER)
            opened.callback(os.close, above)
            descriptor = open_beneath(above, folder, _FOLDER, follow=False)
            opened.callback(os.close, descriptor)
            yield descriptor

    @contextmanager
    def _open_root(self) -> Iterator[int]:
        try:
            root = os.open(self._root, _FOLDER | os.O_CLOEXEC)
        except OSError as error:
            raise ToolError(f"The workspace cannot be opened: {error.strerror}.") from error
        try:
            yield root
        finally:
            os.close(root)

    @contextmanager
    def _explain(self, root: int, name: str, verb: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ToolError(self._explanation(root, name, verb, error)) from error

    def _explanation(self, root: int, name: str, verb: str, error: OSError) -> str:
        if error.errno == errno.ENOENT:
            return self._missing(root, name, "folder" if verb == "list" else "file")
        if error.errno == errno.ENOTDIR and verb == "list":
            return f"{shown(name)} is a file, not a folder."
        if error.errno in {errno.EISDIR, errno.ENOTDIR, errno.EEXIST}:
            return (
                f"Cannot {verb} {shown(name)}: a part of the path is a file where a folder is needed, or the reverse."
            )
        reason = _SHORT_REASONS.get(error.errno or 0) or error.strerror or "the file system refused"
        return f"Cannot {verb} {shown(name)}: {reason}."

    def _missing(self, root: int, name: str, kind: str) -> str:
        """Say what is missing and what there is instead, in the nearest folder that exists."""
        folder, missing = name, name
        while folder:
            folder, missing = posixpath.dirname(folder), folder
            with contextlib.suppress(OSError):
                os.close(open_beneath(root, folder or ".", _FOLDER))
                break
        names = [path.rstrip("/") for path in self._entries(folder or ".", "./", _MOST_ENTRIES)]
        what = f"There is no {kind} {shown(name)}" if missing == name else f"There is no folder {shown(missing)}"
        where = f"in {shown(folder)}" if folder else "at the top of the workspace"
        if not names:
            return f"{what}; nothing is {where}."
        likely = difflib.get_close_matches(posixpath.basename(missing), names[:2000], n=_NAMES_SHOWN, cutoff=0.5)
        first = list(dict.fromkeys([*likely, *names]))[:_NAMES_SHOWN]
        more = f" and {len(names) - len(first)} more" if len(names) > len(first) else ""
        return f"{what}; {where} there are: {', '.join(map(neutralise_line, first))}{more}."


def _listed(prefix: str, entry: os.DirEntry[str]) -> list[str]:
    """Return the entry's path when a walk shows it: folders with ``/`` at the end, files and links."""
    if is_in_git(entry.name):
        return []
    if entry.is_dir(follow_symlinks=False):
        return [f"{prefix}{entry.name}/"]
    return [f"{prefix}{entry.name}"] if entry.is_symlink() or entry.is_file(follow_symlinks=False) else []


def _refuse_irregular(status: os.stat_result, name: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ToolError(f"{shown(name)} is a folder, not a file.")
    if not stat.S_ISREG(status.st_mode):
        raise ToolError(f"{shown(name)} is not a regular file.")
    if status.st_size > _LARGEST_FILE:
        raise ToolError(f"{shown(name)} is {status.st_size} bytes long; the most that can be read is {_LARGEST_FILE}.")


def _read_all(descriptor: int, name: str) -> bytes:
    data = bytearray()
    while chunk := os.read(descriptor, 1024 * 1024):
        data += chunk
        if len(data) > _LARGEST_FILE:
            raise ToolError(f"{shown(name)} grows while it is read; the most is {_LARGEST_FILE} bytes.")
    return bytes(data)
