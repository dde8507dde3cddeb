"""The reply spool: the bytes of a response, kept while they arrive, until the reply that they make is in the journal.

A reply whose last byte was read and that was not committed yet would otherwise be bought again after a kill. Each call
in flight has a file in the run's folder, which another call takes over when it is done: making and removing a file for
each of them costs more than all that is written. A file says first whose response it holds, then what the server sent
as the body, never a request, a header or a key. When the reply is recorded that label is struck out, and the next
response is written over the old one: emptying the file would cost ten times as much. So its label also says how many
bytes are the new response, and their checksum, until more of it comes and the rest of the old one is cut off.

Nothing is synced: what was written survives the process, however that ends, but not the machine. A file that cannot
be written costs nothing but that protection: the call goes on without it.
"""

import contextlib
import hashlib
import logging
import os
import re
import shutil
import zlib
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from swarm.redaction import blank_known, longest_known

log = logging.getLogger(__name__)

MAX_REPLY_BYTES = 33 * 1024 * 1024
"""No more than this is read back: a little more than a client takes of one reply."""

_SLOT = "reply-"
_LABEL = re.compile(rb"([0-9a-f]{32}) [0-9]{12}(?: (?:([0-9a-f]{8}) ([0-9a-f]{8})|-{8} -{8}))?\n")
_LABEL_BYTES = 64
_STRUCK_OUT = b"#" * _LABEL_BYTES
_OLD_NAME = re.compile(r"[0-9a-f]{32}")
_MOST_OVERWRITTEN_BYTES = 64 * 1024


class _Slot:
    """A file that holds one response after another; ``size`` is that of the file while it holds none."""

    __slots__ = ("descriptor", "path", "size")

    def __init__(self, path: str) -> None:
        self.path = path
        self.size = 0
        self.descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def truncate(self, size: int) -> None:
        """Cut it off. Raises OSError."""
        os.ftruncate(self.descriptor, size)
        self.size = size

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
        self._left: dict[str, Path] = {}
        self._free: list[_Slot] = []
        self._serials = count(1)
        self._numbers = count(1)
        self._warned = False
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._left = kept_in(folder)
            kept = set(self._left.values())
            for path in folder.iterdir():
                if path not in kept:
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
        """Return a file that holds no response. Raises OSError."""
        if self._free:
            return self._free.pop()
        while True:
            with contextlib.suppress(FileExistsError):  # an earlier process's
                return _Slot(f"{self._folder}/{_SLOT}{next(self._numbers)}")

    def label(self, name: bytes, data: bytes | None = None) -> bytes:
        """Return what the file of a call's response begins with; no two are the same.

        Args:
            name: the call's.
            data: the response; without it the response goes on to the file's end.
        """
        if data is None:
            return b"%s %012d -------- --------\n" % (name, next(self._serials))
        return b"%s %012d %08x %08x\n" % (name, next(self._serials), len(data), zlib.crc32(data))

    def give_back(self, slot: _Slot, size: int, *, streamed: bool) -> None:
        """Take a call's response out of its file, for the next call. Raises OSError.

        Args:
            slot: the file.
            size: what was written there.
            streamed: in more than one piece; then the next response is likely to be, too, and needs an empty file.
        """
        try:
            if streamed or size > _MOST_OVERWRITTEN_BYTES:
                slot.truncate(0)
            elif size:
                os.pwrite(slot.descriptor, _STRUCK_OUT, 0)
                slot.size = max(slot.size, size)
        except OSError:
            slot.remove()
            raise
        self._free.append(slot)

    def leave(self, name: str, path: Path) -> None:
        """Note that a call was given up with a response in its file: a parked run makes it again."""
        self._left[name] = path

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


def kept_in(folder: Path) -> dict[str, Path]:
    """Return the files that hold responses, by the names of the calls. Raises OSError."""
    kept = {}
    for path in folder.iterdir():
        if _OLD_NAME.fullmatch(path.name):  # once each call had a file of its own
            kept[path.name] = path
        elif label := _LABEL.match(_label_of(path)):
            kept[label[1].decode()] = path
    return kept


def response_in(path: Path, name: str) -> bytes:
    """Return the response to a call as far as a file holds it, empty when it holds none. Raises OSError."""
    with path.open("rb") as file:
        if path.name == name:
            return file.read(MAX_REPLY_BYTES)
        label = _LABEL.match(file.read(_LABEL_BYTES))
        if label is None or label[1] != name.encode():
            return b""
        file.seek(label.end())
        if label[2] is None:
            return file.read(MAX_REPLY_BYTES)
        data = file.read(min(int(label[2], 16), MAX_REPLY_BYTES))
        # A write that was cut off by a kill has left a part of what it was to overwrite.
        return data if zlib.crc32(data) == int(label[3], 16) else b""


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
    for file in sorted(kept_in(source).values()) if source.is_dir() else ():
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

    __slots__ = ("_end", "_is_closed", "_left", "_name", "_size", "_slot", "_spool", "_writes", "begun")

    def __init__(self, spool: ReplySpool, name: str, left: Path | None) -> None:
        self._spool = spool
        self._name = name
        self._left = left
        self._slot: _Slot | None = None
        self._size = 0
        self._writes = 0
        self._is_closed = False
        self._end = b""
        self.begun = 0

    def received(self) -> bytes:
        """Return what was received before this call was made again, complete or not; empty when nothing was."""
        if self._left is None:
            return b""
        try:
            return response_in(self._left, self._name)
        except OSError as error:
            self._spool.warn(error)
            return b""

    def begin(self) -> None:
        """Begin to keep a response, and drop what was kept of one before it."""
        self.begun += 1
        if self._slot is not None or self._left is not None:
            self.discard()
        try:
            self._slot = self._spool.take()
        except OSError as error:
            self._spool.warn(error)

    def write(self, data: bytes) -> None:
        """Keep the next bytes of the response."""
        slot = self._slot
        if slot is None:
            return
        try:
            if self._is_closed:
                self._go_on(slot)
            data = self._without_secrets(slot, data)
            if not self._writes:
                self._is_closed = slot.size > 0
                data = self._spool.label(self._name.encode(), data if self._is_closed else None) + data
            if os.pwrite(slot.descriptor, data, self._size) == len(data):
                self._size += len(data)
                self._writes += 1
                return
            log.warning("a reply is not kept: %s was written short", slot.path)
        except OSError as error:
            self._spool.warn(error)
        self._drop(slot)  # A reply with a hole in it must never be taken for a whole one.

    def _go_on(self, slot: _Slot) -> None:
        """Cut off what is left of an older response, for there is more of this one than its label says."""
        slot.truncate(self._size)
        os.pwrite(slot.descriptor, self._spool.label(self._name.encode()), 0)
        self._is_closed = False

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
        size, self._size = self._size, 0
        writes, self._writes = self._writes, 0
        self._is_closed = False
        self._end = b""
        try:
            if left is not None:
                left.unlink(missing_ok=True)
            if slot is not None:
                self._spool.give_back(slot, size, streamed=writes > 1)
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
            self._spool.leave(self._name, Path(slot.path))
            os.close(slot.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._left is not None:
            self._spool.leave(self._name, self._left)
        self.close()
