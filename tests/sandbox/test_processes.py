"""Processes: bounded in time and output, and gone when the call returns."""

import asyncio
import contextlib
import gc
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from swarm.protocols import CommandResult
from swarm.workspace.processes import run_process

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


async def shell(folder: Path, script: str, *, timeout_s: float = 10, **limits: int) -> CommandResult:
    argv = ["/bin/sh", "-c", script]
    return await run_process(argv, cwd=folder, environment=ENVIRONMENT, timeout_s=timeout_s, **limits)  # type: ignore[arg-type]


def alive(pid_file: Path) -> bool:
    try:
        stat = Path(f"/proc/{int(pid_file.read_text())}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


async def until(condition: Callable[[], bool]) -> bool:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)
    return True


async def gone(pid_file: Path) -> bool:
    return await until(lambda: not alive(pid_file))


async def test_output_and_exit_code_in_order(tmp_path: Path) -> None:
    result = await shell(tmp_path, "echo one; echo two >&2; echo three; exit 3")
    assert (result.exit_code, result.output) == (3, "one\ntwo\nthree\n")
    assert result.output_bytes == len(result.output)
    assert result.output_digest == hashlib.sha256(result.output.encode()).hexdigest()


async def test_the_environment_is_exactly_what_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWARM_CANARY", "sk-CANARY")
    result = await shell(tmp_path, "cat /proc/self/environ")
    assert "CANARY" not in result.output
    assert "PATH=" in result.output


async def test_a_kernel_without_descriptors_of_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> int:
        raise OSError("not in this kernel")

    monkeypatch.setattr(os, "pidfd_open", refuse)
    result = await shell(tmp_path, "echo one; exit 3")
    assert (result.exit_code, result.output) == (3, "one\n")
    assert (await shell(tmp_path, "exec sleep 60", timeout_s=0.2)).exit_code is None


async def test_stdin_is_empty(tmp_path: Path) -> None:
    assert (await shell(tmp_path, "cat; echo end")).output == "end\n"


async def test_head_and_tail_of_long_output_are_kept(tmp_path: Path) -> None:
    result = await shell(tmp_path, "echo first; seq 100000; echo last", output_cap=1000)
    assert result.exit_code == 0
    assert result.output.startswith("first\n1\n")
    assert result.output.endswith("100000\nlast\n")
    assert len(result.output) < 1100
    assert f"[... {result.output_bytes - 1000} bytes left out ...]" in result.output


async def test_a_flood_is_stopped(tmp_path: Path) -> None:
    result = await shell(tmp_path, "yes", read_cap=1_000_000)
    assert result.exit_code is not None
    assert result.exit_code < 0
    assert "stopped: it printed more than 1000000 bytes" in result.output


async def test_bytes_that_are_not_utf8_do_not_matter(tmp_path: Path) -> None:
    assert (await shell(tmp_path, r"printf 'a\377b'")).output == "a\ufffdb"


async def test_time_limit_ends_the_whole_group(tmp_path: Path) -> None:
    started = time.monotonic()
    result = await shell(tmp_path, "sleep 300 & echo $! > pid; echo begun; wait", timeout_s=0.5)
    assert result.exit_code is None
    assert result.output == "begun\n"
    assert time.monotonic() - started < 5
    assert await gone(tmp_path / "pid")


async def test_what_ignores_termination_is_killed(tmp_path: Path) -> None:
    result = await shell(tmp_path, "trap '' TERM; echo $$ > pid; while :; do sleep 1; done", timeout_s=0.2)
    assert result.exit_code is None
    assert await gone(tmp_path / "pid")


async def test_a_background_process_with_our_pipe_neither_hangs_nor_survives(tmp_path: Path) -> None:
    started = time.monotonic()
    result = await shell(tmp_path, "sleep 300 & echo $! > pid; echo done")
    assert (result.exit_code, result.output) == (0, "done\n")
    assert time.monotonic() - started < 3
    assert await gone(tmp_path / "pid")


async def test_a_daemon_in_another_session_does_not_hang_us(tmp_path: Path) -> None:
    started = time.monotonic()
    try:
        result = await shell(tmp_path, "setsid sh -c 'echo $$ > pid; exec sleep 300' & sleep 0.2; echo done")
        assert (result.exit_code, result.output) == (0, "done\n")
        assert time.monotonic() - started < 3
    finally:
        os.kill(int((tmp_path / "pid").read_text()), 9)


async def test_cancellation_ends_the_process_and_is_passed_on(tmp_path: Path) -> None:
    running = asyncio.create_task(shell(tmp_path, "sleep 300 & echo $! > pid; wait", timeout_s=300))
    pid = tmp_path / "pid"
    await until(lambda: pid.exists() and pid.read_text().endswith("\n"))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await gone(tmp_path / "pid")


def open_descriptors() -> dict[str, str]:
    """Return what each descriptor of this process leads to, but for the one that looks."""
    found = {}
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):
            found[number] = os.readlink(f"/proc/self/fd/{number}")
    return found


async def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    await shell(tmp_path, "true")
    gc.collect()  # what earlier tests have left open is not ours
    before = open_descriptors()
    for _ in range(5):
        await shell(tmp_path, "echo x")
        await shell(tmp_path, "sleep 9", timeout_s=0.05)
        with pytest.raises(FileNotFoundError):
            await run_process(["/nonexistent"], cwd=tmp_path, environment={}, timeout_s=1)
    assert open_descriptors() == before


async def test_forty_at_once(tmp_path: Path) -> None:
    results = await asyncio.gather(*(shell(tmp_path, f"echo {number}") for number in range(40)))
    assert [result.output for result in results] == [f"{number}\n" for number in range(40)]
