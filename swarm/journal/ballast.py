"""The ballast: disk space that is held in reserve, and given back when the disk is full.

A journal on a full disk takes not even one byte more, so a run could not record that it stands still. While a run is
driven it holds a file of some megabytes; the first commit that finds no room removes it and is made again, and
whoever looks after the run (:mod:`swarm.upkeep`) sees that it is gone and brings the run to a recorded pause.
"""

import contextlib
import errno
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from swarm.errors import ConfigError, LimitReached

BALLAST_BYTES = 8 * 1024 * 1024

FULL = (errno.ENOSPC, errno.EDQUOT)
"""The numbers of the errors with which a full disk, or one whose share is used up, refuses a write."""


def ballast_of(journal: Path) -> Path:
    """Return the file of the ballast that belongs to a journal."""
    return journal.with_name("ballast")


def disk_full(folder: Path) -> LimitReached:
    """Return the error of a run that cannot be driven for want of disk space."""
    return LimitReached(
        f"the disk of {folder} is full: fewer than {BALLAST_BYTES // 2**20} MiB are free",
        hint="Free some disk space, then `swarm resume`; nothing is lost.",
    )


def drop(journal: Path) -> bool:
    """Give the ballast back to the disk; False when there was none."""
    try:
        ballast_of(journal).unlink()
    except OSError:
        return False
    return True


class Ballast:
    """Holds the ballast of a run while it is driven, as a context manager.

    Args:
        journal: the run's journal, whose folder holds the ballast.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal

    def __enter__(self) -> Self:
        """Reserve the space.

        Raises:
            LimitReached: the disk has no room for it; nothing was changed.
            ConfigError: the folder cannot be written.
        """
        path = ballast_of(self._journal)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, BALLAST_BYTES)
            finally:
                os.close(descriptor)
        except OSError as error:
            drop(self._journal)
            if error.errno in FULL:
                raise disk_full(path.parent) from error
            if error.errno in (errno.EFBIG, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                return self  # No reserve is to be had here; a full disk then ends the run without a recorded pause.
            raise ConfigError(
                f"cannot write to the run's folder {path.parent}: {error.strerror}",
                hint="Check its permissions, and whether its disk is mounted read-only; nothing is lost.",
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            drop(self._journal)
