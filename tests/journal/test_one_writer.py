"""One writer per run: races of two processes, a suspended owner whose lock is broken, leases left by the dead."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from swarm.core.events import NoteRecorded
from swarm.errors import ConfigError, RunOwned
from swarm.journal import owner as owner_module
from swarm.journal import schema
from swarm.journal.owner import ALLOW_NETWORK, Owner, network_file_system
from swarm.journal.reader import JournalReader
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder, RunLock, RunStore

ROUNDS = 50

WRITER = """
import asyncio, pathlib, sys
from swarm.core.events import NoteRecorded
from swarm.errors import JournalError, RunOwned
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder, RunLock

folder = RunFolder(pathlib.Path(sys.argv[1]))

def said(line):
    print(line, flush=True)

async def write(journal, text):
    try:
        await journal.append(NoteRecorded(text))
    except JournalError as error:
        return error.code
    return "recorded"

async def drive():
    # Driven by lines: "write TEXT" appends, anything else lets go.
    journal = SqliteJournal.open(folder.journal)
    said("driving")
    while (line := await asyncio.to_thread(sys.stdin.readline)).startswith("write "):
        said(await write(journal, line[6:].strip()))
    await journal.close()

for line in sys.stdin:
    try:
        with RunLock(folder):
            asyncio.run(drive())
        said("released")
    except RunOwned as error:
        said(f"refused {error.message}")
"""


class Process:
    """A process that takes the run, writes and lets go when it is told."""

    def __init__(self, folder: RunFolder) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._child.pid

    def tell(self, line: str) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()

    def hear(self) -> str:
        assert self._child.stdout is not None
        return self._child.stdout.readline().strip()

    def signal(self, number: signal.Signals) -> None:
        self._child.send_signal(number)

    def wait_until_suspended(self) -> None:
        os.waitpid(self.pid, os.WUNTRACED)

    def end(self) -> None:
        self._child.kill()
        self._child.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunStore(tmp_path / "home").create("contested")
    schema.create(folder.journal, folder.run_id)
    return folder


@contextlib.contextmanager
def process(folder: RunFolder) -> Iterator[Process]:
    one = Process(folder)
    try:
        yield one
    finally:
        one.end()


def test_of_two_processes_exactly_one_wins_fifty_times(folder: RunFolder) -> None:
    with process(folder) as left, process(folder) as right:
        for number in range(ROUNDS):
            for one in (left, right):
                one.tell("take")
            answers = {one: one.hear() for one in (left, right)}
            winners = [one for one, answer in answers.items() if answer == "driving"]
            assert len(winners) == 1, answers
            (winner,) = winners
            (refusal,) = [answer for answer in answers.values() if answer != "driving"]
            assert refusal.startswith(f"refused run 'contested' is being driven by process {winner.pid} on "), refusal
            assert ", since 2" in refusal
            winner.tell(f"write round {number}")
            assert winner.hear() == "recorded"
            winner.tell("release")
            assert winner.hear() == "released"
    with JournalReader(folder.journal) as reader:
        notes = [recorded.event for recorded in reader.events()]
        assert reader.epoch == ROUNDS
    assert notes == [NoteRecorded(f"round {number}") for number in range(ROUNDS)]


async def test_a_suspended_owner_whose_lock_was_broken_can_write_nothing_more(folder: RunFolder) -> None:
    with process(folder) as zombie:
        zombie.tell("take")
        assert zombie.hear() == "driving"
        zombie.tell("write mine")
        assert zombie.hear() == "recorded"
        zombie.signal(signal.SIGSTOP)
        zombie.wait_until_suspended()
        with pytest.raises(RunOwned, match="suspended") as caught, RunLock(folder):
            pass
        assert f"kill -CONT {zombie.pid}" in caught.value.hint
        folder.lock.unlink()  # somebody breaks the lock by hand
        with RunLock(folder):
            journal = SqliteJournal.open(folder.journal)
            await journal.append(NoteRecorded("the new owner's"))
            zombie.signal(signal.SIGCONT)
            zombie.tell("write the zombie's")
            assert zombie.hear() == "journal_fenced"
            zombie.tell("write again")
            assert zombie.hear() == "journal_fenced"
            await journal.append(NoteRecorded("the new owner's again"))
            zombie.tell("let go")
            assert zombie.hear() == "released"
            owner = RunLock(folder).owner()
            assert owner == Owner.current(), "a zombie that ends does not clear the lease of another"
            await journal.close()
    with JournalReader(folder.journal) as reader:
        texts = [recorded.event.text for recorded in reader.events() if isinstance(recorded.event, NoteRecorded)]
    assert texts == ["mine", "the new owner's", "the new owner's again"]


def lease(**changed: object) -> str:
    return json.dumps({**json.loads(Owner.current().to_json()), **changed})


@pytest.mark.parametrize(
    "text",
    [lease(pid=2**22 - 1), lease(boot_id="an earlier boot"), lease(host="a machine of before"), lease(started=1)],
    ids=["dead", "rebooted", "moved", "another process of that id"],
)
def test_a_lease_of_the_dead_is_taken_over(folder: RunFolder, text: str) -> None:
    folder.lock.write_text(text)
    assert RunLock(folder).owner() is None
    with RunLock(folder):
        assert RunLock(folder).owner() == Owner.current()


@pytest.mark.parametrize("since", [float("inf"), -1.0, 1e300, 0.0])
def test_an_owner_of_odd_times_has_a_name(since: float) -> None:
    owner = Owner.parse(json.dumps({"host": "h", "pid": 1, "boot_id": "b", "started": 1, "since": since}))
    assert owner is None or str(owner) == "process 1 on h"


def test_a_lock_file_that_is_replaced_while_it_is_taken_counts_for_nothing(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced: list[int] = []
    take = RunLock._take

    def take_what_was_replaced(lock: RunLock, descriptor: int) -> None:
        take(lock, descriptor)
        if not replaced:
            replaced.append(descriptor)
            folder.lock.unlink()

    monkeypatch.setattr(RunLock, "_take", take_what_was_replaced)
    with RunLock(folder):
        assert folder.lock.exists(), "the lock that is held is the one that others see"
        with pytest.raises(RunOwned), RunLock(folder):
            pass


def test_a_network_file_system_is_refused_unless_a_person_vouches_for_it(
    folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"22 1 0:40 / {tmp_path} rw - nfs4 server:/home rw\n")
    monkeypatch.setattr(owner_module, "_MOUNTS", mounts)
    assert network_file_system(folder.root) == "nfs4"
    with pytest.raises(ConfigError, match="nfs4") as caught, RunLock(folder):
        pass
    assert ALLOW_NETWORK in caught.value.hint
    monkeypatch.setenv(ALLOW_NETWORK, "1")
    with RunLock(folder):
        pass
