"""The archive that a run travels in: a tar file with a manifest first, and nothing that the manifest does not name.

Archives come from elsewhere, so reading is strict: plain files only, in the manifest's order, under names that are
known beforehand, each with the size and hash that the manifest gives. Extensions of the tar format (links, devices,
long names, extended headers) are refused, so no path of a stranger's ever reaches the file system.
"""

import contextlib
import gzip
import hashlib
import os
import re
import stat
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from swarm.errors import ArchiveInvalid, JournalTooNew, JournalWriteFailed, UsageError

ARCHIVE_FORMAT = 1
"""Grows when a reader of the old format would misread the new one."""

MANIFEST = "manifest.json"
JOURNAL = "journal.db"
BUNDLE = "repository.bundle"
SHALLOW = "shallow"
SPOOL = "spool/"

_NAME_AN_ARCHIVE = "Name a file of `swarm export`."
_MAX_MANIFEST_BYTES = 8 * 1024 * 1024
_MAX_MEMBERS = 20_000
_CHUNK = 1024 * 1024
_NAME = r"journal\.db|repository\.bundle|shallow|spool/[A-Za-z0-9_-]{1,100}"
_OBJECT_ID = r"[0-9a-f]{40}|[0-9a-f]{64}"


_Stream = IO[bytes] | gzip.GzipFile


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Member(_Strict):
    """A file in the archive; ``size`` is in bytes, ``sha256`` in hex."""

    name: Annotated[str, Field(pattern=rf"^(?:{_NAME})$")]
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(_Strict):
    """What an archive holds.

    Attributes:
        format: the archive's own format.
        version: the version of swarm that wrote it.
        run_id: the run.
        host: the machine that it was exported on.
        exported_at: when, in Unix seconds.
        last_seq: the last event of its journal.
        base_commit: the commit that the run started from.
        branch: full name of the run's branch in the bundle.
        object_format: ``sha1`` or ``sha256``.
        members: the files, in order.
    """

    format: Annotated[int, Field(ge=1, le=ARCHIVE_FORMAT)] = ARCHIVE_FORMAT
    version: str
    run_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    host: Annotated[str, Field(max_length=255)]
    exported_at: float
    last_seq: Annotated[int, Field(ge=1)]
    base_commit: Annotated[str, Field(pattern=rf"^(?:{_OBJECT_ID})$")]
    branch: Annotated[str, Field(pattern=r"^refs/heads/swarm/[A-Za-z0-9_.%-]{1,200}$")]
    object_format: Literal["sha1", "sha256"]
    members: Annotated[tuple[Member, ...], Field(max_length=_MAX_MEMBERS)]

    def has(self, name: str) -> bool:
        """Whether the archive holds a file of this name."""
        return any(member.name == name for member in self.members)


# -- writing -------------------------------------------------------------------------------------------------------


def describe_member(name: str, file: Path) -> Member:
    """Return a file as the manifest lists it. Raises OSError."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
        return Member(name=name, size=stream.tell(), sha256=digest.hexdigest())


def write_archive(output: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write an archive that is either whole or not there; for its owner only, as it holds all that was said.

    Args:
        output: the new file; compressed when its name ends with ``.gz`` or ``.tgz``.
        manifest: what it holds.
        files: where the content of each member is.

    Raises:
        UsageError: the file exists, or its folder does not.
        JournalWriteFailed: the disk refused.
    """
    unfinished = output.with_name(f".{output.name}.new")
    try:
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as raw:
                _write(raw, manifest, files, compressed=output.suffix in (".gz", ".tgz"))
                raw.flush()
                os.fsync(raw.fileno())
            refuse_existing(output)
            unfinished.rename(output)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise JournalWriteFailed(
            f"the archive {output} could not be written: {error.strerror or error}",
            hint="Check the free space and the permissions, or name another place with --output.",
        ) from error


def refuse_existing(output: Path) -> None:
    """Raise UsageError when a file may not be written."""
    if os.path.lexists(output):
        raise UsageError(f"{output} exists already", hint="Name another file with --output, or remove this one.")
    if not output.parent.is_dir():
        raise UsageError(f"there is no folder {output.parent}", hint="Name another file with --output.")


def _write(raw: IO[bytes], manifest: Manifest, files: Mapping[str, Path], *, compressed: bool) -> None:
    text = manifest.model_dump_json(indent=1).encode()
    with contextlib.ExitStack() as stack:
        stream: _Stream = raw
        if compressed:
            stream = stack.enter_context(gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0))
        stream.write(_header_of(MANIFEST, len(text), manifest.exported_at))
        stream.write(text + _padding(len(text)))
        for member in manifest.members:
            stream.write(_header_of(member.name, member.size, manifest.exported_at))
            with files[member.name].open("rb") as content:
                while chunk := content.read(_CHUNK):
                    stream.write(chunk)
            stream.write(_padding(member.size))
        stream.write(bytes(2 * tarfile.BLOCKSIZE))


def _header_of(name: str, size: int, at: float) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, int(at), 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


# -- reading -------------------------------------------------------------------------------------------------------


def read_manifest(archive: Path) -> Manifest:
    """Return what an archive says that it holds.

    Raises:
        UsageError: there is no such file.
        ArchiveInvalid: it is not an archive of a run.
        JournalTooNew: a newer version of swarm wrote it.
    """
    with _opened(archive) as stream:
        return _manifest(stream, archive)


def extract(archive: Path, folder: Path) -> Manifest:
    """Write the members below a folder of the caller's; whatever is raised, nothing of them is to be used.

    Raises:
        UsageError: there is no such file.
        ArchiveInvalid: it is not an archive of a run, is cut off, or differs from its manifest.
        JournalTooNew: a newer version of swarm wrote it.
        OSError: the disk refused.
    """
    with _opened(archive) as stream:
        manifest = _manifest(stream, archive)
        names = [member.name for member in manifest.members]
        if len(set(names)) != len(names) or not {JOURNAL, BUNDLE} <= set(names):
            raise ArchiveInvalid(f"{archive} lists a file twice, or lacks {JOURNAL} or {BUNDLE}")
        (folder / SPOOL).mkdir(mode=0o700)
        for member in manifest.members:
            _extract(stream, member, folder, archive)
        _require_end(stream, archive)
    return manifest


@contextlib.contextmanager
def _opened(archive: Path) -> Iterator[_Stream]:
    """Open an archive, compressed or not; errors of the decompression become ArchiveInvalid."""
    try:
        descriptor = os.open(archive, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(f"{archive} cannot be read: {error.strerror}", hint=_NAME_AN_ARCHIVE) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UsageError(f"{archive} is not a file", hint=_NAME_AN_ARCHIVE)
    with os.fdopen(descriptor, "rb") as raw:
        compressed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not compressed:
            yield raw
            return
        try:
            with gzip.GzipFile(fileobj=raw) as stream:
                yield stream
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ArchiveInvalid(f"{archive} is cut off or damaged: {error}") from error


def _manifest(stream: _Stream, archive: Path) -> Manifest:
    name, size = _header(stream, archive)
    if name != MANIFEST or size > _MAX_MANIFEST_BYTES:
        raise ArchiveInvalid(f"{archive} is not an archive of a run: it does not begin with {MANIFEST}")
    text = _read(stream, size + -size % tarfile.BLOCKSIZE, archive)[:size]
    found = re.search(rb'"format"\s*:\s*(\d{1,9})\b', text[:4096])
    if found and int(found[1]) > ARCHIVE_FORMAT:
        raise JournalTooNew(f"{archive} was written by a newer version of swarm (archive format {int(found[1])})")
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ArchiveInvalid(f"the manifest of {archive} is not one: {place}: {first['msg']}") from error


def _header(stream: _Stream, archive: Path) -> tuple[str, int]:
    block = _read(stream, tarfile.BLOCKSIZE, archive)
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, ValueError) as error:
        raise ArchiveInvalid(f"{archive} is not an archive of a run, or is damaged: {error}") from error
    if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or info.linkname or info.size < 0:
        raise ArchiveInvalid(f"{archive} holds something else than plain files: {info.name[:100]!r}")
    return info.name, info.size


def _extract(stream: _Stream, member: Member, folder: Path, archive: Path) -> None:
    name, size = _header(stream, archive)
    if (name, size) != (member.name, member.size):
        raise ArchiveInvalid(
            f"{archive} holds {name[:100]!r} with {size} bytes where its manifest says {member.name!r}"
        )
    digest, left = hashlib.sha256(), size
    with (folder / member.name).open("xb") as file:
        while left:
            chunk = _read(stream, min(left, _CHUNK), archive)
            digest.update(chunk)
            file.write(chunk)
            left -= len(chunk)
    if digest.hexdigest() != member.sha256:
        raise ArchiveInvalid(f"{member.name} in {archive} is not what the manifest says: its hash differs")
    _read(stream, -size % tarfile.BLOCKSIZE, archive)


def _require_end(stream: _Stream, archive: Path) -> None:
    end = _read(stream, 2 * tarfile.BLOCKSIZE, archive)
    while end:
        if end.strip(b"\0"):
            raise ArchiveInvalid(f"{archive} holds more than its manifest says")
        end = stream.read(_CHUNK)


def _read(stream: _Stream, size: int, archive: Path) -> bytes:
    """Read exactly so many bytes."""
    data = stream.read(size)
    if len(data) != size:
        raise ArchiveInvalid(f"{archive} is cut off")
    return data
