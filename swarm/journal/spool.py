"""The reply spool: the bytes of a response, kept while they arrive, until the reply that they make is in the journal.

A reply whose last byte was read and that was not committed yet would otherwise be bought again after a kill. Each call
in flight has a file in the run's folder, which another call takes over when it is done: making and removing a file for
each of them costs more than all that is written. A file says first whose response it holds, then what the server sent
as the body, never a request, a header or a key.

Nothing is synced: what was written survives the process, however that ends, but not the machine. A file that cannot
be written costs nothing but that protection: the call goes on without it.
"""

import contextlib
import hashlib
import logging
import os
import re
import shutil
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from swarm.redaction import blank_known, longest_known

log = logging.getLogger(__name__)

MAX_REPLY_BYTES = 33 * 1024 * 1024
"""No more than this is read back: a little more than a client takes of one reply."""

_SLOT = "reply-"
_LABEL = re.compile(rb"([0-9a-f]{32}) [0-9]{12}\n")
_LABEL_BYTES = 46
_OLD_NAME = re.compile(r"[0-9a-f]{32}")


class Kept(NamedTuple):
    """Where a call's response lies: a file, and how many of its bytes come before the response."""

    path: Path
    begins: int


class _Slot:
    """A file that holds one response after another."""

    __slots__ = ("descriptor", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        self.descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def remove(self) -> None:
        """Close it and take it away. Raises OSError."""
        os.close(self.descriptor)
        Path(self.path).unlink(missing_ok=True)


class ReplySpool:
    """The spool of one run, for the one process that drives it.

    Args:
        folder: where the files are; created when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._left: dict[str, Kept] = {}
        self._free: list[_Slot] = []
        self._serials = count(1)
        self._numbers = count(1)
        self._warned = False
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._left = kept_in(folder)
            taken = {kept.path for kept in self._left.values()}
            for path in folder.iterdir():
                if path not in taken:
                    path.unlink(missing_ok=True)
        except OSError as error:
            self.warn(error)

    def call(self, attempt_id: str, step: int, digest: str) -> "SpooledCall":
        """Return the spool of one model call. Use it in a ``with`` block.

        Args:
            attempt_id: the attempt that asks.
            step: the number of its step.
            digest: what was asked; a call with another question never finds this one's reply.
        """
        name = name_of(attempt_id, step, digest)
        return SpooledCall(self, name, self._left.pop(name, None))

    def take(self) -> _Slot:
        """Return a file that holds nothing. Raises OSError."""
        if self._free:
            return self._free.pop()
        while True:
            with contextlib.suppress(FileExistsError):  # an earlier process's
                return _Slot(f"{self._folder}/{_SLOT}{next(self._numbers)}")

    def label(self, name: str) -> bytes:
        """Return what the file of a call's next response begins with; no two are the same."""
        return b"%s %012d\n" % (name.encode(), next(self._serials))

    def give_back(self, slot: _Slot) -> None:
        """Empty a file for the next call. Raises OSError."""
        try:
            os.truncate(slot.descriptor, 0)
        except OSError:
            slot.remove()
            raise
        self._free.append(slot)

    def leave(self, name: str, kept: Kept) -> None:
        """Note that a call was given up with a response in its file: a parked run makes it again."""
        self._left[name] = kept

    def close(self) -> None:
        """Release the files that hold nothing."""
        free, self._free = self._free, []
        for slot in free:
            try:
                slot.remove()
            except OSError as error:
                self.warn(error)

    def clear(self) -> None:
        """Remove what is left; for a run that has ended."""
        self.close()
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


def name_of(attempt_id: str, step: int, digest: str) -> str:
    """Return the name under which the response to a call is kept."""
    key = f"{attempt_id}\0{step}\0{digest}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(key).hexdigest()[:32]


def kept_in(folder: Path) -> dict[str, Kept]:
    """Return what lies in a spool, by the names of the calls. Raises OSError."""
    kept = {}
    for path in folder.iterdir():
        if _OLD_NAME.fullmatch(path.name):  # once each call had a file of its own
            kept[path.name] = Kept(path, 0)
        elif label := _LABEL.fullmatch(_label_of(path)):
            kept[label[1].decode()] = Kept(path, _LABEL_BYTES)
    return kept


def _label_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LABEL_BYTES)
    except FileNotFoundError:
        return b""


def copy_spool(source: Path, target: Path) -> list[Path]:
    """Copy what lies in a spool into a new folder and return the copies; replies recorded meanwhile are not there.

    Raises:
        OSError: the folder cannot be written.
    """
    target.mkdir(mode=0o700)
    copies = []
    for file, _ in sorted(kept_in(source).values()) if source.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            copy = Path(shutil.copy(file, target / file.name))
            if (label := _label_of(copy)) and label == _label_of(file):
                copies.append(copy)
            else:  # the file went on to another call meanwhile
                copy.unlink()
    return copies


class SpooledCall:
    """Keeps the bytes of one call's response. Implements :class:`swarm.protocols.CallSpool`; never raises.

    Attributes:
        begun: how many responses to the call have begun to arrive in this process.
    """

    __slots__ = ("_end", "_left", "_name", "_size", "_slot", "_spool", "begun")

    def __init__(self, spool: ReplySpool, name: str, left: Kept | None) -> None:
        self._spool = spool
        self._name = name
        self._left = left
        self._slot: _Slot | None = None
        self._size = 0
        self._end = b""
        self.begun = 0

    def received(self) -> bytes:
        """Return what was received before this call was made again, complete or not; empty when nothing was."""
        if self._left is None:
            return b""
        try:
            with self._left.path.open("rb") as file:
                file.seek(self._left.begins)
                return file.read(MAX_REPLY_BYTES)
        except OSError as error:
            self._spool.warn(error)
            return b""

    def begin(self) -> None:
        """Begin to keep a response, and drop what was kept of one before it."""
        self.begun += 1
        self.discard()
        try:
            self._slot = self._spool.take()
            self._size = 0
            self._end = b""
        except OSError as error:
            self._spool.warn(error)

    def write(self, data: bytes) -> None:
        """Keep the next bytes of the response."""
        slot = self._slot
        if slot is None:
            return
        try:
            data = self._without_secrets(slot, data)
            if not self._size:
                data = self._spool.label(self._name) + data
            if os.pwrite(slot.descriptor, data, self._size) == len(data):
                self._size += len(data)
                return
            log.warning("a reply is not kept: %s was written short", slot.path)
        except OSError as error:
            self._spool.warn(error)
        self._drop(slot)  # A reply with a hole in it must never be taken for a whole one.

    def _without_secrets(self, slot: _Slot, data: bytes) -> bytes:
        """Return the next bytes with secrets blanked that are known; what of one is on the disk already is, too."""
        longest = longest_known()
        if not longest:
            return data
        before = self._end
        data, begun = blank_known(data, before)
        if begun:
            os.pwrite(slot.descriptor, b"*" * begun, self._size - begun)
            before = before[:-begun] + b"*" * begun
        self._end = (before + data)[-longest:]
        return data

    def discard(self) -> None:
        """Remove what is kept: the reply is recorded, or was none."""
        left, self._left = self._left, None
        slot, self._slot = self._slot, None
        try:
            if left is not None:
                left.path.unlink(missing_ok=True)
            if slot is not None:
                self._spool.give_back(slot)
        except OSError as error:
            self._spool.warn(error)

    def _drop(self, slot: _Slot) -> None:
        self._slot = None
        try:
            slot.remove()
        except OSError as error:
            self._spool.warn(error)

    def close(self) -> None:
        """Release the file and leave it where it is."""
        slot, self._slot = self._slot, None
        if slot is not None:
            self._spool.leave(self._name, Kept(Path(slot.path), _LABEL_BYTES))
            os.close(slot.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._left is not None:
            self._spool.leave(self._name, self._left)
        self.close()
