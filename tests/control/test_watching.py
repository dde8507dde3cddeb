"""`swarm watch` and `--detach`: looking at a run and leaving it alone, with real processes, signals and terminals."""

import asyncio
import contextlib
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from swarm.journal.owner import Owner
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder, RunLock
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import (
    WRITE_IT,
    branch_files,
    environment,
    file_plan,
    file_scenario,
    make_repository,
    run_swarm,
    swarm_command,
)


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedEndpoint]:
    async with SimulatedEndpoint(file_scenario(file_plan(3))) as endpoint:
        yield endpoint


def arguments(tmp_path: Path, simulated: SimulatedEndpoint, *more: str) -> tuple[str, ...]:
    repository = tmp_path / "repository"
    if not repository.exists():
        make_repository(repository)
    return (
        *("run", "Write files", "--repo", str(repository), "--run-id", "r", "--sandbox", "none"),
        *("--base-url", simulated.base_url, "--model", "m", *more),
    )


async def swarm(tmp_path: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    result = await asyncio.to_thread(run_swarm, *words, home=tmp_path / "home")
    assert "Traceback" not in result.stderr
    return result


def folder_of(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "home" / "runs" / "r")


async def driver_of(folder: RunFolder) -> Owner:
    async with asyncio.timeout(20):
        while (owner := RunLock(folder).owner()) is None:
            await asyncio.sleep(0.02)
    return owner


async def until_nobody_drives(folder: RunFolder) -> None:
    async with asyncio.timeout(30):
        while RunLock(folder).owner() is not None:
            await asyncio.sleep(0.02)


class Terminal:
    """A real terminal with a process in it."""

    def __init__(self, *words: str, home: Path) -> None:
        self._controller, terminal = os.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            swarm_command(*words),
            env=environment(home, TERM="xterm", COLUMNS="100", LINES="40"),
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            preexec_fn=_take_the_terminal,
        )
        os.close(terminal)

    def read_until(self, words: str, *, timeout_s: float = 30) -> None:
        deadline = time.monotonic() + timeout_s
        while words not in self.shown:
            assert time.monotonic() < deadline, self.shown
            self._read()

    def _read(self) -> bool:
        ready, _, _ = select.select([self._controller], [], [], 0.1)
        if not ready:
            return True
        try:
            data = os.read(self._controller, 65_536)
        except OSError:  # nobody has the terminal open any more
            return False
        self.shown += data.decode(errors="replace")
        return bool(data)

    def press(self, key: str) -> None:
        os.write(self._controller, key.encode())

    def close(self) -> None:
        """Take the terminal away, as when its window is closed."""
        os.close(self._controller)
        self._controller = -1

    def wait(self, timeout_s: float = 30) -> int:
        deadline = time.monotonic() + timeout_s
        while self.process.poll() is None and time.monotonic() < deadline:
            if self._controller >= 0:
                self._read()
            else:
                time.sleep(0.02)
        code = self.process.poll()
        assert code is not None, self.shown
        while self._controller >= 0 and self._read() and select.select([self._controller], [], [], 0)[0]:
            pass
        return code

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._controller >= 0:
            os.close(self._controller)


def _take_the_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextlib.contextmanager
def terminal(*words: str, home: Path) -> Iterator[Terminal]:
    opened = Terminal(*words, home=home)
    try:
        yield opened
    finally:
        opened.end()


# -- detach ------------------------------------------------------------------------------------------------------


async def test_a_detached_run_goes_on_without_anybody(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    folder = folder_of(tmp_path)
    async with simulated.hold("*") as hold:
        begun = await swarm(tmp_path, *arguments(tmp_path, simulated, "--detach"))
        assert begun.returncode == 0, begun.stderr
        assert begun.stdout == "r\n"
        assert "swarm watch r" in begun.stderr
        owner = await driver_of(folder)
        stat = Path(f"/proc/{owner.pid}/stat").read_text().rpartition(")")[2].split()
        assert int(stat[3]) == owner.pid  # a session of its own
        assert stat[4] == "0"  # and no terminal
        assert Path(f"/proc/{owner.pid}/fd/0").readlink() == Path("/dev/null")
        await hold.reached(1)
        os.kill(owner.pid, signal.SIGHUP)
        again = await swarm(tmp_path, "resume", "r", "--detach")
        assert again.returncode == 2
        assert f"process {owner.pid}" in again.stderr
        hold.release()
        await until_nobody_drives(folder)
    assert "f2.txt" in branch_files(tmp_path / "repository", "swarm/r")
    assert "run r done" in folder.log.read_text()
    assert folder.detached.stat().st_size < 4096


async def test_a_detached_run_is_paused_resumed_with_changes_and_watched(
    tmp_path: Path, simulated: SimulatedEndpoint
) -> None:
    folder = folder_of(tmp_path)
    async with simulated.hold("*") as hold:
        await swarm(tmp_path, *arguments(tmp_path, simulated, "--detach", "--workers", "3", "--probe-every", "1h"))
        await hold.reached(1)
        pausing = asyncio.create_task(swarm(tmp_path, "pause", "r"))
        while not _has(folder, "pause_requested"):
            await asyncio.sleep(0.02)
        hold.release()
        assert (await pausing).returncode == 0
    other = file_scenario(file_plan(3)).model_copy(update={"models": ["other"]})
    async with SimulatedEndpoint(other) as elsewhere, elsewhere.hold("*") as hold:
        changes = ("--base-url", elsewhere.base_url, "--model", "other", "--workers", "2")
        resumed = await swarm(tmp_path, "resume", "r", "--detach", *changes)
        assert resumed.returncode == 0, resumed.stderr
        assert "workers: 3 -> 2" in resumed.stderr
        assert f"base_url: {simulated.base_url} -> {elsewhere.base_url}" in resumed.stderr
        assert "model of the worker: m -> other" in resumed.stderr
        await hold.reached(1)
        watching = asyncio.create_task(swarm(tmp_path, "watch", "r", "--display", "plain"))
        hold.release()
        watched = await watching
    assert watched.returncode == 0, watched.stderr
    assert watched.stdout == ""
    assert "changed: workers: 3 -> 2" in watched.stderr
    assert "run r done" in watched.stderr


def _has(folder: RunFolder, type_name: str) -> bool:
    with JournalReader(folder.journal) as reader:
        return reader.newest(type_name) is not None


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (("--json",), 2, "--follow --json"),
        (("--max-time", "soon"), 2, "soon"),
        (("--plan", "missing.json"), 2, "missing.json"),
        (("--probe-every", "often"), 2, "often"),
    ],
)
async def test_what_cannot_be_started_is_said_at_once(
    tmp_path: Path, simulated: SimulatedEndpoint, more: tuple[str, ...], code: int, words: str
) -> None:
    result = await swarm(tmp_path, *arguments(tmp_path, simulated, "--detach", *more))
    assert result.returncode == code
    assert words in result.stderr
    assert result.stdout == ""
    assert not folder_of(tmp_path).root.exists()


async def test_a_detached_process_that_fails_to_open_the_run_is_reported(
    tmp_path: Path, simulated: SimulatedEndpoint
) -> None:
    paused = await swarm(tmp_path, *arguments(tmp_path, simulated, "--max-tokens", "1", "--display", "none"))
    assert paused.returncode == 5
    (tmp_path / "repository").rename(tmp_path / "elsewhere")
    result = await swarm(tmp_path, "resume", "r", "--detach", "--max-tokens", "1000000")
    assert result.returncode == 2
    assert "repository" in result.stderr
    assert "hint:" in result.stderr or "error:" in result.stderr


# -- watch -------------------------------------------------------------------------------------------------------


async def test_watching_from_a_terminal_and_leaving_it_does_not_touch_the_run(
    tmp_path: Path, simulated: SimulatedEndpoint
) -> None:
    folder = folder_of(tmp_path)
    async with simulated.hold("*") as hold:
        await swarm(tmp_path, *arguments(tmp_path, simulated, "--detach"))
        owner = await driver_of(folder)
        await hold.reached(1)
        with terminal("watch", "r", home=tmp_path / "home") as screen:
            await asyncio.to_thread(screen.read_until, "at work")
            screen.press("\x03")
            assert await asyncio.to_thread(screen.wait) == 130
            assert "goes on" in screen.shown
            assert "\x1b[?25h" in screen.shown  # the cursor is back
        assert RunLock(folder).owner() == owner
        hold.release()
        await until_nobody_drives(folder)
    ended = await swarm(tmp_path, "watch", "r", "--display", "plain")
    assert ended.returncode == 0
    assert "run r done" in ended.stderr


async def test_watch_ends_as_the_run_does(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    limited = await swarm(tmp_path, *arguments(tmp_path, simulated, "--max-tokens", "1", "--display", "none"))
    watched = await swarm(tmp_path, "watch", "r", "--display", "none")
    assert (limited.returncode, watched.returncode) == (5, 5)
    await swarm(tmp_path, "cancel", "r")
    assert (await swarm(tmp_path, "watch", "r", "--display", "none")).returncode == 1
    assert (await swarm(tmp_path, "watch", "r", "--display", "huge")).returncode == 2
    assert (await swarm(tmp_path, "watch", "nothing")).returncode == 2


async def test_watch_notices_that_the_driver_was_killed(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    async with simulated.hold("*") as hold:
        await swarm(tmp_path, *arguments(tmp_path, simulated, "--detach"))
        owner = await driver_of(folder_of(tmp_path))
        await hold.reached(1)
        watching = asyncio.create_task(swarm(tmp_path, "watch", "r", "--display", "plain"))
        await asyncio.sleep(0)
        os.kill(owner.pid, signal.SIGKILL)
        watched = await watching
    assert watched.returncode == 1
    assert "no process drives it" in watched.stderr
    assert "swarm resume r" in watched.stderr


# -- signals and terminals ---------------------------------------------------------------------------------------


async def test_ctrl_c_in_a_terminal_pauses_and_says_how_to_go_on(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    async with simulated.hold("*") as hold:
        with terminal(*arguments(tmp_path, simulated), home=tmp_path / "home") as screen:
            await hold.reached(1)
            await asyncio.to_thread(screen.read_until, "at work")
            screen.press("\x03")
            await asyncio.to_thread(screen.read_until, "a second signal stops at once")
            hold.release()
            assert await asyncio.to_thread(screen.wait) == 130
            assert "swarm resume r" in screen.shown
    resumed = await swarm(tmp_path, "resume", "r", "--display", "none")
    assert resumed.returncode == 0, resumed.stderr
    assert simulated.ledger.delivered_twice() == []


async def test_a_run_outlives_the_window_of_its_terminal(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    async with simulated.hold("*") as hold:
        with terminal(*arguments(tmp_path, simulated), home=tmp_path / "home") as screen:
            await hold.reached(1)
            await asyncio.to_thread(screen.read_until, "at work")
            screen.close()  # the kernel sends SIGHUP, and every later write fails
            hold.release()
            assert await asyncio.to_thread(screen.wait) == 0
    assert "f2.txt" in branch_files(tmp_path / "repository", "swarm/r")


async def test_two_signals_leave_no_process_behind(tmp_path: Path) -> None:
    mark = f"swarm-test-{os.getpid()}-{time.monotonic_ns()}"
    stubborn = Answer(
        subtask="s*",
        steps=[step("shell", command=f"trap '' TERM INT HUP; : {mark}; while :; do sleep 0.1; done"), *WRITE_IT],
    )
    async with SimulatedEndpoint(file_scenario(file_plan(2), stubborn)) as simulated:
        process = await asyncio.create_subprocess_exec(
            *swarm_command(*arguments(tmp_path, simulated, "--display", "none")),
            env=environment(tmp_path / "home"),
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        async with asyncio.timeout(30):
            while not _processes_with(mark):
                await asyncio.sleep(0.02)
        process.send_signal(signal.SIGINT)
        while b"second signal" not in await process.stderr.readline():
            pass
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            assert await process.wait() == 143
        assert _processes_with(mark) == []


def _processes_with(mark: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
                if mark in command:
                    found.append(command)
    return found


async def test_signals_at_any_moment_leave_a_run_that_resumes(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    codes = []
    words: tuple[str, ...] = arguments(tmp_path, simulated, "--display", "none")
    for number in range(5):
        process = await asyncio.create_subprocess_exec(
            *swarm_command(*words), env=environment(tmp_path / "home"), stderr=asyncio.subprocess.PIPE
        )
        if number < 4:
            await _wait_for_events(folder_of(tmp_path), process, 4 + 15 * number)
            if process.returncode is None:
                process.send_signal(signal.SIGINT if number % 2 else signal.SIGTERM)
        _, said = await process.communicate()
        codes.append(process.returncode)
        assert b"Traceback" not in said, said
        if process.returncode == 0:
            break
        words = ("resume", "r", "--display", "none") if folder_of(tmp_path).journal.exists() else words
    assert codes[-1] == 0
    assert set(codes[:-1]) <= {130, 143}
    assert simulated.ledger.delivered_twice() == []
    verified = await swarm(tmp_path, "verify", "r", "--json")
    assert json.loads(verified.stdout.splitlines()[-1])["findings"] == 0


async def _wait_for_events(folder: RunFolder, process: asyncio.subprocess.Process, count: int) -> None:
    async with asyncio.timeout(30):
        while process.returncode is None:
            with contextlib.suppress(Exception), JournalReader(folder.journal) as reader:
                if reader.last_seq() >= count and RunLock(folder).owner() is not None:
                    return
            await asyncio.sleep(0.01)
