"""Files that checks need and agents may not see: part of the journal, never of a repository, workspace or prompt."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from swarm.errors import UsageError

MAX_HIDDEN_BYTES = 4 * 1024 * 1024
MAX_HIDDEN_FILES = 2_000


@dataclass(frozen=True, slots=True)
class HiddenFile:
    """A file: its path from the root of a checkout, and its bytes in base64."""

    path: str
    data: str


@dataclass(frozen=True, slots=True)
class HiddenFilesRecorded:
    """The files that the run's hidden checks are run with."""

    files: tuple[HiddenFile, ...]


def recorded(files: Mapping[str, bytes]) -> HiddenFilesRecorded:
    """Return the fact that keeps hidden files.

    Raises:
        UsageError: too many, too large, or a path that leads out of a checkout.
    """
    size = sum(map(len, files.values()))
    if size > MAX_HIDDEN_BYTES or len(files) > MAX_HIDDEN_FILES:
        raise UsageError(
            f"{len(files):,} hidden files of {size:,} bytes are too much",
            hint=f"At most {MAX_HIDDEN_FILES:,} files of {MAX_HIDDEN_BYTES:,} bytes together.",
        )
    for path in files:
        parts = path.split("/")
        if not path or path.startswith("/") or {"", ".", "..", ".git"}.intersection(parts) or "\0" in path:
            raise UsageError(f"the hidden file {path!r} does not lie below the root of a checkout")
    return HiddenFilesRecorded(
        tuple(HiddenFile(path, base64.b64encode(data).decode()) for path, data in sorted(files.items()))
    )


def contents(files: Iterable[HiddenFile]) -> dict[str, bytes]:
    """Return the bytes of hidden files by their paths; what cannot be read is left out, so that its check fails."""
    found = {}
    for file in files:
        try:
            found[file.path] = base64.b64decode(file.data, validate=True)
        except (binascii.Error, ValueError):
            continue
    return found
