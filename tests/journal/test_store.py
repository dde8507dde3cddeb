import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from swarm.errors import ConfigError, RunNotFound, RunOwned, UsageError
from swarm.journal import store as store_module
from swarm.journal.owner import Owner, file_system_of, network_file_system
from swarm.journal.store import RunFolder, RunLock, RunStore, swarm_home


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    clock = count(1_000)
    return RunStore(tmp_path / "home", clock=lambda: float(next(clock)))


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"SWARM_HOME": "/data/swarm", "XDG_STATE_HOME": "/state", "HOME": "/home/u"}, "/data/swarm"),
        ({"XDG_STATE_HOME": "/state", "HOME": "/home/u"}, "/state/swarm"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/home/u"}, "/home/u/.local/state/swarm"),
        ({"SWARM_HOME": "", "XDG_STATE_HOME": "", "HOME": "/home/u"}, "/home/u/.local/state/swarm"),
    ],
)
def test_where_the_home_is(environ: dict[str, str], expected: str) -> None:
    assert swarm_home(environ) == Path(expected)


def test_a_relative_home_is_made_absolute() -> None:
    assert swarm_home({"SWARM_HOME": "state"}) == Path.cwd() / "state"


def test_a_new_run_has_a_folder_for_its_user_only(store: RunStore) -> None:
    folder = store.create("run-1")
    assert folder.root == store.runs / "run-1"
    assert folder.root.stat().st_mode & 0o777 == 0o700
    assert store.runs.stat().st_mode & 0o777 == 0o700
    assert folder.run_id == "run-1"
    assert folder.created == 1_000.0
    names = [folder.journal, folder.repository, folder.attempts, folder.report, folder.log, folder.lock]
    expected = ["journal.db", "repository.git", "attempts", "report.md", "run.log", "lock"]
    assert [path.name for path in names] == expected
    assert {path.parent for path in names} == {folder.root}


def test_a_run_is_created_once(store: RunStore) -> None:
    store.create("one")
    with pytest.raises(UsageError, match="'one' already") as caught:
        store.create("one")
    assert "swarm resume one" in caught.value.hint


@pytest.mark.parametrize(
    "run_id", ["", ".", "..", "../up", "a/b", "-flag", ".hidden", "a b", "a\n", "é", "x" * 65, "last", "\x1b[31m"]
)
def test_bad_ids_are_refused(store: RunStore, run_id: str) -> None:
    with pytest.raises(UsageError) as caught:
        store.create(run_id)
    assert caught.value.hint
    assert "\x1b" not in caught.value.message
    assert not store.runs.exists()


def test_finding_runs(store: RunStore) -> None:
    for run_id in ("alpha", "alphabet", "beta"):
        store.create(run_id)
    assert store.find("alpha").run_id == "alpha"
    assert store.find("alphab").run_id == "alphabet"
    assert store.find("b").run_id == "beta"
    assert store.find("last").run_id == "beta"
    with pytest.raises(RunNotFound, match="alphabet, alpha"):
        store.find("al")
    with pytest.raises(RunNotFound, match="'alpah'") as caught:
        store.find("alpah")
    assert "Did you mean alpha" in caught.value.hint
    for hopeless in ("zzz", "", "../runs/beta", "beta/"):
        with pytest.raises(RunNotFound) as caught:
            store.find(hopeless)
        assert "swarm list" in caught.value.hint


def test_no_runs_at_all(store: RunStore) -> None:
    assert store.all() == []
    with pytest.raises(RunNotFound, match="no runs yet"):
        store.find("last")


def test_runs_are_listed_newest_first_whatever_their_state(store: RunStore) -> None:
    for run_id in ("first", "second", "third", "fourth"):
        store.create(run_id)
    (store.runs / "second" / "journal.db").write_bytes(b"damaged")
    (store.runs / "third" / "created").write_text("nonsense")  # Its folder's own time counts: now.
    (store.runs / "a file").touch()
    (store.runs / ".hidden").mkdir()
    assert [folder.run_id for folder in store.all()] == ["third", "fourth", "second", "first"]


def test_a_home_that_cannot_be_used(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.touch()
    with pytest.raises(ConfigError, match="cannot use the folder") as caught:
        RunStore(blocked).create("r")
    assert "SWARM_HOME" in caught.value.hint
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "runs").touch()
    for attempt in (lambda: RunStore(tmp_path / "odd").create("r"), lambda: RunStore(tmp_path / "odd").all()):
        with pytest.raises(ConfigError, match="cannot use the folder"):
            attempt()


def test_network_file_systems_are_refused(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = store.create("before")
    monkeypatch.setattr(store_module, "network_file_system", lambda path: "nfs4")
    with pytest.raises(ConfigError, match="nfs4") as caught:
        store.create("r")
    assert "local disk" in caught.value.hint
    with pytest.raises(ConfigError, match="nfs4"), RunLock(folder):
        pass


_MOUNTS = """\
22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw
30 22 0:40 / /home rw,relatime - nfs4 server:/home rw
31 30 0:41 / /home/u/local\\040disk rw - xfs /dev/sdb1 rw
32 22 0:42 / /mnt rw - ext4 /dev/sdc1 rw
33 32 0:43 / /mnt rw - fuse.sshfs other:/ rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/var/lib", "ext4"),
        ("/home/u/.local", "nfs4"),
        ("/home/u/local disk/x", "xfs"),
        ("/homes", "ext4"),
        ("/mnt/x", "fuse.sshfs"),
    ],
)
def test_the_file_system_of_a_path(path: str, expected: str) -> None:
    assert file_system_of(Path(path), _MOUNTS) == expected


def test_the_local_disk_is_not_a_network(tmp_path: Path) -> None:
    assert network_file_system(tmp_path) == ""


@pytest.fixture
def folder(store: RunStore) -> RunFolder:
    return store.create("locked")


_HOLD = """
import pathlib, sys
from swarm.journal.store import RunFolder, RunLock
with RunLock(RunFolder(pathlib.Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(folder: RunFolder) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", _HOLD, folder.root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.stdin.close()
    child.stdout.close()
    child.wait()


def test_a_run_has_one_driver(folder: RunFolder, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(RunOwned, match=f"process {holder.pid} on ") as caught, RunLock(folder):
        pass
    assert caught.value.hint
    owner = RunLock(folder).owner()
    assert owner is not None
    assert owner.pid == holder.pid
    assert holder.stdin is not None
    holder.stdin.close()
    assert holder.wait(30) == 0
    with RunLock(folder):
        assert RunLock(folder).owner() == Owner.current()
    assert RunLock(folder).owner() is None


def test_the_lock_ends_with_its_process(folder: RunFolder, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
    assert Owner.parse(folder.lock.read_text()) is not None, "it had no chance to clear the file"
    assert RunLock(folder).owner() is None, "a process that nobody has waited for is dead all the same"
    with RunLock(folder):
        pass


def test_one_process_cannot_take_it_twice(folder: RunFolder) -> None:
    with RunLock(folder):
        with pytest.raises(RunOwned), RunLock(folder):
            pass
        assert RunLock(folder).owner() == Owner.current()


def test_the_lock_is_released_when_the_body_raises(folder: RunFolder) -> None:
    with pytest.raises(KeyError), RunLock(folder):
        raise KeyError
    with RunLock(folder):
        pass


def test_a_child_process_does_not_inherit_the_lock(folder: RunFolder) -> None:
    with RunLock(folder):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        with RunLock(folder):
            pass
    finally:
        child.kill()
        child.wait()


def test_an_unreadable_owner_is_no_obstacle(folder: RunFolder) -> None:
    for content in (b"", b"nonsense", b"\xff\xfe", b"[]", b'{"pid": "x"}', b"[" * 100_000):
        folder.lock.write_bytes(content)
        assert RunLock(folder).owner() is None
        with RunLock(folder):
            assert json.loads(folder.lock.read_text())["pid"] == os.getpid()


def test_a_lock_with_a_nameless_holder(folder: RunFolder) -> None:
    with folder.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(RunOwned, match="another process"), RunLock(folder):
            pass


def test_a_file_system_without_locks(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(ConfigError, match="no file locks") as caught, RunLock(folder):
        pass
    assert "SWARM_HOME" in caught.value.hint


def test_a_lock_that_is_a_link_is_refused(folder: RunFolder, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    folder.lock.symlink_to(precious)
    with pytest.raises(ConfigError), RunLock(folder):
        pass
    assert precious.read_text() == "precious"


def test_owners_are_told_apart() -> None:
    current = Owner.current()
    assert current.is_alive()
    assert Owner.parse(current.to_json()) == current
    others = [
        Owner("elsewhere", current.pid, current.boot_id, current.started),
        Owner(current.host, current.pid, "an earlier boot", current.started),
        Owner(current.host, current.pid, current.boot_id, current.started + 1),
        Owner(current.host, 2**22 + 1, current.boot_id, current.started),
        Owner(current.host, 10**30, current.boot_id, current.started),
        Owner(current.host, 0, current.boot_id, current.started),
    ]
    assert not any(owner.is_alive() for owner in others)
