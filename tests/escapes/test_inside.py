"""E01 to E50: ways out that a program inside a sandbox can try, at every level; docs/escapes.md is their table."""

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from swarm.workspace.choosing import probe
from swarm.workspace.confining_launcher import SCOPES_SINCE, landlock_version
from swarm.workspace.guard import MARK
from swarm.workspace.own_user import OwnUser, own_user
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from tests.escapes import attempts
from tests.escapes.documented import LEAKS_OF_LANDLOCK

CANARY = "sk-CANARY-77aa01"
INSIDE = tuple(f"E{number:02}" for number in range(1, 51))
# Tried without a sandbox to see that the attempts themselves work; none of these changes anything.
HARMLESS = ("E01", "E02", "E03", "E05", "E07", "E08", "E09", "E11", "E12", "E13", "E16", "E18", "E19", "E20", "E43")
SHM_KEY = 0x5EED0000 + os.getpid() % 0xFFFF


@dataclass
class World:
    """What there is to get at."""

    targets: dict[str, Any]
    victim: "subprocess.Popen[bytes]"
    udp: socket.socket
    outside: Path
    workspace: Path

    def seen_by_the_host(self) -> set[str]:
        """Return the attempts whose effect shows outside only."""
        found = set()
        with contextlib.suppress(BlockingIOError):
            self.udp.recv(16)
            found.add("E18")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.victim.wait(0.2)
            found.add("E13")
        if (self.outside.parent / "escaped").exists() or (self.outside / "escaped").exists():
            found.add("E04")
        if Path("/usr/bin/swarm-escape-test").exists():
            found.add("E27")
        return found


@contextlib.contextmanager
def world(folder: Path) -> Iterator[World]:
    """Plant secrets, processes and sockets outside of a workspace."""
    outside, workspace, repository = folder / "outside", folder / "workspace", folder / "repository"
    for path in (outside, workspace, repository / "hooks"):
        path.mkdir(parents=True)
    in_home, in_shm = Path.home() / f".swarm-canary-{os.getpid()}", Path(f"/dev/shm/swarm-canary-{os.getpid()}")
    for path in (outside / "secret", outside / "readable", in_home, in_shm):
        path.write_text(CANARY)
    (outside / "secret").chmod(0o600)
    name = f"31337.{os.getpid()}"
    libc = ctypes.CDLL(None, use_errno=True)
    segment = libc.shmget(SHM_KEY, 4096, 0o1666)
    with contextlib.ExitStack() as stack:
        for path in (in_home, in_shm):
            stack.callback(path.unlink)
        stack.callback(libc.shmctl, segment, 0, None)
        tcp, tcp6 = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_INET6)
        with contextlib.suppress(OSError):
            tcp6.bind(("::1", 0))
            tcp6.listen()
        udp, abstract, named = socket.socket(type=socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX), None
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        abstract.bind(f"\0swarm-escape-{os.getpid()}")
        abstract.listen()
        named = socket.socket(socket.AF_UNIX)
        named.bind(str(outside / "socket"))
        named.listen()
        for each in (tcp, tcp6, udp, abstract, named):
            stack.enter_context(each)
        victim = stack.enter_context(subprocess.Popen(["sleep", name], env={"KEY": CANARY}))
        stack.callback(victim.kill)
        targets = {
            "canary": CANARY,
            "mark": MARK,
            "secret": str(outside / "secret"),
            "readable": str(outside / "readable"),
            "in_home": str(in_home),
            "in_shm": str(in_shm),
            "victim": victim.pid,
            "victims_name": name,
            "tcp": tcp.getsockname()[1],
            "tcp6": tcp6.getsockname()[1],
            "udp": udp.getsockname()[1],
            "abstract": f"swarm-escape-{os.getpid()}",
            "socket": str(outside / "socket"),
            "shm_key": SHM_KEY,
            "hook": str(repository / "hooks" / "post-commit"),
            "git_config": str(repository / "config"),
        }
        (workspace / "targets.json").write_text(json.dumps(targets))
        (workspace / "attempts.py").write_bytes(Path(attempts.__file__).read_bytes())
        yield World(targets, victim, udp, outside, workspace)


async def escaped(sandbox: Sandbox, folder: Path, numbers: tuple[str, ...]) -> dict[str, Any]:
    """Try ways out of a sandbox and return what became of each: True for those that led out."""
    inherited = os.open("/etc/passwd", os.O_RDONLY)
    os.set_inheritable(inherited, True)
    try:
        with world(folder) as there:
            command = f"python3 attempts.py targets.json {' '.join(numbers)}"
            readable = [there.workspace.parent / "repository"]
            result = await sandbox.run(there.workspace, command, timeout_s=100, readable=readable)
            assert result.exit_code == 0, result.output
            outcomes: dict[str, Any] = json.loads(result.output.splitlines()[-1])
            assert set(outcomes) == set(numbers)
            seen = there.seen_by_the_host()
    finally:
        os.close(inherited)
    # A packet that was sent into a network of one's own got nowhere.
    decided_outside = {"E13", "E18"} & set(outcomes)
    return {
        **outcomes,
        **{number: number in seen or (outcomes[number] is not True and outcomes[number]) for number in decided_outside},
        **dict.fromkeys(seen, True),
    }


def sandbox_of(level: str) -> Sandbox:
    return Sandbox(SandboxLevel("bwrap" if level == "bwrap as root" else level), as_root=level == "bwrap as root")


@pytest.fixture(scope="module", params=["bwrap", "bwrap as root", "landlock"])
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    level = request.param
    if level == "bwrap as root" and os.geteuid() != 0:
        pytest.skip("only root can have its commands run as root")
    if reason := asyncio.run(probe(sandbox_of(level))):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp(level.replace(" ", "-"))
    return level, asyncio.run(escaped(sandbox_of(level), folder, INSIDE))


@pytest.mark.parametrize("number", INSIDE)
def test_no_way_out_but_the_documented(number: str, tried: tuple[str, dict[str, Any]]) -> None:
    level, outcomes = tried
    leaks = set(LEAKS_OF_LANDLOCK) if level == "landlock" else set()
    if landlock_version() >= SCOPES_SINCE:
        leaks.discard("E13")
    assert (outcomes[number] is True) == (number in leaks), f"{number} at {level}: {outcomes[number]}"


async def test_the_attempts_lead_out_where_nothing_holds_them(tmp_path: Path) -> None:
    outcomes = await escaped(Sandbox(SandboxLevel.NONE), tmp_path, HARMLESS)
    assert {number for number, outcome in outcomes.items() if outcome is True} == set(HARMLESS)


async def test_roots_commands_have_a_user_of_their_own(tmp_path: Path) -> None:
    user = own_user()
    if user is None or user.problem:
        pytest.skip("not root, or the machine cannot show files to another user")
    if reason := await probe(Sandbox(SandboxLevel.BWRAP)):
        pytest.skip(reason)
    (tmp_path / "kept").write_text("as it was")
    (tmp_path / "kept").chmod(0o600)
    command = f"cat kept; echo new > made; chmod 750 kept made; sleep 31338.{os.getpid()} & wait"
    running = asyncio.create_task(Sandbox(SandboxLevel.BWRAP).run(tmp_path, command, timeout_s=30))
    try:
        uids: set[int] = set()
        async with asyncio.timeout(20):
            while not uids:
                uids = uids_of(f"sleep\x0031338.{os.getpid()}")
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    assert 0 not in uids
    # On the disk the files are root's as ever: git, file tools and snapshots need not know.
    assert {path.stat().st_uid for path in tmp_path.iterdir()} == {0}
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o750


async def test_files_that_cannot_be_shown_to_another_user(tmp_path: Path) -> None:
    user = own_user()
    if user is None or user.problem:
        pytest.skip("not root, or the machine cannot show files to another user")
    with pytest.raises(OSError, match="/proc"):
        OwnUser().entrance([Path("/proc/self")])
    if reason := await probe(Sandbox(SandboxLevel.BWRAP)):
        pytest.skip(reason)
    command = 'test "$(id -u)" = 1000 && grep -q "CapEff:.*0000000000000000" /proc/self/status'
    result = await Sandbox(SandboxLevel.BWRAP).run(
        tmp_path, command, timeout_s=20, readable=[Path("/proc/self/fdinfo")]
    )
    assert result.exit_code == 0, result.output


async def test_a_file_system_that_is_mounted_between_two_commands_is_shown(tmp_path: Path) -> None:
    user = own_user()
    if user is None or user.problem:
        pytest.skip("not root, or the machine cannot show files to another user")
    if reason := await probe(Sandbox(SandboxLevel.BWRAP)):
        pytest.skip(reason)
    sandbox, later, workspace = Sandbox(SandboxLevel.BWRAP), tmp_path / "mounted later", tmp_path / "workspace"
    later.mkdir()
    workspace.mkdir()
    (later / "x").write_text("below\n")
    command = f"cat '{later}/x'"
    assert (await sandbox.run(workspace, command, timeout_s=20, readable=[later])).output == "below\n"
    if subprocess.run(["mount", "-t", "tmpfs", "none", str(later)], capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        (later / "x").write_text("mounted\n")
        assert (await sandbox.run(workspace, command, timeout_s=20, readable=[later])).output == "mounted\n"
    finally:
        subprocess.run(["umount", "--lazy", str(later)], check=True)
    assert (await sandbox.run(workspace, command, timeout_s=20, readable=[later])).output == "below\n"


def uids_of(command: str) -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and (entry / "cmdline").read_bytes().decode(errors="replace").startswith(command):
                found.add((entry / "cmdline").stat().st_uid)
    return found


async def test_e13_at_landlock_a_command_does_not_end_who_ends_it(tmp_path: Path) -> None:
    if landlock_version() < SCOPES_SINCE:
        pytest.skip("this kernel's Landlock does not hold back signals")
    sandbox = Sandbox(SandboxLevel.LANDLOCK)
    result = await sandbox.run(tmp_path, "kill -KILL $PPID; echo $?", timeout_s=20)
    assert result.output.endswith("1\n")
    assert signal.SIGKILL.name not in result.output
