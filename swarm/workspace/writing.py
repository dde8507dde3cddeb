"""Commits and references written by hand, as git writes them: a process less for each, and none that could be orphaned.

Only the host writes to a run's repository, so nothing here meets a file that an agent has made.
"""

import hashlib
import os
import secrets
import zlib
from collections.abc import Sequence
from pathlib import Path

from swarm.errors import WorkspaceError


def commit_bytes(tree: str, parents: Sequence[str], *, identity: str, seconds: int, message: str) -> bytes:
    """Return a commit's content; the same arguments give the same bytes."""
    signed = f"{identity} {seconds} +0000"
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents), f"author {signed}", f"committer {signed}"]
    return ("\n".join(lines) + "\n\n" + message.replace("\0", "")).encode(errors="replace")


def write_object(repository: Path, kind: str, content: bytes, *, object_format: str) -> str:
    """Write a loose object, synced, and return its id. One that is there already is left as it is.

    Raises:
        OSError: it cannot be written.
    """
    data = f"{kind} {len(content)}\0".encode() + content
    identifier = hashlib.new(object_format, data, usedforsecurity=False).hexdigest()
    file = repository / "objects" / identifier[:2] / identifier[2:]
    if file.exists():
        return identifier
    file.parent.mkdir(exist_ok=True)
    new = file.with_name(f"tmp_obj_{secrets.token_hex(16)}")  # another thread may write the very same object
    _write_synced(new, zlib.compress(data, 1), mode=0o444)
    new.replace(file)
    return identifier


def swap_reference(repository: Path, name: str, new: str, old: str) -> bool:
    """Move a loose reference from one commit to another, synced; return whether it was where it should be.

    The lock file is git's own, so a git command that moves the same reference at the same time is refused.

    Raises:
        FileNotFoundError: it is no loose reference.
        WorkspaceError: it is locked.
        OSError: it cannot be written.
    """
    file = repository / name
    lock = file.with_name(f"{file.name}.lock")
    if not file.exists():
        raise FileNotFoundError(f"{file} is no loose reference")
    try:
        _write_synced(lock, f"{new}\n".encode(), mode=0o644)
    except FileExistsError as error:
        raise WorkspaceError(f"the reference {name} is locked by another process") from error
    if file.read_text().strip() != old:
        lock.unlink()
        return False
    lock.replace(file)
    return True


def set_reference(repository: Path, name: str, new: str) -> None:
    """Put a loose reference that has one writer where it is to be, synced, whatever a killed process left of it.

    Raises:
        OSError: it cannot be written.
    """
    file = repository / name
    lock = file.with_name(f"{file.name}.lock")
    file.parent.mkdir(parents=True, exist_ok=True)
    lock.unlink(missing_ok=True)
    _write_synced(
        lock, f"{new}\n".encode(), mode=0o644
    )  # git takes an empty ref, which a power cut could leave, for damage
    lock.replace(file)


def read_reference(repository: Path, name: str) -> str:
    """Return what a loose reference names; nothing when there is none, or git has packed it. Raises OSError."""
    try:
        return (repository / name).read_text(errors="replace").strip()
    except FileNotFoundError:
        return ""


def _write_synced(file: Path, data: bytes, *, mode: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as opened:
            opened.write(data)
        os.fsync(descriptor)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
