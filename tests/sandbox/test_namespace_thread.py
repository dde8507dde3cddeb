"""A thread in another mount namespace, as another user: what it starts is there, and nothing else of us is."""

import os
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from swarm.workspace.choosing import probe
from swarm.workspace.namespace_thread import NamespaceThread
from swarm.workspace.own_user import USER_ID, OwnUser, own_user
from swarm.workspace.sandbox import Sandbox, SandboxLevel


@pytest.fixture
def user() -> OwnUser:
    found = own_user()
    if found is None or found.problem:
        pytest.skip("not root, or the machine cannot show files to another user")
    return found


def a_shell(command: str) -> Callable[[], "subprocess.Popen[str]"]:
    return lambda: subprocess.Popen(["/bin/sh", "-c", command], stdout=subprocess.PIPE, text=True, cwd="/")


def in_the_thread(user: OwnUser, command: str) -> str:
    thread = user.entrance([Path("/")]).thread
    assert thread is not None
    said, _ = thread.start(a_shell(command)).communicate()
    return said.strip()


def test_what_it_starts_is_the_users_and_finds_the_users_files(user: OwnUser, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    assert in_the_thread(user, "id -u; id -g; id -G").split() == [str(USER_ID)] * 3
    there = user.entrance([tmp_path]).path(tmp_path / "mine")
    assert in_the_thread(user, f"stat -c %u {there}") == str(USER_ID)
    assert in_the_thread(user, "grep CapEff /proc/self/status").endswith("0" * 16)


def test_the_other_threads_stay_what_they_are(user: OwnUser, tmp_path: Path) -> None:
    before = os.readlink("/proc/thread-self/ns/mnt")
    assert in_the_thread(user, "readlink /proc/self/ns/mnt") != before
    assert os.readlink("/proc/thread-self/ns/mnt") == before
    assert os.getresuid() == (0, 0, 0)
    (tmp_path / "made").write_text("")
    assert (tmp_path / "made").stat().st_uid == 0


def test_errors_of_starting_are_the_callers(user: OwnUser) -> None:
    thread = user.entrance([Path("/")]).thread
    assert thread is not None
    with pytest.raises(FileNotFoundError):
        thread.start(lambda: subprocess.Popen(["/no/such/program"]))


def test_what_is_no_namespace_is_refused() -> None:
    with Path(os.devnull).open() as file, pytest.raises(OSError, match=r"mount namespace|current folder"):
        NamespaceThread(file.fileno(), USER_ID)


def test_a_forked_process_has_none(user: OwnUser) -> None:
    thread = user.entrance([Path("/")]).thread
    assert thread is not None
    assert thread.usable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads, which is what this is about
        child = os.fork()
    if not child:
        os._exit(1 if thread.usable else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


async def test_without_one_commands_are_started_through_a_program(
    user: OwnUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reason := await probe(Sandbox(SandboxLevel.BWRAP)):
        pytest.skip(reason)
    monkeypatch.setattr("swarm.workspace.namespace_thread.MACHINES", {})
    own_user.cache_clear()
    try:
        result = await Sandbox(SandboxLevel.BWRAP).run(tmp_path, "id -u; touch made", timeout_s=20)
        made = own_user()
        assert made is not None
        assert made.entrance([Path("/")]).thread is None
    finally:
        own_user.cache_clear()
    assert result.exit_code == 0, result.output
    assert (tmp_path / "made").stat().st_uid == 0
    assert result.output == "1000\n"
