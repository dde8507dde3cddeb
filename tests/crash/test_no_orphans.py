"""Nothing that a run has started outlives the process that drove it, however early or late that one is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from swarm.failpoints import VARIABLE
from swarm.workspace.choosing import probe_bwrap
from swarm.workspace.guard import MARK
from tests.crash.process_table import living, still_living

SCRIPT = Path(__file__).with_name("run_for_ever.py")
GONE_S = 5.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def start(kind: str, folder: Path, command: str, **more: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **more}
    arguments = [sys.executable, str(SCRIPT), kind, str(folder), command]
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


async def skip_without(kind: str) -> None:
    if kind == "bwrap" and (reason := await probe_bwrap()):
        pytest.skip(reason)


@pytest.mark.parametrize("kind", ["bwrap", "none"])
async def test_killed_while_a_command_is_being_started(kind: str, folder: Path) -> None:
    await skip_without(kind)
    for number in range(3):
        command = f"sleep 31415.{os.getpid()}{number}"
        process = start(kind, folder, command, **{VARIABLE: "tool.running"})
        assert process.wait(timeout=20) == -signal.SIGKILL
        assert still_living(command.split()[1], str(folder), after_s=GONE_S) == []


@pytest.mark.parametrize("kind", ["bwrap", "none", "git"])
async def test_killed_while_a_command_and_its_children_run(kind: str, folder: Path) -> None:
    await skip_without(kind)
    seconds = f"27182.{os.getpid()}"
    process = start(kind, folder, f"setsid nohup sleep {seconds} & trap '' TERM; sleep {seconds}")
    while sum(f" sleep {seconds}" in line for line in living(seconds) if SCRIPT.name not in line) < 2:
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert still_living(seconds, str(folder), after_s=GONE_S) == []


def test_the_guard_ends_with_whom_it_guards(folder: Path) -> None:
    process = start("none", folder, "echo $SWARM_GUARDED_BY > mark")
    assert process.wait(timeout=20) == 0
    mark = (folder / "mark").read_text().strip()
    assert mark.startswith(f"{process.pid}-")
    assert living(f"{MARK}={mark}") == []
