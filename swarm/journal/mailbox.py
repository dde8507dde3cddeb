"""A run's mailbox: a folder where other processes leave requests for the one that drives the run.

One file for each request, written whole under another name, synced and renamed, so that it is there at once or not at
all. Whoever drives the run removes a file when the journal holds the answer. What lies there is not trusted.
"""

import contextlib
import heapq
import os
import secrets
import stat
import time
from collections.abc import Callable, Container
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from swarm.core.requests import Request
from swarm.durable import sync
from swarm.errors import ConfigError, UsageError
from swarm.redaction import redact
from swarm.text import neutralise_line

MAX_WAITING = 256
"""Requests that may lie in a mailbox at the same time."""

MAX_BYTES = 32 * 1024
"""The most bytes of one request."""

_LOOKED_AT = 4_096
_TAKEN_AT_ONCE = 64
_UNFINISHED = ".new-"
_ABANDONED_AFTER_S = 60.0
_SHOWN_NAME = 80


@dataclass(frozen=True, slots=True)
class Letter:
    """What lies in a mailbox under a name: a request, or ``problem`` says why it is none."""

    name: str
    request: Request | None
    problem: str = ""

    @property
    def request_id(self) -> str:
        """The name as the journal may hold it."""
        return neutralise_line(self.name)[:_SHOWN_NAME]


class Mailbox:
    """The mailbox in one folder, which the first request makes.

    Args:
        folder: where the requests lie.
        clock: gives the wall-clock time in Unix seconds.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def post(self, request: Request) -> str:
        """Leave a request, and return its id when it is on disk.

        Raises:
            UsageError: too many requests wait already.
            ConfigError: the folder cannot be written to.
        """
        name = f"{int(self._clock() * 1e6):017d}-{secrets.token_hex(4)}"
        unfinished = self._folder / f"{_UNFINISHED}{name}"
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if self._is_full():
                raise UsageError(
                    f"{MAX_WAITING} requests wait for this run already",
                    hint="They are taken when a process drives the run: `swarm resume` starts one.",
                )
            kept = request.model_copy(update={"text": redact(request.text)})
            _write(unfinished, kept.model_dump_json().encode())
            unfinished.rename(self._folder / name)
            sync(self._folder)
        except OSError as error:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise ConfigError(
                f"the request cannot be left in {self._folder}: {error.strerror}",
                hint="Check the folder's permissions and the free space.",
            ) from error
        return name

    def names(self, *, besides: Container[str] = ()) -> list[str]:
        """Return the names of what lies there, the oldest first; no more than can be dealt with at a time."""
        try:
            with os.scandir(self._folder) as entries:
                found = (entry.name for entry in islice(entries, _LOOKED_AT) if not entry.name.startswith("."))
                return heapq.nsmallest(_TAKEN_AT_ONCE, (name for name in found if name not in besides))
        except OSError:
            return []  # nobody has left anything yet

    def _is_full(self) -> bool:
        with os.scandir(self._folder) as entries:
            return sum(1 for _ in islice(entries, MAX_WAITING)) >= MAX_WAITING

    def read(self, name: str) -> Letter:
        """Return what lies under a name."""
        try:
            text = _read(self._folder / name)
            return Letter(name, Request.model_validate_json(text))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            return Letter(name, None, f"{place}: {first['msg']}" if place else first["msg"])
        except ValueError as error:
            return Letter(name, None, str(error))
        except OSError as error:
            return Letter(name, None, error.strerror or "it cannot be read")

    def remove(self, name: str) -> bool:
        """Remove what lies under a name, and say whether nothing lies there any more."""
        path = self._folder / name
        with contextlib.suppress(OSError):
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink()
        return not os.path.lexists(path)

    def sweep(self) -> None:
        """Remove what processes that died while they wrote have left."""
        with contextlib.suppress(OSError):
            for path in islice(self._folder.glob(f"{_UNFINISHED}*"), _LOOKED_AT):
                if self._clock() - path.lstat().st_mtime > _ABANDONED_AFTER_S:
                    path.unlink()


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _read(path: Path) -> bytes:
    """Return a small regular file's bytes; never follows a link and never waits for a pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is no regular file")
        data = os.read(descriptor, MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(data) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES} bytes")
    return data
