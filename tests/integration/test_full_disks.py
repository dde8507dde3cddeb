"""Disks that fill up, refuse writes or do not sync under a run: nothing acknowledged is lost, it goes on later."""

import asyncio
import contextlib
import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from swarm import Endpoint, Swarm, Task
from swarm.core.events import NoteRecorded, PauseReason
from swarm.errors import JournalWriteFailed, LimitReached
from swarm.journal.ballast import BALLAST_BYTES, Ballast, ballast_of
from swarm.journal.damage import read_mark
from swarm.journal.reader import JournalReader
from swarm.journal.spool import ReplySpool
from swarm.journal.sqlite import SqliteJournal
from swarm.testing.endpoint import SimulatedEndpoint
from tests.integration.projects import branch_files, file_plan, file_scenario, make_repository, run_swarm


@contextlib.contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "small", 16) as folder:
        yield folder


@pytest.fixture
def run_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", 64) as folder:
        yield folder


def fill(disk: Path, name: str = "filler") -> Path:
    """Fill a disk with one file, while others may be writing there."""
    filler = disk / name
    with filler.open("wb") as file:
        filled, size = 0, os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        while size >= 4096:
            try:
                os.posix_fallocate(file.fileno(), filled, size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                size //= 2
            else:
                filled += size
    return filler


def large(number: int) -> NoteRecorded:
    return NoteRecorded(f"{number} {os.urandom(20_000).hex()}")


async def fill_with_events(journal: SqliteJournal, until: Path | None = None) -> int:
    """Append until the disk refuses, or until a file is gone; return how many were acknowledged."""
    acknowledged = 0
    while until is None or until.exists():
        await journal.append(large(acknowledged))
        acknowledged += 1
    return acknowledged


async def test_the_ballast_makes_room_for_the_pause_and_nothing_acknowledged_is_lost(small_disk: Path) -> None:
    path = small_disk / "journal.db"
    journal = SqliteJournal.create(path, run_id="r")
    with Ballast(path):
        assert ballast_of(path).stat().st_blocks * 512 >= BALLAST_BYTES
        acknowledged = await fill_with_events(journal, until=ballast_of(path))
        await journal.append(NoteRecorded("the pause"))
        with pytest.raises(JournalWriteFailed, match="disk is full"):
            await fill_with_events(journal)
        with pytest.raises(JournalWriteFailed):
            await journal.append(NoteRecorded("nothing is tried again"))
    await journal.close()
    with JournalReader(path) as reader:
        reader.check()
        last = reader.last_seq()
        assert next(reader.events(after=acknowledged)).event == NoteRecorded("the pause")
    assert last == read_mark(path), "exactly what was acknowledged is there"
    with pytest.raises(LimitReached, match="is full"), Ballast(path):
        pass
    assert not ballast_of(path).exists()


async def test_a_spool_on_a_full_disk_costs_no_call(small_disk: Path) -> None:
    call = ReplySpool(small_disk / "spool").call("a@1", 1, "d")
    call.begin()
    call.write(b"data")
    fill(small_disk)
    call.write(os.urandom(100_000))
    assert list((small_disk / "spool").iterdir()) == [], "a reply with a hole is not kept"


async def test_a_run_on_a_full_disk_pauses_and_goes_on_when_there_is_room(tmp_path: Path, run_disk: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(6, layer=3)
    async with SimulatedEndpoint(file_scenario(plan)) as simulated:
        async with (
            Swarm(Endpoint(simulated.base_url, model="m"), home=run_disk, sandbox="none") as swarm,
            simulated.hold("s*") as hold,
        ):
            run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=plan, run_id="r")
            await hold.reached(1)
            filler = fill(run_disk)
            hold.release()
            result = await run.result()
        assert result.paused is not None
        assert result.paused.reason is PauseReason.STORAGE
        assert not ballast_of(run.folder.journal).exists()
        status = await asyncio.to_thread(run_swarm, "status", "r", home=run_disk)
        assert status.returncode == 0, "a run on a full disk can be looked at"
        more = fill(run_disk, "more")
        common = ("--display", "none", "--sandbox", "none")
        refused = await asyncio.to_thread(run_swarm, "resume", "r", *common, home=run_disk)
        assert refused.returncode == 5, refused.stderr
        assert "is full" in refused.stderr
        assert "Free some disk space" in refused.stderr
        filler.unlink()
        more.unlink()
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", *common, home=run_disk)
        assert resumed.returncode == 0, resumed.stderr
        assert simulated.ledger.delivered_twice() == []
    assert len(branch_files(repository, "swarm/r")) == 7


async def test_a_disk_that_becomes_read_only_stops_the_run_and_loses_nothing(small_disk: Path) -> None:
    path = small_disk / "journal.db"
    journal = SqliteJournal.create(path, run_id="r")
    await journal.append(NoteRecorded("kept"))
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    if subprocess.run(remount, capture_output=True, check=False).returncode != 0:
        # Refused while a file is open for writing: a new mount of the same files shows the same to a new process.
        await journal.close()
        subprocess.run(remount, capture_output=True, check=True)
        with pytest.raises(JournalWriteFailed):
            SqliteJournal.open(path)
    else:
        with pytest.raises(JournalWriteFailed):
            await journal.append(NoteRecorded("refused"))
        await journal.close()
    with JournalReader(path) as reader:
        assert [recorded.event for recorded in reader.events()] == [NoteRecorded("kept")]
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    journal = SqliteJournal.open(path)
    await journal.append(NoteRecorded("goes on"))
    await journal.close()
    assert journal.last_seq == 2


LIMITED = """
import asyncio, pathlib, resource, sys
from swarm.core.events import NoteRecorded
from swarm.errors import JournalWriteFailed
from swarm.journal.ballast import Ballast
from swarm.journal.sqlite import SqliteJournal

async def main(path):
    journal = SqliteJournal.create(path, run_id="r")
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, resource.RLIM_INFINITY))
    with Ballast(path):
        try:
            while True:
                await journal.append(NoteRecorded("x" * 100_000 + str(journal.last_seq)))
                print(journal.last_seq, flush=True)
        except JournalWriteFailed as error:
            print(error.code, flush=True)
        await journal.close()

asyncio.run(main(pathlib.Path(sys.argv[1])))
"""


def test_a_process_that_may_not_write_more_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED.replace('"x" * 100_000', "__import__('os').urandom(50_000).hex()"), str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    *acknowledged, code = done.stdout.split()
    assert code == "journal_write_failed"
    with JournalReader(path) as reader:
        assert reader.last_seq() == int(acknowledged[-1])
        reader.check()
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 2**20


SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/* Fails the syncs of logs from the moment on at which the file named by SWARM_TEST_NO_SYNC exists; counts them. */
#include <stdlib.h>
static int refused(int fd) {
    char link[64], path[4096];
    const char *trigger = getenv("SWARM_TEST_NO_SYNC");
    if (!trigger || access(trigger, F_OK)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 4) return 0;
    path[n] = 0;
    if (strcmp(path + n - 4, "-wal")) return 0;
    FILE *count = fopen(trigger, "a");
    fputc('.', count);
    fclose(count);
    errno = EIO;
    return 1;
}
int fsync(int fd) { return refused(fd) ? -1 : ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { return refused(fd) ? -1 : ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"""

UNSYNCED = """
import asyncio, pathlib, sys
from swarm.core.events import NoteRecorded
from swarm.errors import JournalWriteFailed
from swarm.journal.sqlite import SqliteJournal

async def main(path, trigger):
    journal = SqliteJournal.create(path, run_id="r")
    for number in range(5):
        await journal.append(NoteRecorded(str(number)))
    trigger.touch()
    for _ in range(3):
        try:
            await journal.append(NoteRecorded("never acknowledged"))
        except JournalWriteFailed as error:
            print(error.code, "IOERR" in error.message)
    log = path.with_name("journal.db-wal")
    before = path.read_bytes(), log.read_bytes()
    await journal.close()
    print((path.read_bytes(), log.read_bytes()) == before)

asyncio.run(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
"""


def test_a_disk_that_does_not_sync_is_never_asked_again(tmp_path: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("needs a C compiler")
    (tmp_path / "shim.c").write_text(SHIM)
    shim, trigger, path = tmp_path / "shim.so", tmp_path / "trigger", tmp_path / "journal.db"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, tmp_path / "shim.c", "-ldl"], check=True)
    done = subprocess.run(
        [sys.executable, "-c", UNSYNCED, str(path), str(trigger)],
        env={**os.environ, "LD_PRELOAD": str(shim), "SWARM_TEST_NO_SYNC": str(trigger)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.splitlines() == ["journal_write_failed True"] * 3 + ["True"], done.stderr
    assert trigger.read_text() == ".", "one sync failed and none was tried after it"
    with JournalReader(path) as reader:
        texts = [recorded.event.text for recorded in reader.events() if isinstance(recorded.event, NoteRecorded)]
    assert texts[:5] == ["0", "1", "2", "3", "4"]
    journal_goes_on(path)


def journal_goes_on(path: Path) -> None:
    async def go_on() -> None:
        journal = SqliteJournal.open(path)
        await journal.append(NoteRecorded("on"))
        await journal.close()

    asyncio.run(go_on())
