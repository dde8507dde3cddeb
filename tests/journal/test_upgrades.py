"""Older journals become newer ones in one transaction, with a copy as they were beside them; newer ones are refused."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from swarm.core.events import NoteRecorded
from swarm.errors import JournalTooNew, JournalWriteFailed
from swarm.journal import schema
from swarm.journal.reader import JournalReader
from swarm.journal.sqlite import SqliteJournal

GOLDEN = sorted((Path(__file__).parent / "golden").glob("format_*.db"))
NEXT = ("ALTER TABLE events ADD COLUMN host TEXT NOT NULL DEFAULT ''", "CREATE INDEX events_by_host ON events (host)")
BROKEN = ("ALTER TABLE events ADD COLUMN host TEXT NOT NULL DEFAULT ''", "this is not SQL")


@pytest.fixture(params=GOLDEN, ids=lambda path: path.stem)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(request.param, tmp_path / "journal.db"))


def version(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def raw(path: Path) -> list[dict[str, object]]:
    with JournalReader(path) as reader:
        return list(reader.raw())


async def test_an_old_journal_is_upgraded_and_kept_as_it_was(golden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, old = raw(golden), version(golden)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, NEXT))
    assert raw(golden) == before, "it is read without being changed"
    journal = SqliteJournal.open(golden)
    await journal.append(NoteRecorded("in the new format"))
    await journal.close()
    kept = golden.with_name(f"journal.db.version-{old}")
    assert version(golden) == len(schema.MIGRATIONS) > old
    assert version(kept) == old
    assert raw(golden)[:-1] == before == raw(kept)
    assert kept.stat().st_mode & 0o077 == 0
    SqliteJournal.open(golden)
    assert len(list(golden.parent.glob("journal.db.version-*"))) == 1, "it happens once"
    monkeypatch.undo()
    untouched = golden.read_bytes()
    for opening in (SqliteJournal.open, JournalReader):
        with pytest.raises(JournalTooNew, match="newer version") as caught:
            opening(golden)
        assert caught.value.exit_code == 7
    assert golden.read_bytes() == untouched


def test_an_upgrade_that_fails_changes_nothing(golden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, old = raw(golden), version(golden)
    with monkeypatch.context() as newer:
        newer.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, BROKEN))
        with pytest.raises(JournalWriteFailed):
            SqliteJournal.open(golden)
    assert version(golden) == old
    assert raw(golden) == before
    schema.open_for_writing(golden)[0].close()


UPGRADE = """
import pathlib, sys
from swarm.journal import schema
schema.MIGRATIONS = (*schema.MIGRATIONS, ("ALTER TABLE events ADD COLUMN host TEXT NOT NULL DEFAULT ''",))
schema.open_for_writing(pathlib.Path(sys.argv[1]))
print("opened")
"""


def test_an_upgrade_that_is_killed_is_made_again(golden: Path) -> None:
    before, old = raw(golden), version(golden)
    for failpoint, code, said in (("journal.upgrading", -signal.SIGKILL, ""), ("", 0, "opened\n")):
        done = subprocess.run(
            [sys.executable, "-c", UPGRADE, str(golden)],
            env={**os.environ, "SWARM_FAILPOINT": failpoint},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (code, said), done.stderr
        if failpoint:
            assert version(golden) == old
            assert raw(golden) == before
    assert version(golden) == len(schema.MIGRATIONS) + 1 > old, "the one that the process adds included"
    assert len(list(golden.parent.glob("*.version-*"))) == 1
