"""E51 to E55: commands that take all they can get of the machine, or stay; at every level that runs them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from swarm.workspace import sandbox as sandbox_module
from swarm.workspace.choosing import probe
from swarm.workspace.command_limits import CommandLimits
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from tests.crash.process_table import living, still_living

GONE_S = 5.0
MIB = 1024 * 1024
LEVELS = ("bwrap", "landlock", "none")
DAEMON = "(setsid nohup bash -c 'exec -a {mark} sleep 300' >/dev/null 2>&1 &); "


@pytest.fixture(params=LEVELS)
async def level(request: pytest.FixtureRequest) -> SandboxLevel:
    chosen = SandboxLevel(request.param)
    if chosen is not SandboxLevel.NONE and (reason := await probe(Sandbox(chosen))):
        pytest.skip(reason)
    return chosen


def mark(name: str) -> str:
    return f"swarm-{name}-{os.getpid()}"


async def test_e51_a_fork_bomb(level: SandboxLevel, tmp_path: Path) -> None:
    (tmp_path / "bomb.py").write_text(
        "import os, sys, time\n"
        "made = 0\n"
        "while made < 3000:\n"
        "    try:\n"
        "        if os.fork() == 0:\n"
        f"            os.execv('/bin/sleep', ['{mark('fork')}', '300'])\n"
        "        made += 1\n"
        "    except OSError:\n"
        "        print('refused', made, flush=True)\n"
        "        time.sleep(300)\n"
        "time.sleep(300)\n"
    )
    sandbox = Sandbox(level, limits=CommandLimits(processes=100))
    result = await sandbox.run(tmp_path, "python3 bomb.py", timeout_s=15)
    # The kernel refuses where it counts them by sandbox; elsewhere they are counted, and the command is stopped.
    assert "refused" in result.output or "more than 100 processes" in result.stopped
    assert still_living(mark("fork"), after_s=GONE_S) == []


@pytest.mark.parametrize("processes", [1, 8])
async def test_e52_a_memory_bomb(level: SandboxLevel, processes: int, tmp_path: Path) -> None:
    each = 480 // processes
    (tmp_path / "bomb.py").write_text(
        "import os, time\n"
        f"for _ in range({processes} - 1):\n"
        "    if os.fork() == 0:\n"
        "        break\n"
        f"hoard = bytearray(os.urandom(1024)) * ({each} * 1024)\n"
        "time.sleep(300)\n"
    )
    sandbox = Sandbox(level, limits=CommandLimits(memory_bytes=240 * MIB))
    started = time.monotonic()
    result = await sandbox.run(tmp_path, f"exec -a {mark('memory')} python3 bomb.py", timeout_s=60)
    assert result.stopped == "its processes took more than 240 MiB of memory"
    assert result.stopped in result.output
    assert time.monotonic() - started < 30
    assert still_living(mark("memory"), after_s=GONE_S) == []


async def test_memory_that_is_shared_counts_once(tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text(
        "import os, time\n"
        "hoard = bytearray(os.urandom(1024)) * (100 * 1024)\n"
        "for _ in range(5):\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(2.5)\n"
        "        os._exit(0)\n"
        "time.sleep(2)\n"
    )
    sandbox = Sandbox(SandboxLevel.NONE, limits=CommandLimits(memory_bytes=240 * MIB))
    result = await sandbox.run(tmp_path, "python3 shared.py", timeout_s=60)
    assert (result.exit_code, result.stopped) == (0, "")


async def test_e53_a_file_that_fills_the_disk(level: SandboxLevel, tmp_path: Path) -> None:
    sandbox = Sandbox(level, limits=CommandLimits(workspace_bytes=40 * MIB))
    command = "dd if=/dev/zero of=large bs=1M count=200 status=none; sync large; sleep 300"
    result = await sandbox.run(tmp_path, command, timeout_s=60)
    assert "the most is 40 MiB" in result.stopped
    # The workspace is the agent's still: it may make room.
    assert (await sandbox.run(tmp_path, "rm large", timeout_s=60)).exit_code == 0


async def test_e53_files_without_number(tmp_path: Path) -> None:
    sandbox = Sandbox(SandboxLevel.NONE, limits=CommandLimits(workspace_entries=2_000))
    command = "mkdir many; seq 5000 | sed 's,^,many/,' | xargs touch; sleep 300"
    result = await sandbox.run(tmp_path, command, timeout_s=60)
    assert "files and folders; the most is" in result.stopped


async def test_e53_what_a_quick_command_leaves_is_said(level: SandboxLevel, tmp_path: Path) -> None:
    sandbox = Sandbox(level, limits=CommandLimits(workspace_bytes=40 * MIB))
    result = await sandbox.run(
        tmp_path, "dd if=/dev/zero of=large bs=1M count=80 status=none && sync large", timeout_s=60
    )
    assert result.stopped or "remove what is not needed" in result.output


async def test_e53_a_huge_sparse_file(level: SandboxLevel, tmp_path: Path) -> None:
    result = await Sandbox(level).run(tmp_path, "truncate -s 1T sparse", timeout_s=30)
    assert result.exit_code != 0
    assert not (tmp_path / "sparse").exists() or (tmp_path / "sparse").stat().st_size < 3 * 1024**3


async def test_e53_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    disk = os.statvfs(tmp_path)
    free = disk.f_bavail * disk.f_frsize
    sandbox = Sandbox(SandboxLevel.NONE, limits=CommandLimits(free_bytes=free))
    command = "dd if=/dev/zero of=large bs=1M count=150 status=none; sync large; sleep 300"
    result = await sandbox.run(tmp_path, command, timeout_s=60)
    assert "are free on the disk" in result.stopped


async def test_e54_daemons_end_with_the_command(level: SandboxLevel, tmp_path: Path) -> None:
    result = await Sandbox(level).run(tmp_path, DAEMON.format(mark=mark("a")) + "sleep 0.2; echo done", timeout_s=30)
    assert (result.exit_code, result.output) == (0, "done\n")
    assert still_living(mark("a"), after_s=GONE_S) == []


async def test_e54_daemons_end_at_the_time_limit(level: SandboxLevel, tmp_path: Path) -> None:
    command = DAEMON.format(mark=mark("b")) + "trap '' TERM; touch started; while :; do sleep 0.1; done"
    result = await Sandbox(level).run(tmp_path, command, timeout_s=2)
    assert result.exit_code is None
    assert (tmp_path / "started").exists()
    assert still_living(mark("b"), after_s=GONE_S) == []


async def test_e54_daemons_end_when_nobody_waits_any_more(level: SandboxLevel, tmp_path: Path) -> None:
    name = f"c-{level}"
    command = DAEMON.format(mark=mark(name)) + "sleep 300"
    for _ in range(5):  # the mark is in the words of the launchers as well: this may be any moment of the start
        running = asyncio.create_task(Sandbox(level).run(tmp_path, command, timeout_s=300))
        async with asyncio.timeout(30):
            while not living(mark(name)):
                await asyncio.sleep(0.002)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert still_living(mark(name), after_s=GONE_S) == []


async def test_e55_nothing_outlives_a_killed_orchestrator(level: SandboxLevel, tmp_path: Path) -> None:
    program = (
        "import asyncio, pathlib, sys\nfrom swarm.workspace.sandbox import Sandbox, SandboxLevel\n"
        "run = Sandbox(SandboxLevel(sys.argv[3])).run(pathlib.Path(sys.argv[1]), sys.argv[2], timeout_s=300)\n"
        "asyncio.run(run)\n"
    )
    command = DAEMON.format(mark=mark("d")) + "touch started; sleep 300"
    arguments = [sys.executable, "-c", program, str(tmp_path), command, str(level)]
    root = Path(sandbox_module.__file__).parents[2]
    with subprocess.Popen(arguments, cwd=root) as orchestrator:
        async with asyncio.timeout(30):
            while not (tmp_path / "started").exists():
                await asyncio.sleep(0.02)
        orchestrator.send_signal(signal.SIGKILL)
    assert still_living(mark("d"), after_s=GONE_S) == []


@pytest.mark.parametrize(
    ("sandboxes", "trees"), [(10, 20), pytest.param(200, 1, marks=pytest.mark.slow)], ids=["10x20", "200x1"]
)
async def test_200_trees_of_processes_killed_by_their_time_limit(sandboxes: int, trees: int, tmp_path: Path) -> None:
    if reason := await probe(Sandbox(SandboxLevel.BWRAP)):
        pytest.skip(reason)
    tree = f"(setsid nohup bash -c '(exec -a {mark('tree')} sleep 300 & exec -a {mark('tree')} sleep 300)' &);"
    command = f"for n in $(seq {trees}); do {tree} done; trap '' TERM; exec -a {mark('tree')} sleep 300"
    sandbox = Sandbox(SandboxLevel.BWRAP)
    peak = 0

    async def look() -> None:
        nonlocal peak
        while True:
            peak = max(peak, len(living(f"{mark('tree')}\x00300")))
            await asyncio.sleep(0.2)

    looking = asyncio.create_task(look())
    timeout_s = 6.0 if sandboxes < 100 else 45.0
    results = await asyncio.gather(*(sandbox.run(tmp_path, command, timeout_s=timeout_s) for _ in range(sandboxes)))
    looking.cancel()
    assert {result.exit_code for result in results} == {None}
    assert peak >= 200
    assert still_living(mark("tree"), after_s=GONE_S) == []
