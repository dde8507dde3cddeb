"""Archives from elsewhere: whatever is wrong with one is said, and nothing of it is placed anywhere."""

import asyncio
import contextlib
import gzip
import io
import json
import os
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from swarm.errors import ArchiveInvalid, JournalError, JournalTooNew, SwarmError, UsageError
from swarm.history.archive import Manifest, describe_member, extract, read_manifest, write_archive
from swarm.history.exporting import export_run
from swarm.history.importing import import_run
from swarm.journal.store import RunStore
from tests.history.history_runs import simulated, start


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good archive of a run that was stopped in the middle."""
    folder = tmp_path_factory.mktemp("exported")

    async def make() -> None:
        async with simulated() as endpoint:
            await start(endpoint, folder, max_calls=6)
        await export_run(RunStore(folder / "home"), "r", folder / "r.tar")

    asyncio.run(make())
    return folder / "r.tar"


async def refused(archive: Path, home: Path, kind: type[SwarmError] = ArchiveInvalid) -> SwarmError:
    """Import an archive, which must be refused and leave nothing behind, and return the error."""
    with pytest.raises(kind) as caught:
        await import_run(RunStore(home), archive)
    assert not (home / "runs").exists() or list((home / "runs").iterdir()) == []
    assert caught.value.hint
    return caught.value


async def test_a_good_one_is_taken(exported: Path, tmp_path: Path) -> None:
    folder = await import_run(RunStore(tmp_path), exported)
    assert {path.name for path in folder.root.iterdir()} >= {"journal.db", "repository.git", "spool", "created"}
    assert not (folder.root / "archive").exists()


# -- the file -----------------------------------------------------------------------------------------------------


async def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for name in ("missing", ".", "fifo"):
        await refused(tmp_path / name, tmp_path / "home", UsageError)


FOREIGN: dict[str, bytes] = {
    "empty": b"",
    "text": b"hello\n" * 1000,
    "zeros": bytes(10_240),
    "half a gzip": gzip.compress(b"x" * 5000)[:20],
    "gzip of text": gzip.compress(b"x" * 5000),
    "a database": b"SQLite format 3\0" + bytes(1000),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
async def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(content)
    await refused(tmp_path / "a.tar", tmp_path / "home")


@pytest.mark.parametrize("compressed", [False, True])
async def test_one_that_is_cut_off_is_refused_wherever_that_is(
    compressed: bool, exported: Path, tmp_path: Path
) -> None:
    whole = gzip.compress(exported.read_bytes()) if compressed else exported.read_bytes()
    for length in (1, 511, 512, 700, 2000, len(whole) // 2, len(whole) - 1025, len(whole) - 12):
        (tmp_path / "a.tar").write_bytes(whole[:length])
        (tmp_path / str(length)).mkdir()
        with pytest.raises(ArchiveInvalid):
            extract(tmp_path / "a.tar", tmp_path / str(length))
    await refused(tmp_path / "a.tar", tmp_path / "home")


async def test_any_changed_byte_of_a_member_is_found(exported: Path, tmp_path: Path) -> None:
    whole = bytearray(exported.read_bytes())
    manifest = read_manifest(exported)
    with tarfile.open(exported) as archive:
        for member in manifest.members:
            if not member.size:
                continue
            place = archive.getmember(member.name).offset_data + member.size // 2
            changed = whole.copy()
            changed[place] ^= 1
            (tmp_path / "a.tar").write_bytes(changed)
            error = await refused(tmp_path / "a.tar", tmp_path / "home")
            assert member.name in error.message


# -- what is in it -------------------------------------------------------------------------------------------------


Change = Callable[[list[tuple[tarfile.TarInfo, bytes]]], object]


def plain(name: str, data: bytes = b"x") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    return info, data


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def as_link(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    members[1] = special("journal.db", tarfile.SYMTYPE, "/etc/passwd")


CHANGES: dict[str, Change] = {
    "one more": lambda members: members.append(plain("spool/more")),
    "one above": lambda members: members.append(plain("../../escaped")),
    "an absolute one": lambda members: members.insert(1, plain("/tmp/escaped")),
    "one less": lambda members: members.pop(),
    "another order": lambda members: members.reverse(),
    "no manifest": lambda members: members.pop(0),
    "twice": lambda members: members.append(members[1]),
    "a link": as_link,
    "a link first": lambda members: members.insert(1, special("journal.db", tarfile.SYMTYPE, "/etc/passwd")),
    "a hard link": lambda members: members.insert(1, special("journal.db", tarfile.LNKTYPE, "/etc/passwd")),
    "a device": lambda members: members.insert(1, special("journal.db", tarfile.CHRTYPE)),
    "a fifo": lambda members: members.insert(1, special("journal.db", tarfile.FIFOTYPE)),
    "a folder": lambda members: members.insert(1, special("spool/", tarfile.DIRTYPE)),
    "a long name": lambda members: members.insert(1, plain("spool/" + "x" * 300)),
}


def rewritten(archive: Path, target: Path, change: Change, form: int = tarfile.GNU_FORMAT) -> Path:
    """Write the archive once more with other members, hashes and all."""
    with tarfile.open(archive) as old:
        members = []
        for info in old:
            content = old.extractfile(info)
            assert content is not None
            members.append((info, content.read()))
    change(members)
    with tarfile.open(target, "w", format=form) as new:
        for info, data in members:
            new.addfile(info, io.BytesIO(data))
    return target


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["gnu", "pax"])
async def test_members_that_the_manifest_does_not_name_are_refused(
    change: Change, form: int, exported: Path, tmp_path: Path
) -> None:
    await refused(rewritten(exported, tmp_path / "a.tar", change, form), tmp_path / "home")
    assert {path.name for path in tmp_path.iterdir()} <= {"a.tar", "home"}


def with_manifest(archive: Path, target: Path, **changes: object) -> Path:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        members[0] = plain("manifest.json", json.dumps({**json.loads(members[0][1]), **changes}).encode())

    return rewritten(archive, target, change)


MANIFESTS: dict[str, dict[str, object]] = {
    "another run": {"run_id": "../../x"},
    "a run that it is not": {"run_id": "other"},
    "another end": {"last_seq": 3},
    "no members": {"members": []},
    "a member above": {"members": [{"name": "../x", "size": 1, "sha256": "0" * 64}]},
    "a huge member": {"members": [{"name": "journal.db", "size": 10**15, "sha256": "0" * 64}]},
    "an option for a branch": {"branch": "--upload-pack=touch"},
    "an option for a commit": {"base_commit": "--all"},
    "another commit": {"base_commit": "0" * 40},
    "another branch": {"branch": "refs/heads/swarm/nobody"},
    "no format": {"format": None},
}


@pytest.mark.parametrize("changes", MANIFESTS.values(), ids=MANIFESTS)
async def test_a_manifest_that_says_something_else_is_refused(
    changes: dict[str, object], exported: Path, tmp_path: Path
) -> None:
    await refused(with_manifest(exported, tmp_path / "a.tar", **changes), tmp_path / "home")


async def test_a_newer_archive_is_refused_as_such(exported: Path, tmp_path: Path) -> None:
    newer = with_manifest(exported, tmp_path / "a.tar", format=2, something="new")
    error = await refused(newer, tmp_path / "home", JournalTooNew)
    assert "pgrade" in error.hint
    assert error.exit_code == 7


# -- a hostile journal or bundle, with a manifest to match ---------------------------------------------------------


def repacked(archive: Path, tmp_path: Path, change: Callable[[Path], object]) -> Path:
    """Change the unpacked members and write an archive with a manifest that fits them."""
    folder = tmp_path / "unpacked"
    folder.mkdir()
    manifest = extract(archive, folder)
    change(folder)
    files = {member.name: folder / member.name for member in manifest.members}
    members = tuple(describe_member(name, file) for name, file in files.items())
    last = 1
    with contextlib.suppress(sqlite3.DatabaseError):
        connection = sqlite3.connect(folder / "journal.db")
        last = connection.execute("SELECT coalesce(max(seq), 1) FROM events").fetchone()[0]
        connection.close()
    fields = {**manifest.model_dump(), "members": members, "last_seq": last}
    write_archive(tmp_path / "a.tar", Manifest(**fields), files)
    return tmp_path / "a.tar"


def sql(*statements: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        connection = sqlite3.connect(folder / "journal.db")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    return change


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS seq FROM n"
JOURNALS: dict[str, Callable[[Path], object]] = {
    "a changed event": sql("UPDATE events SET at = 0 WHERE seq = 9"),
    "a missing event": sql("DELETE FROM events WHERE seq = 9"),
    "no event": sql("DELETE FROM events"),
    "a missing blob": sql("DELETE FROM blobs"),
    "a blob that grows": sql("UPDATE blobs SET size = 1 << 60"),
    "another run's": sql("UPDATE meta SET value = 'other' WHERE key = 'run_id'"),
    "another trigger": sql("CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM blobs; END"),
    "one more table": sql("CREATE TABLE more (x)"),
    "a table that computes for ever": sql("ALTER TABLE meta RENAME TO m", f"CREATE VIEW meta AS {ENDLESS}"),
    "no journal": lambda folder: (folder / "journal.db").write_bytes(b"SQLite format 3\0" + bytes(5000)),
    "no bundle": lambda folder: (folder / "repository.bundle").write_bytes(b"# v2 git bundle\nnothing\n"),
    "half a bundle": lambda folder: os.truncate(folder / "repository.bundle", 2000),
}


@pytest.mark.parametrize("change", JOURNALS.values(), ids=JOURNALS)
async def test_hostile_content_is_refused_although_the_manifest_fits(
    change: Callable[[Path], object], exported: Path, tmp_path: Path
) -> None:
    await refused(repacked(exported, tmp_path, change), tmp_path / "home", JournalError)


async def test_what_an_event_belongs_to_is_taken_from_the_event_itself(exported: Path, tmp_path: Path) -> None:
    archive = repacked(exported, tmp_path, sql("UPDATE events SET attempt_id = 's1@1', subtask_id = 'x'"))
    folder = await import_run(RunStore(tmp_path / "home"), archive)
    connection = sqlite3.connect(folder.journal)
    assert connection.execute("SELECT count(*) FROM events WHERE subtask_id = 'x'").fetchone() == (0,)
