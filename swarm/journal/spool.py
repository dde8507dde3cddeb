"""The reply spool: the bytes of a response, kept while they arrive, until the reply that they make is in the journal.

A reply whose last byte was read and that was not committed yet would otherwise be bought again after a kill. There is
one file per call in the run's folder; it holds what the server sent as the body, never a request, a header or a key.

Nothing is synced: what was written survives the process, however that ends, but not the machine. A file that cannot
be written costs nothing but that protection: the call goes on without it.
"""

import contextlib
import hashlib
import logging
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from swarm.redaction import blank_known, longest_known

log = logging.getLogger(__name__)

MAX_REPLY_BYTES = 33 * 1024 * 1024
"""No more than this is read back: a little more than a client takes of one reply."""

_CLOSED = -1


class ReplySpool:
    """The spool of one run, for the one process that drives it.

    Args:
        folder: where the files are; created when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._left: set[str] = set()
        self._warned = False
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._left.update(path.name for path in folder.iterdir())
        except OSError as error:
            self.warn(error)

    def call(self, attempt_id: str, step: int, digest: str) -> "SpooledCall":
        """Return the spool of one model call. Use it in a ``with`` block.

        Args:
            attempt_id: the attempt that asks.
            step: the number of its step.
            digest: what was asked; a call with another question never finds this one's reply.
        """
        key = f"{attempt_id}\0{step}\0{digest}".encode("utf-8", "surrogatepass")
        name = hashlib.sha256(key).hexdigest()[:32]
        left = name in self._left
        self._left.discard(name)
        return SpooledCall(self, self._folder / name, left=left)

    def leave(self, name: str) -> None:
        """Note that a call was given up with a response in its file: a parked run makes it again."""
        self._left.add(name)

    def clear(self) -> None:
        """Remove what is left; for a run that has ended."""
        try:
            for path in self._folder.iterdir():
                path.unlink(missing_ok=True)
        except OSError as error:
            self.warn(error)

    def warn(self, error: OSError) -> None:
        """Say once that replies are not being kept."""
        if not self._warned:
            self._warned = True
            log.warning("replies are not kept while they arrive: %s: %s", self._folder, error.strerror)


def copy_spool(source: Path, target: Path) -> list[Path]:
    """Copy what lies in a spool into a new folder and return the copies; replies recorded meanwhile are not there.

    Raises:
        OSError: the folder cannot be written.
    """
    target.mkdir(mode=0o700)
    copies = []
    for file in sorted(source.iterdir()) if source.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            copies.append(Path(shutil.copy(file, target / file.name)))
    return copies


class SpooledCall:
    """Keeps the bytes of one call's response. Implements :class:`swarm.protocols.CallSpool`; never raises.

    Attributes:
        begun: how many responses to the call have begun to arrive in this process.
    """

    def __init__(self, spool: ReplySpool, path: Path, *, left: bool) -> None:
        self._spool = spool
        self._path = path
        self._left = left
        self._descriptor = _CLOSED
        self._end = b""
        self.begun = 0

    def received(self) -> bytes:
        """Return what was received before this call was made again, complete or not; empty when nothing was."""
        if not self._left:
            return b""
        try:
            with self._path.open("rb") as file:
                return file.read(MAX_REPLY_BYTES)
        except OSError as error:
            self._spool.warn(error)
            return b""

    def begin(self) -> None:
        """Begin to keep a response, and drop what was kept of one before it."""
        self.begun += 1
        self.discard()
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._descriptor = os.open(self._path, flags, 0o600)
            self._end = b""
        except OSError as error:
            self._spool.warn(error)

    def write(self, data: bytes) -> None:
        """Keep the next bytes of the response."""
        if self._descriptor == _CLOSED:
            return
        try:
            data = self._without_secrets(data)
            if os.write(self._descriptor, data) == len(data):
                return
            log.warning("a reply is not kept: %s was written short", self._path)
        except OSError as error:
            self._spool.warn(error)
        self.discard()  # A reply with a hole in it must never be taken for a whole one.

    def _without_secrets(self, data: bytes) -> bytes:
        """Return the next bytes with secrets blanked that are known; what of one is on the disk already is, too."""
        longest = longest_known()
        if not longest:
            return data
        before = self._end
        data, begun = blank_known(data, before)
        if begun:
            place = os.lseek(self._descriptor, 0, os.SEEK_CUR) - begun
            os.pwrite(self._descriptor, b"*" * begun, place)
            before = before[:-begun] + b"*" * begun
        self._end = (before + data)[-longest:]
        return data

    def discard(self) -> None:
        """Remove what is kept: the reply is recorded, or was none."""
        kept = self._left or self._descriptor != _CLOSED
        self._left = False
        self.close()
        if kept:
            try:
                self._path.unlink(missing_ok=True)
            except OSError as error:
                self._spool.warn(error)

    def close(self) -> None:
        """Release the file and leave it where it is."""
        descriptor, self._descriptor = self._descriptor, _CLOSED
        if descriptor != _CLOSED:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._left or self._descriptor != _CLOSED:
            self._spool.leave(self._path.name)
        self.close()
