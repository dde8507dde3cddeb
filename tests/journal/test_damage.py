"""Damaged journals: noticed before anything is built on them, brought back as far as they are sound."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from swarm.core.events import Event, NoteRecorded
from swarm.errors import JournalError, JournalTooNew, JournalUnreadable, JournalWriteFailed
from swarm.journal import damage, schema
from swarm.journal.backup import back_up, backups_of
from swarm.journal.damage import mark_of, quick_check, read_mark
from swarm.journal.reader import JournalReader
from swarm.journal.recovery import examine, recover
from swarm.journal.sqlite import SqliteJournal

FLIPS = int(os.environ.get("SWARM_TEST_FLIPS", "60"))
EVENTS = 400


def note(number: int) -> NoteRecorded:
    return NoteRecorded(f"note {number} " + f"{number} is a number. " * (number % 7) * (200 if number % 50 == 0 else 1))


async def write(path: Path, first: int, last: int) -> SqliteJournal:
    """Append notes to a journal, made when it is missing, and leave it open."""
    journal = SqliteJournal.open(path) if path.exists() else SqliteJournal.create(path, run_id=path.parent.name)
    for start in range(first, last + 1, 20):
        await journal.append(*map(note, range(start, min(start + 20, last + 1))))
    return journal


def copied(path: Path, target: Path) -> Path:
    """Copy a journal with all that belongs to it, as a kill would leave it."""
    target.mkdir()
    for file in path.parent.glob("journal.db*"):
        shutil.copy(file, target)
    return target / path.name


def events_of(path: Path) -> list[Event]:
    with JournalReader(path) as reader:
        return [recorded.event for recorded in reader.events()]


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal as a kill leaves it: its first half is folded into the file, its second half in the log."""
    live, killed = tmp_path_factory.mktemp("runs") / "live", tmp_path_factory.mktemp("left") / "killed"
    live.mkdir()

    async def make() -> None:
        path = live / "journal.db"
        await (await write(path, 1, EVENTS // 2)).close()
        journal = await write(path, EVENTS // 2 + 1, EVENTS)
        copied(path, killed)
        await journal.close()

    asyncio.run(make())
    return killed


@pytest.fixture
def run(left_behind: Path, tmp_path: Path) -> Path:
    shutil.copytree(left_behind, tmp_path / "killed")
    return tmp_path / "killed" / "journal.db"


def wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def test_what_a_kill_left_is_sound(run: Path) -> None:
    assert events_of(run) == [note(number) for number in range(1, EVENTS + 1)]
    assert read_mark(run) == EVENTS
    recovery = recover(run, "live")
    assert recovery.source is None
    assert recovery.last_seq == EVENTS


@pytest.mark.parametrize("part", [0.0, 0.4, 0.9, None], ids=["emptied", "cut", "cut near its end", "removed"])
def test_a_log_that_is_cut_off_is_noticed(run: Path, part: float | None) -> None:
    if part is None:
        wal(run).unlink()
    else:
        os.truncate(wal(run), int(wal(run).stat().st_size * part))
    before = {file.name: file.read_bytes() for file in run.parent.iterdir() if not file.name.endswith("-shm")}
    with pytest.raises(JournalUnreadable, match=f"but {EVENTS} were recorded") as caught:
        SqliteJournal.open(run)
    assert "`swarm recover killed`" in caught.value.hint
    after = {file.name: file.read_bytes() for file in run.parent.iterdir() if not file.name.endswith("-shm")}
    assert {name: data for name, data in after.items() if data} == {name: data for name, data in before.items() if data}
    recovery = recover(run, "live")
    assert EVENTS // 2 <= recovery.last_seq < EVENTS
    assert recovery.lost == EVENTS - recovery.last_seq
    assert events_of(run) == [note(number) for number in range(1, recovery.last_seq + 1)]
    assert read_mark(run) == recovery.last_seq
    assert recovery.aside is not None
    assert (recovery.aside / "journal.db").exists()


async def test_a_recovered_journal_goes_on(run: Path) -> None:
    wal(run).unlink()
    recovery = recover(run, "live")
    with JournalReader(run) as reader:
        epoch = reader.epoch
    journal = await write(run, recovery.last_seq + 1, recovery.last_seq + 3)
    assert journal.epoch == epoch + 1
    await journal.close()
    assert len(events_of(run)) == recovery.last_seq + 3
    assert recover(run, "live").source is None


@pytest.mark.parametrize("header", [b"\0" * 100, b"\0" * 4096, b"not a database at all" * 10])
def test_a_zeroed_header_is_refused_and_a_copy_takes_its_place(run: Path, header: bytes) -> None:
    back_up(run)
    with run.open("r+b") as file:
        file.write(header)
    wal(run).unlink()
    with pytest.raises(JournalUnreadable) as caught:
        SqliteJournal.open(run)
    assert "swarm recover" in caught.value.hint
    recovery = recover(run, "live")
    assert recovery.source is not None
    assert recovery.source.parent.name == "backups"
    assert events_of(run) == [note(number) for number in range(1, EVENTS + 1)]
    assert recovery.lost == 0


def test_without_any_sound_event_nothing_is_changed(run: Path) -> None:
    run.write_bytes(b"\0" * 8192)
    wal(run).unlink()
    before = sorted(file.name for file in run.parent.iterdir())
    with pytest.raises(JournalUnreadable, match="neither the journal") as caught:
        recover(run, "live")
    assert "Nothing was changed" in caught.value.hint
    assert sorted(file.name for file in run.parent.iterdir()) == before
    assert run.read_bytes() == b"\0" * 8192


def test_a_removed_journal_comes_back_from_its_copy(run: Path) -> None:
    back_up(run)
    for file in run.parent.glob("journal.db*"):
        if not file.name.endswith("-mark"):
            file.unlink()
    assert recover(run, "live").last_seq == EVENTS
    assert len(events_of(run)) == EVENTS


@pytest.mark.parametrize("seed", range(FLIPS))
def test_flipped_bytes_are_never_taken_for_facts(run: Path, seed: int) -> None:
    chance = random.Random(seed)
    victim = chance.choice([run, run, wal(run)])
    data = bytearray(victim.read_bytes())
    for _ in range(chance.choice([1, 1, 8, 200])):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    victim.write_bytes(data)
    expected = [note(number) for number in range(1, EVENTS + 1)]
    # A log's checksums end it where it is damaged: a reader then sees less, and only the writer's look at the mark
    # tells. What is seen is always what was recorded.
    with contextlib.suppress(JournalError):
        seen = events_of(run)
        assert seen == expected[: len(seen)]
    try:
        recovery = recover(run, "live")
    except JournalUnreadable:
        return  # nothing sound is left, and it says so
    kept = events_of(run)
    assert kept == expected[: len(kept)]
    assert len(kept) == recovery.last_seq
    assert recovery.recorded <= EVENTS
    with JournalReader(run) as reader:
        assert reader.damage() == []
    if recovery.source is None:
        assert len(kept) == EVENTS


def test_one_damaged_event_costs_only_what_follows_it(run: Path) -> None:
    with contextlib.closing(sqlite3.connect(run)) as connection:
        connection.execute("UPDATE events SET body = CAST(upper(CAST(body AS TEXT)) AS BLOB) WHERE seq = 333")
        connection.commit()
    recovery = recover(run, "live")
    assert recovery.last_seq == 332
    assert recovery.lost == EVENTS - 332
    assert "333" in recovery.problem


def test_the_journal_of_another_run_is_not_taken(run: Path) -> None:
    back_up(run)
    with pytest.raises(JournalUnreadable, match="belongs to the run 'live'"):
        recover(run, "mine")


def test_a_newer_journal_is_left_alone(run: Path) -> None:
    with contextlib.closing(sqlite3.connect(run)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalTooNew):
        examine(run, "live")
    with pytest.raises(JournalTooNew):
        recover(run, "live")


RECOVER = """
import pathlib, sys
from swarm.journal.recovery import recover
recover(pathlib.Path(sys.argv[1]), "live")
"""


@pytest.mark.parametrize("failpoint", ["recover.rebuilt", *(f"recover.moving:{count}" for count in range(1, 5))])
def test_a_recovery_that_is_killed_is_completed(run: Path, failpoint: str) -> None:
    wal(run).unlink()
    killed = subprocess.run(
        [sys.executable, "-c", RECOVER, str(run)], env={**os.environ, "SWARM_FAILPOINT": failpoint}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    recovery = recover(run, "live")
    assert recovery.last_seq == EVENTS // 2
    assert recovery.recorded == EVENTS
    assert events_of(run) == [note(number) for number in range(1, EVENTS // 2 + 1)]
    assert len(list(run.parent.glob("damaged-*/journal.db"))) == 1


def test_the_look_at_the_file_is_bounded(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(schema.open_read_only(run)[0]) as connection:
        assert quick_check(connection, run)
        monkeypatch.setattr(damage, "_STEPS_BETWEEN_LOOKS", 10)
        assert not quick_check(connection, run, budget_s=0.0)
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (EVENTS,)


@pytest.mark.parametrize("content", [b"", b"\0" * 20, b"nonsense", b"-5", b"9" * 40])
def test_an_odd_mark_is_no_obstacle_unless_it_says_that_events_are_gone(run: Path, content: bytes) -> None:
    mark_of(run).write_bytes(content)
    if content.startswith(b"9"):
        with pytest.raises(JournalUnreadable):
            SqliteJournal.open(run)
    else:
        schema.open_for_writing(run)[0].close()


async def test_copies_are_made_while_the_run_goes_on_and_two_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = await write(path, 1, 10)
    made = []
    for last in (20, 30, 40):
        for number in range(last - 9, last + 1):
            await journal.append(note(number))
        made.append(back_up(path))
    await journal.close()
    assert backups_of(path) == [made[2], made[1]]
    assert [events_of(copy) for copy in made[1:]] == [
        [note(number) for number in range(1, last + 1)] for last in (30, 40)
    ]
    assert {file.name for file in (tmp_path / "backups").iterdir()} == {made[1].name, made[2].name}
    assert made[2].stat().st_mode & 0o077 == 0


def test_a_damaged_journal_makes_no_copy(run: Path) -> None:
    back_up(run)
    with run.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (run.stat().st_size - 4096))
    with pytest.raises(JournalError):
        back_up(run)
    (copy,) = backups_of(run)
    assert len(events_of(copy)) == EVENTS
    assert [file.name for file in copy.parent.iterdir()] == [copy.name]


def test_a_copy_is_never_what_fills_the_disk(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Nearly:
        f_bavail, f_frsize = 10, 4096

    monkeypatch.setattr(os, "statvfs", lambda _: Nearly)
    with pytest.raises(JournalWriteFailed, match="MiB of free disk space"):
        back_up(run)
    assert backups_of(run) == []


def test_readers_never_touch_the_file_or_its_log(run: Path) -> None:
    """A bug of SQLite up to 3.51.2 damages files that several connections fold the log into: only one ever does."""
    before = run.read_bytes(), wal(run).read_bytes()
    assert before[1]
    with JournalReader(run) as reader:
        assert reader.last_seq() == EVENTS
        reader.check()
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader._connection.execute("DELETE FROM events")
        with contextlib.suppress(sqlite3.OperationalError):
            reader._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    back_up(run)
    examine(run, "live")
    assert (run.read_bytes(), wal(run).read_bytes()) == before


def test_one_place_opens_journals_for_writing() -> None:
    """Whatever opens one passes through ``schema``, which refuses damage and takes a new epoch."""
    package = Path(schema.__file__).parent.parent
    opening = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "sqlite3.connect(" in path.read_text(encoding="utf-8")
    }
    assert opening == {"journal/schema.py", "journal/copying.py"}, "copying writes files that are nobody's journal yet"
