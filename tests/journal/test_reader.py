import asyncio
import contextlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import cast

import pytest

from swarm.core.events import (
    NoteRecorded,
    Recorded,
    RunEnded,
    RunOutcome,
    ToolCalled,
    ToolReturned,
)
from swarm.errors import JournalError, JournalUnreadable
from swarm.journal.codec import checksum, encode
from swarm.journal.reader import follow, open_reader
from swarm.journal.sqlite import SqliteJournal
from tests.journal.journal_samples import SAMPLES


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    journal = SqliteJournal.create(tmp_path / "journal.db", run_id="r7", clock=lambda: 99.5)
    await journal.append(*SAMPLES)
    await journal.close()
    return tmp_path / "journal.db"


def change(path: Path, sql: str, *values: object) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql, values)


def test_what_a_reader_knows(path: Path) -> None:
    with open_reader(path) as reader:
        assert (reader.run_id, reader.format, reader.epoch) == ("r7", 1, 1)
        assert reader.last_seq() == len(SAMPLES)
        assert [recorded.event for recorded in reader.events()] == list(SAMPLES)
        reader.check()


def test_choosing_events(path: Path) -> None:
    with open_reader(path) as reader:

        def chosen(**options: object) -> list[int]:
            return [recorded.seq for recorded in reader.events(**options)]  # type: ignore[arg-type]

        everything = chosen()
        assert everything == list(range(1, len(SAMPLES) + 1))
        assert chosen(after=20) == everything[20:]
        assert chosen(after=-3, limit=2) == [1, 2]
        assert chosen(limit=0) == []
        attempt, subtask = chosen(attempt_id="parser@1"), chosen(subtask_id="parser")
        assert attempt == [
            recorded.seq for recorded in reader.events() if getattr(recorded.event, "attempt_id", "") == "parser@1"
        ]
        assert subtask == [
            recorded.seq
            for recorded in reader.events()
            if getattr(recorded.event, "subtask_id", "") == "parser" or recorded.seq in attempt
        ]
        assert chosen(attempt_id="parser@1", subtask_id="parser") == attempt
        assert chosen(attempt_id="parser@1", subtask_id="docs") == []
        assert chosen(attempt_id="parser@1", after=attempt[3], limit=2) == attempt[4:6]


async def test_more_than_a_page(tmp_path: Path) -> None:
    path = tmp_path / "many.db"
    journal = SqliteJournal.create(path, run_id="r")
    await journal.append(*(NoteRecorded(str(number)) for number in range(1_234)))
    await journal.close()
    with open_reader(path) as reader:
        assert [recorded.seq for recorded in reader.events()] == list(range(1, 1_235))
        assert [recorded.seq for recorded in reader.events(after=3, limit=1_000)] == list(range(4, 1_004))
        assert len(list(reader.raw(after=234))) == 1_000


def test_raw_events_are_whole_and_plain(path: Path) -> None:
    with open_reader(path) as reader:
        raw = list(reader.raw())
        assert [(entry["seq"], entry["at"]) for entry in raw] == [(seq, 99.5) for seq in range(1, len(SAMPLES) + 1)]
        replied = next(entry for entry in raw if entry["type"] == "model_replied")
    assert replied["reply"]["reasoning"] == "r" * 3_000
    assert list(replied)[:4] == ["seq", "at", "type", "attempt_id"]
    returned = next(entry for entry in raw if entry["type"] == "tool_returned")
    assert returned["content"] == "\x1flooks like a marker"


def test_raw_shows_types_that_this_version_does_not_know(path: Path) -> None:
    sql = "UPDATE events SET type = 'run_teleported', checksum = ? WHERE seq = 3"
    change(path, sql, checksum(3, 99.5, "run_teleported", encode(SAMPLES[2]).body))
    with open_reader(path) as reader:
        assert [entry["type"] for entry in reader.raw()][2] == "run_teleported"
        with pytest.raises(JournalUnreadable, match=r"event 3 .*run_teleported"):
            list(reader.events())


def test_damage_is_named_not_passed_over(path: Path) -> None:
    whole = path.read_bytes()
    cases = {
        'UPDATE events SET body = \'{"text": "forged"}\' WHERE seq = 3': "STRICT",
        'UPDATE events SET body = CAST(\'{"text": "forged"}\' AS BLOB) WHERE seq = 3': "event 3 .*checksum",
        "UPDATE events SET at = 1.0 WHERE seq = 4": "event 4 .*checksum",
        "DELETE FROM events WHERE seq = 5": "event 5 is missing",
        "DELETE FROM events WHERE seq = 1": "event 1 is missing",
        "DELETE FROM blobs": "blob [0-9a-f]{12} is missing",
        "UPDATE blobs SET data = x'00'": "blob [0-9a-f]{12} is damaged",
        "DELETE FROM meta WHERE key = 'run_id'": "which run",
        "DROP TABLE meta": "cannot read the journal",
        "PRAGMA application_id = 7": "not a journal of swarm",
    }
    for sql, expected in cases.items():
        path.write_bytes(whole)
        if expected == "STRICT":
            with pytest.raises(sqlite3.IntegrityError):
                change(path, sql)
            continue
        change(path, sql)
        with pytest.raises(JournalUnreadable, match=expected) as caught, open_reader(path) as reader:
            reader.check()
        assert caught.value.exit_code == 7


def test_what_is_not_a_journal(tmp_path: Path) -> None:
    empty, text, folder = tmp_path / "empty", tmp_path / "text", tmp_path / "folder"
    empty.touch()
    text.write_text("not a database, " * 100)
    folder.mkdir()
    foreign = tmp_path / "foreign.db"
    change(foreign, "CREATE TABLE t (x)")
    cases = [
        (tmp_path / "missing", "no journal at"),
        (empty, "is empty"),
        (text, "not a database"),
        (folder, "not a file"),
        (foreign, "not a journal of swarm"),
    ]
    openings: list[Callable[[Path], object]] = [open_reader, SqliteJournal.open]
    for place, expected in cases:
        for opening in openings:
            with pytest.raises(JournalUnreadable, match=expected):
                opening(place)
    assert not (tmp_path / "missing").exists()
    assert empty.read_bytes() == b""


def test_flipped_bytes_are_found_or_harmless(path: Path, tmp_path: Path) -> None:
    """Whatever byte is damaged: either all events are exactly as they were, or reading fails with our own error."""
    whole = path.read_bytes()
    rng = random.Random(11)
    damaged = tmp_path / "damaged.db"
    found = 0
    for _ in range(250):
        changed = bytearray(whole)
        for _ in range(rng.choice((1, 1, 4, 200))):
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        damaged.write_bytes(changed)
        try:
            with open_reader(damaged) as reader:
                assert [recorded.event for recorded in reader.events()] == list(SAMPLES)
        except JournalError:
            found += 1
        for suffix in ("-wal", "-shm", "-journal"):
            damaged.with_name(damaged.name + suffix).unlink(missing_ok=True)
    assert found >= 20


def test_truncated_files_are_found(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    for size in (1, 50, 100, 512, 4_096, 8_192, len(whole) // 2, len(whole) - 4_096):
        cut = tmp_path / f"cut-{size}.db"
        cut.write_bytes(whole[:size])
        with pytest.raises(JournalUnreadable), open_reader(cut) as reader:
            reader.check()


_COUNT = """
import os, pathlib, sys
from swarm.journal.reader import open_reader
os.chdir(sys.argv[1])
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
assert not os.access(".", os.W_OK)
print(len(list(open_reader(pathlib.Path("journal.db")).events())))
"""


def test_a_folder_that_cannot_be_written(path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="archive ? # %20 ") as name:
        archive = Path(name)
        shutil.copy(path, archive / "journal.db")
        (archive / "journal.db").chmod(0o444)
        archive.chmod(0o555)
        done = subprocess.run([sys.executable, "-c", _COUNT, name], capture_output=True, text=True, timeout=60)
        archive.chmod(0o755)
    assert done.stdout == f"{len(SAMPLES)}\n", done.stderr


async def test_following_a_journal_that_grows(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = SqliteJournal.create(path, run_id="r")
    await journal.append(NoteRecorded("first"))
    seen: list[Recorded] = []
    changed = asyncio.Condition()

    async def watch() -> None:
        async for recorded in follow(path, poll_s=0.01, until=lambda item: isinstance(item.event, RunEnded)):
            async with changed:
                seen.append(recorded)
                changed.notify_all()

    async def seen_count(count: int) -> None:
        async with asyncio.timeout(30), changed:
            await changed.wait_for(lambda: len(seen) >= count)

    watching = asyncio.create_task(watch())
    await seen_count(1)
    await journal.append(*(ToolCalled("a@1", number, 0, "shell") for number in range(1_200)))
    await seen_count(1_201)
    await journal.append(RunEnded(RunOutcome.DONE, "", ""), NoteRecorded("after the end"))
    await asyncio.wait_for(watching, 30)
    await journal.close()
    assert [recorded.seq for recorded in seen] == list(range(1, 1_203))


async def test_following_can_begin_later_and_be_given_up(path: Path) -> None:
    following = cast("AsyncGenerator[Recorded, None]", follow(path, after=len(SAMPLES) - 1, poll_s=0.01))
    assert (await anext(following)).seq == len(SAMPLES)
    waiting = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await following.aclose()
    with pytest.raises(JournalUnreadable, match="no journal"):
        await anext(follow(path.with_name("missing")))


async def test_reading_from_another_process_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = SqliteJournal.create(path, run_id="r")
    await journal.append(ToolReturned("a@1", 1, 0, "x" * 5_000, failed=False, seconds=0.1))
    read = "import sys, pathlib; from swarm.journal.reader import open_reader\n"
    read += "print([(r.seq, len(r.event.content)) for r in open_reader(pathlib.Path(sys.argv[1])).events()])"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", read, str(path), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert output.decode().strip() == "[(1, 5000)]"
    await journal.append(NoteRecorded("still writing"))
    await journal.close()
