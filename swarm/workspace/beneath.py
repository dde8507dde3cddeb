"""Opens files below a folder in one race-free step: links cannot lead out of it, whatever changes them meanwhile.

Linux resolves the whole path inside the kernel (``openat2`` with ``RESOLVE_BENEATH``, 5.6 or newer). Elsewhere the
path is walked folder by folder and links are not followed at all.
"""

import ctypes
import errno
import os
import sys
from functools import cache
from pathlib import Path, PurePosixPath

from swarm.errors import ToolError
from swarm.workspace.names import is_in_git, shown

_OPENAT2 = 437  # the same number on every architecture
_RESOLVE_NO_MAGICLINKS = 0x02
_RESOLVE_NO_SYMLINKS = 0x04
_RESOLVE_BENEATH = 0x08
# A rename somewhere below the folder makes the kernel give up on a path with links; then it is tried again.
_MOST_TRIES = 200


class _OpenHow(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def open_beneath(root: int, path: str, flags: int, mode: int = 0, *, follow: bool = True) -> int:
    """Open a file below an open folder and return its descriptor.

    Args:
        root: descriptor of the folder that the path must not leave.
        path: relative path, without ``..``; ``.`` is the folder itself.
        flags: as for ``os.open``; the descriptor is never inherited.
        mode: permissions of a file that is created.
        follow: whether links that stay below the folder are followed, where the kernel can tell.

    Raises:
        OSError: as ``os.open`` does; ``EXDEV`` when the path leads outside, ``ELOOP`` when a link is not followed.
    """
    flags |= os.O_CLOEXEC
    if not _kernel_resolves():
        return _walk(root, path, flags, mode)
    how = _OpenHow(flags, mode, _RESOLVE_BENEATH | (_RESOLVE_NO_MAGICLINKS if follow else _RESOLVE_NO_SYMLINKS))
    code = 0
    for _ in range(_MOST_TRIES):
        descriptor, code = _openat2(root, path, how)
        if descriptor >= 0:
            return descriptor
        if code not in {errno.EAGAIN, errno.EINTR}:
            break
    raise OSError(code, os.strerror(code), path)


def refuse_opened_git(root: int, descriptor: int, name: str) -> None:
    """Refuse what a link led into ``.git``, by the name that the kernel gives where it does.

    Raises:
        ToolError: the open file is one of git's own below ``root``.
    """
    try:
        opened, top = (Path(f"/proc/self/fd/{number}").readlink() for number in (descriptor, root))
        below = str(opened.relative_to(top))
    except (OSError, ValueError):
        return
    if is_in_git(below):
        raise ToolError(f"{shown(name)} leads to git's own files, which no file tool touches.")


def _openat2(root: int, path: str, how: _OpenHow) -> tuple[int, int]:
    """Return the descriptor, or -1 and the error number."""
    encoded = os.fsencode(path)
    descriptor = int(_libc().syscall(_OPENAT2, root, encoded, ctypes.byref(how), ctypes.sizeof(how)))
    return descriptor, ctypes.get_errno() if descriptor < 0 else 0


@cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


@cache
def _kernel_resolves() -> bool:
    if sys.platform != "linux":
        return False
    folder = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        how = _OpenHow(os.O_RDONLY | os.O_CLOEXEC, 0, _RESOLVE_BENEATH)
        descriptor, _ = _openat2(folder, ".", how)
    finally:
        os.close(folder)
    if descriptor < 0:
        return False
    os.close(descriptor)
    return True


def _walk(root: int, path: str, flags: int, mode: int) -> int:
    """Open folder by folder, following no link."""
    *folders, name = PurePosixPath(path).parts or (".",)
    if ".." in (*folders, name):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), path)
    current = os.dup(root)
    try:
        for folder in folders:
            opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=current)
            os.close(current)
            current = opened
        return os.open(name, flags | os.O_NOFOLLOW, mode, dir_fd=current)
    finally:
        os.close(current)
