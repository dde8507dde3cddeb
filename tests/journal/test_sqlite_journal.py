import asyncio
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swarm.core.events import FORMAT, AgentNudged, AttemptOpened, Event, NoteRecorded, Recorded
from swarm.core.messages import Message, Role
from swarm.errors import JournalError, JournalFenced, JournalTooNew, JournalUnreadable, JournalWriteFailed
from swarm.journal import committer, schema, sqlite
from swarm.journal.reader import open_reader
from swarm.journal.sqlite import SqliteJournal
from swarm.testing.journal_conformance import JournalConformance, OpenJournal
from tests.journal.journal_samples import SAMPLES


class TestSqliteJournal(JournalConformance):
    @pytest.fixture
    def open_journal(self, tmp_path: Path) -> OpenJournal:
        path = tmp_path / "journal.db"

        def open_journal(subscriber: Callable[[Recorded], None] | None = None) -> SqliteJournal:
            if path.exists():
                return SqliteJournal.open(path, subscriber=subscriber)
            return SqliteJournal.create(path, run_id="r", subscriber=subscriber)

        return open_journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def note(number: int, size: int = 0) -> Event:
    return NoteRecorded(f"{number} " + os.urandom(size // 2).hex())


def stored(path: Path) -> list[Event]:
    with open_reader(path) as reader:
        reader.check()
        return [recorded.event for recorded in reader.events()]


def query(path: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


async def test_every_type_of_event(path: Path) -> None:
    journal = SqliteJournal.create(path, run_id="r", clock=lambda: 1234.5)
    await journal.append(*SAMPLES)
    read = list(journal.read())
    await journal.close()
    assert tuple(recorded.event for recorded in read) == SAMPLES
    assert {recorded.at for recorded in read} == {1234.5}


async def test_waiting_appends_share_a_commit(path: Path) -> None:
    journal = SqliteJournal.create(path, run_id="r")
    async with asyncio.TaskGroup() as group:
        for number in range(300):
            group.create_task(journal.append(note(number)))
    assert journal.last_seq == 300
    assert 1 <= journal.commits <= 60
    await journal.append(note(300))
    alone = journal.commits
    await journal.append(note(301))
    assert journal.commits == alone + 1
    await journal.close()


async def test_the_loop_is_woken_once_a_commit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = SqliteJournal.create(path, run_id="r")
    loop = asyncio.get_running_loop()
    wakes = []
    original = loop.call_soon_threadsafe

    def counted(callback: Any, *args: Any, **kwargs: Any) -> Any:
        wakes.append(callback)
        return original(callback, *args, **kwargs)

    monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
    await asyncio.gather(*(journal.append(note(number)) for number in range(200)))
    assert len(wakes) == journal.commits
    await journal.close()


async def test_an_append_larger_than_a_group_is_whole(path: Path) -> None:
    journal = SqliteJournal.create(path, run_id="r")
    events = [note(number) for number in range(committer.MAX_GROUP_ROWS + 500)]
    await journal.append(*events)
    assert journal.commits == 1
    await journal.close()
    assert stored(path) == events


async def test_the_same_opening_is_stored_once(path: Path) -> None:
    prompt = "The rules of the house. " * 1_000
    journal = SqliteJournal.create(path, run_id="r")
    opened = [AttemptOpened(f"s{number}@1", (Message(Role.SYSTEM, prompt),)) for number in range(300)]
    await asyncio.gather(*(journal.append(event) for event in opened))
    await journal.close()
    journal = SqliteJournal.open(path)  # A writer that does not remember it.
    await journal.append(opened[0])
    await journal.close()
    assert query(path, "SELECT count(*), max(size) FROM blobs") == [(1, len(prompt))]
    assert stored(path) == [*opened, opened[0]]


async def test_an_append_that_fails_does_not_claim_its_texts(path: Path) -> None:
    text = "shared " * 1_000
    journal = SqliteJournal.create(path, run_id="r")
    with pytest.raises(AttributeError):
        await journal.append(NoteRecorded(text), AgentNudged(None, 1, "x"))  # type: ignore[arg-type]
    await journal.append(NoteRecorded(text))
    await journal.close()
    assert stored(path) == [NoteRecorded(text)]


async def test_forgotten_texts_are_sent_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_REMEMBERED_BLOBS", 2)
    journal = SqliteJournal.create(path, run_id="r")
    events = [NoteRecorded(f"{number % 5} " * 2_000) for number in range(40)]
    for event in events:
        await journal.append(event)
    await journal.close()
    assert stored(path) == events
    assert query(path, "SELECT count(*) FROM blobs") == [(5,)]


async def test_a_full_queue_makes_appends_wait_in_order(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "MAX_QUEUED_BYTES", 10_000)
    seen: list[Recorded] = []
    journal = SqliteJournal.create(path, run_id="r", subscriber=seen.append)
    events = [note(number, 1_500) for number in range(200)]
    appends = [asyncio.create_task(journal.append(event)) for event in events]
    await asyncio.sleep(0)
    assert 0 < len(seen) <= 10, "the queue must not take everything at once"
    await asyncio.gather(*appends)
    await journal.close()
    assert [recorded.event for recorded in seen] == events == stored(path)


async def test_closing_releases_those_who_wait_for_room(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "MAX_QUEUED_BYTES", 1)
    seen: list[Recorded] = []
    journal = SqliteJournal.create(path, run_id="r", subscriber=seen.append)
    appends = [asyncio.create_task(journal.append(note(number))) for number in range(20)]
    await asyncio.sleep(0)
    await journal.close()
    outcomes = await asyncio.wait_for(asyncio.gather(*appends, return_exceptions=True), 30)
    assert stored(path) == [recorded.event for recorded in seen]
    assert [outcome for outcome in outcomes if outcome is not None] != []
    assert all(outcome is None or isinstance(outcome, JournalError) for outcome in outcomes)


async def test_an_event_that_cannot_be_encoded_leaves_no_trace(path: Path) -> None:
    seen: list[Recorded] = []
    journal = SqliteJournal.create(path, run_id="r", subscriber=seen.append)
    with pytest.raises(KeyError):
        await journal.append(note(0), "not an event")  # type: ignore[arg-type]
    await journal.append(note(1))
    await journal.close()
    assert [recorded.seq for recorded in seen] == [1]
    assert stored(path) == [seen[0].event]


async def test_what_the_subscriber_was_shown_is_kept_even_if_it_fails(path: Path) -> None:
    def fail(recorded: Recorded) -> None:
        raise RuntimeError("bad fold")

    journal = SqliteJournal.create(path, run_id="r", subscriber=fail)
    with pytest.raises(RuntimeError, match="bad fold"):
        await journal.append(AgentNudged("a@1", 1, "x"))
    await journal.close()
    assert stored(path) == [AgentNudged("a@1", 1, "x")]


async def test_close_survives_the_cancellation_of_its_caller(path: Path) -> None:
    journal = SqliteJournal.create(path, run_id="r")
    append = asyncio.create_task(journal.append(*(note(number) for number in range(1_000))))
    await asyncio.sleep(0)
    closing = asyncio.create_task(journal.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    await journal.close()
    await append
    assert not path.with_name("journal.db-wal").exists()
    assert len(stored(path)) == 1_000


async def test_epochs_count_the_writers(path: Path) -> None:
    epochs = []
    journal = SqliteJournal.create(path, run_id="r")
    for _ in range(3):
        epochs.append(journal.epoch)
        await journal.close()
        journal = SqliteJournal.open(path)
    await journal.close()
    assert epochs == [1, 2, 3]
    assert (journal.run_id, journal.format) == ("r", FORMAT)


async def test_a_fenced_writer_says_so_with_a_hint(path: Path) -> None:
    older = SqliteJournal.create(path, run_id="r")
    newer = SqliteJournal.open(path)
    big = tuple(note(number) for number in range(500))  # More than one statement.
    with pytest.raises(JournalFenced, match="taken the run over") as caught:
        await older.append(*big)
    assert caught.value.hint
    assert caught.value.exit_code == 7
    await newer.append(note(1))
    await asyncio.gather(older.close(), newer.close())


async def test_a_removed_journal_is_noticed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "_FILE_CHECK_INTERVAL_S", 0.0)
    journal = SqliteJournal.create(path, run_id="r")
    await journal.append(note(0))
    path.rename(path.with_name("moved"))
    with pytest.raises(JournalWriteFailed, match="removed or replaced"):
        await journal.append(note(1))
    await journal.close()


async def test_a_journal_that_another_process_keeps_locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "BUSY_TIMEOUT_S", 0.05)
    journal = SqliteJournal.create(path, run_id="r")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalWriteFailed, match="locked") as caught:
        SqliteJournal.open(path)
    assert "swarm resume" in caught.value.hint
    with pytest.raises(JournalWriteFailed, match="locked"):
        await journal.append(note(0))
    holder.close()
    with pytest.raises(JournalWriteFailed, match="locked"):
        await journal.append(note(1))  # A failed write is not tried again.
    await journal.close()
    assert stored(path) == []


async def test_the_log_stays_bounded_while_readers_dawdle(path: Path) -> None:
    journal = SqliteJournal.create(path, run_id="r")
    await journal.append(*(note(number) for number in range(600)))
    dawdling = journal.read()
    next(dawdling)
    for _ in range(12):
        await journal.append(*(note(number, 1_900) for number in range(2_000)))
    log = path.with_name("journal.db-wal").stat().st_size
    assert log < 40_000_000 < path.stat().st_size + log, "the log is folded into the file although a reader is open"
    dawdling.close()  # type: ignore[attr-defined]
    await journal.close()
    assert not path.with_name("journal.db-wal").exists()


def test_a_file_that_exists_is_never_overwritten(path: Path) -> None:
    path.write_text("precious")
    with pytest.raises(JournalUnreadable, match="exists already"):
        SqliteJournal.create(path, run_id="r")
    assert path.read_text() == "precious"


async def test_creation_repairs_what_a_killed_one_left(path: Path) -> None:
    path.with_name("journal.db.new").write_bytes(b"half a file")
    journal = SqliteJournal.create(path, run_id="r")
    await journal.close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["journal.db", "journal.db-mark"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_creation_in_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(JournalWriteFailed, match="cannot create"):
        SqliteJournal.create(tmp_path / "missing" / "journal.db", run_id="r")


async def test_newer_journals_are_refused_untouched(path: Path) -> None:
    await SqliteJournal.create(path, run_id="r").close()
    for change in ("PRAGMA user_version = 99", "UPDATE meta SET value = 99 WHERE key = 'format'"):
        newer = path.with_name("newer.db")
        shutil.copy(path, newer)
        query(newer, change)
        before = newer.read_bytes()
        for opening in (SqliteJournal.open, open_reader):
            with pytest.raises(JournalTooNew, match="newer version") as caught:
                opening(newer)
            assert caught.value.exit_code == 7
            assert "Upgrade" in caught.value.hint
        assert newer.read_bytes() == before
        newer.unlink()


def run_child(source: str, *arguments: object, timeout: float = 60, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        **options,
    )


def test_an_interpreter_that_crashes_is_not_kept_alive(path: Path) -> None:
    done = run_child(
        """
        import asyncio, pathlib, sys
        from swarm.core.events import NoteRecorded
        from swarm.journal.sqlite import SqliteJournal
        async def main():
            journal = SqliteJournal.create(pathlib.Path(sys.argv[1]), run_id="r")
            await journal.append(NoteRecorded("kept"))
            journal_append = asyncio.create_task(journal.append(NoteRecorded("unknown")))
            await asyncio.sleep(0)
            raise RuntimeError("crash")
        asyncio.run(main())
        """,
        path,
    )
    assert done.returncode == 1
    assert "RuntimeError: crash" in done.stderr
    assert "swarm-journal" not in done.stderr
    assert stored(path)[0] == NoteRecorded("kept")


_ACKNOWLEDGE = """
import asyncio, pathlib, sys
from swarm.core.events import NoteRecorded
from swarm.journal.sqlite import SqliteJournal
async def main():
    path = pathlib.Path(sys.argv[1])
    journal = SqliteJournal.open(path) if path.exists() else SqliteJournal.create(path, run_id="r")
    async def agent(name):
        number = 0
        while True:
            number += 1
            text = f"{journal.epoch}/{name}/{number} "
            await journal.append(NoteRecorded(text + "x" * (number * 400 % 5000)))
            print(text, flush=True)
    await asyncio.gather(*(agent(name) for name in range(16)))
asyncio.run(main())
"""


def test_kill_9_loses_nothing_that_was_acknowledged(path: Path) -> None:
    acknowledged: list[str] = []
    for round_ in range(3):
        child = subprocess.Popen([sys.executable, "-c", _ACKNOWLEDGE, path], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        acknowledged.extend(child.stdout.readline() for _ in range(50 + 130 * round_))
        child.send_signal(signal.SIGKILL)
        acknowledged.extend(line for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n"))
        child.wait()
        child.stdout.close()
    texts = {event.text.split(" ")[0] for event in stored(path) if isinstance(event, NoteRecorded)}
    assert {line.split(" ")[0] for line in acknowledged} <= texts
    assert len(acknowledged) >= 3 * 50


_FILL = """
import asyncio, json, os, pathlib, sys
from swarm.core.events import NoteRecorded
from swarm.errors import JournalWriteFailed
from swarm.journal.sqlite import SqliteJournal
async def main():
    journal = SqliteJournal.create(pathlib.Path(sys.argv[1]), run_id="r")
    acknowledged = 0
    message = hint = ""
    try:
        while acknowledged < 5000:
            await journal.append(NoteRecorded(os.urandom(5000).hex()))
            acknowledged += 1
    except JournalWriteFailed as error:
        message, hint = error.message, error.hint
    again = ""
    try:
        await journal.append(NoteRecorded("small"))
    except JournalWriteFailed as error:
        again = error.message
    await asyncio.wait_for(journal.close(), 20)
    print(json.dumps([acknowledged, message, again, hint]))
asyncio.run(main())
"""


def test_a_write_that_the_system_refuses_poisons_the_journal(path: Path) -> None:
    done = run_child(_FILL, path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000)))
    acknowledged, message, again, hint = json.loads(done.stdout)
    assert message == again != ""
    assert "SQLITE_IOERR" in message
    assert "swarm resume" in hint
    assert 0 < acknowledged <= len(stored(path))


def test_a_full_disk_is_named_and_loses_nothing(path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root to mount a small file system")
    # The small disk lives in a mount namespace of its own and is gone with the process; the journal is copied out.
    script = (
        'mount -t tmpfs -o size=2m swarm-test "$1" || exit 99; "$2" -c "$3" "$1/journal.db"; status=$?; '
        'cp "$1"/journal.db* "$4"; exit $status'
    )
    disk, copied = path.parent / "disk", path.parent / "copied"
    disk.mkdir()
    copied.mkdir()
    command = ["unshare", "--mount", "sh", "-c", script, "sh", str(disk), sys.executable, _FILL, str(copied)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")
    acknowledged, message, again, hint = json.loads(done.stdout)
    assert "the disk is full" in message
    assert message == again
    assert "disk space" in hint
    assert 0 < acknowledged <= len(stored(copied / "journal.db"))


async def test_no_thread_is_left_after_close(path: Path) -> None:
    others = set(threading.enumerate())
    journal = SqliteJournal.create(path, run_id="r")
    await journal.append(note(0))
    threads = [thread for thread in set(threading.enumerate()) - others if thread.name == "swarm-journal"]
    assert threads
    await journal.close()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
