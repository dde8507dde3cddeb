"""Where commands that a model wrote run: in bubblewrap, or, by explicit consent only, with no isolation at all."""

import asyncio
import contextlib
import os
import shlex
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from swarm.errors import SandboxUnavailable, WorkspaceError
from swarm.protocols import CommandResult
from swarm.workspace.bwrap import HOME, bwrap_arguments
from swarm.workspace.guard import MARK
from swarm.workspace.processes import run_process
from swarm.workspace.toolchains import SYSTEM_SEARCH_PATH, Toolchains, find_toolchains

_PROBE_TIMEOUT_S = 20.0
# In the sandbox's own user namespace the count of processes is the sandbox's; outside it is the whole user's.
_MOST_PROCESSES = {"bwrap": 2048, "none": 16384}
_MOST_OPEN_FILES = 4096
_LARGEST_FILE_KIB = 2 * 1024 * 1024
_NOT_STARTED_OUTPUT = 500


class SandboxLevel(StrEnum):
    """How a command is kept apart from the machine."""

    BWRAP = "bwrap"
    NONE = "none"


def _toolchains_of_this_process() -> Toolchains:
    return find_toolchains(os.environ.get("PATH", SYSTEM_SEARCH_PATH), home=Path.home())


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Runs commands at one level.

    Attributes:
        level: the isolation.
        toolchains: the programs that commands can use besides the system's; those on ``PATH`` by default.
    """

    level: SandboxLevel
    toolchains: Toolchains = field(default_factory=_toolchains_of_this_process)

    def describe(self) -> str:
        """Say in one sentence what a command can and cannot do, for a person."""
        if self.level is SandboxLevel.NONE:
            return (
                "No sandbox: commands written by a model run with your rights, can read and change everything that "
                "you can, use the network, and leave processes behind."
            )
        return (
            "bubblewrap: commands can change only their workspace, read only system programs and toolchains, have no "
            "network and no secrets, and leave no process behind."
        )

    @property
    def confined(self) -> bool:
        """Whether a command can have no effect but on the files of its workspace: no network, no other files."""
        return self.level is SandboxLevel.BWRAP

    async def run(
        self, folder: Path, command: str, *, timeout_s: float, readable: Sequence[Path] = ()
    ) -> CommandResult:
        """Run a shell command with a folder as its workspace and current folder.

        Under bubblewrap no process of it survives the call. Must be called on the event loop's thread.

        Args:
            folder: the workspace, an absolute path; it appears as ``/workspace`` under bubblewrap.
            command: what the shell runs (bash where there is one, else sh).
            timeout_s: wall time after which it is stopped, in seconds.
            readable: absolute paths of the host that it may read besides, at the same paths.

        Raises:
            WorkspaceError: the command could not be started.
        """
        try:
            if self.level is SandboxLevel.NONE:
                return await self._run_plainly(folder, command, timeout_s)
            return await self._run_in_bwrap(folder, command, timeout_s, readable)
        except (OSError, ValueError) as error:
            raise WorkspaceError(f"The command could not be started: {error}") from error

    async def _run_plainly(self, folder: Path, command: str, timeout_s: float) -> CommandResult:
        async with _private_folder("swarm-home-") as home:
            return await run_process(
                _shell(command, self.level),
                cwd=folder,
                environment=self._environment(home=str(home), scratch=str(home)),
                timeout_s=timeout_s,
            )

    async def _run_in_bwrap(
        self, folder: Path, command: str, timeout_s: float, readable: Sequence[Path]
    ) -> CommandResult:
        status_read, status_write = os.pipe()
        try:
            arguments = bwrap_arguments(
                _bwrap_program(),
                folder=folder,
                readable=(*self.toolchains.folders, *readable),
                environment=self._environment(home=HOME, scratch="/tmp"),  # noqa: S108 - the sandbox's own
                status_fd=status_write,
            )
            result = await run_process(
                [*arguments, *_shell(command, self.level)],
                cwd=Path("/"),
                # bwrap's own process is visible inside with its environment, so that holds nothing either.
                environment={"PATH": SYSTEM_SEARCH_PATH},
                timeout_s=timeout_s,
                pass_fds=(status_write,),
            )
            os.set_blocking(status_read, False)
            started = _was_started(status_read)
        finally:
            os.close(status_read)
            os.close(status_write)
        if not started and result.exit_code is not None and result.exit_code > 0:
            raise WorkspaceError(f"bubblewrap did not start the command: {result.output[:_NOT_STARTED_OUTPUT].strip()}")
        return result

    def _environment(self, *, home: str, scratch: str) -> dict[str, str]:
        return {
            "HOME": home,
            "LANG": "C.UTF-8",
            "PATH": self.toolchains.search_path,
            "PYTHONDONTWRITEBYTECODE": "1",  # a check must not litter the workspace that is handed in
            "TMPDIR": scratch,
        }


def _was_started(status: int) -> bool:
    """Whether bubblewrap reported an exit code, which it does only for a command that it did start."""
    try:
        report = os.read(status, 64 * 1024)
    except BlockingIOError:
        return False
    return b'"exit-code"' in report


def _shell(command: str, level: SandboxLevel) -> list[str]:
    shell = shutil.which("bash", path=SYSTEM_SEARCH_PATH) or "/bin/sh"
    # A limit above what is allowed already is refused and changes nothing; dash calls the processes -p.
    most = _MOST_PROCESSES[level]
    limits = (
        f"ulimit -c 0; ulimit -n {_MOST_OPEN_FILES}; ulimit -f {_LARGEST_FILE_KIB}; "
        f"ulimit -u {most} || ulimit -p {most}"
    )
    return [shell, "-c", f'{{ {limits}; }} 2>/dev/null; exec "$0" -c "$1"', shell, command]


def _bwrap_program() -> str:
    return shutil.which("bwrap", path=SYSTEM_SEARCH_PATH) or shutil.which("bwrap") or "bwrap"


@asynccontextmanager
async def _private_folder(prefix: str) -> AsyncIterator[Path]:
    """Give a folder that only we can enter, and remove it with all that was left in it."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        await asyncio.shield(asyncio.to_thread(_remove, folder))


def _remove(folder: Path) -> None:
    with contextlib.suppress(RecursionError):  # folders nested by the thousand, to spite us
        shutil.rmtree(folder, ignore_errors=True)


_PROBE = """
fail() {{ echo "$1"; exit 1; }}
[ ! -e {secret} ] || fail 'it shows files outside the workspace.'
names=$(cat /proc/[0-9]*/environ | tr '\\0' '\\n' | cut -d= -f1 | grep -vxE '{names}|')
[ -z "$names" ] || fail 'it shows environment variables of the host.'
[ "$(readlink /proc/self/ns/net)" != '{network}' ] || fail 'it shares the network of the host.'
[ "$(readlink /proc/self/ns/pid)" != '{processes}' ] || fail 'it shares the processes of the host.'
[ ! -w /proc/sys/kernel/core_pattern ] || fail 'it can change settings of the kernel.'
if touch /usr/swarm-probe 2>/dev/null; then fail 'it can write outside the workspace.'; fi
touch written || fail 'it cannot write to the workspace.'
"""
_PROBE_NAMES = f"HOME|LANG|PATH|PYTHONDONTWRITEBYTECODE|TMPDIR|PWD|OLDPWD|SHLVL|_|{MARK}"


async def probe_bwrap() -> str:
    """Try whether bubblewrap works here and keeps what it must keep.

    A secret is planted outside. A command inside must run, neither see it nor any environment variable of ours, have
    namespaces of its own for network and processes, and be able to write to its workspace and nowhere else.

    Returns:
        The empty string when all of that holds, else the reason, one sentence for a person.
    """
    if shutil.which(_bwrap_program()) is None:
        return "bubblewrap (bwrap) is not installed."
    async with _private_folder("swarm-probe-") as folder:
        script, workspace = _prepare_probe(folder)
        try:
            sandbox = Sandbox(SandboxLevel.BWRAP, find_toolchains("", home=Path.home()))
            result = await sandbox.run(workspace, script, timeout_s=_PROBE_TIMEOUT_S)
        except WorkspaceError as error:
            return error.message
    if result.exit_code != 0:
        return f"bubblewrap runs, but {result.output.strip() or f'its probe ended with code {result.exit_code}.'}"
    return ""


def _prepare_probe(folder: Path) -> tuple[str, Path]:
    """Plant the secret, and return the probe's script and workspace."""
    secret, workspace = folder / "secret", folder / "workspace"
    secret.write_text("swarm-canary")
    workspace.mkdir()
    script = _PROBE.format(
        secret=shlex.quote(str(secret)),
        names=_PROBE_NAMES,
        network=Path("/proc/self/ns/net").readlink(),
        processes=Path("/proc/self/ns/pid").readlink(),
    )
    return script, workspace


async def choose_sandbox(wanted: Literal["auto", "bwrap", "none"]) -> Sandbox:
    """Return the sandbox that was asked for, after trying it.

    Args:
        wanted: ``auto`` and ``bwrap`` take bubblewrap when its probe passes; only ``none`` does without.

    Raises:
        SandboxUnavailable: bubblewrap does not work here; the message says why.
    """
    if wanted == "none":
        return Sandbox(SandboxLevel.NONE)
    reason = await probe_bwrap()
    if reason:
        raise SandboxUnavailable(f"No sandbox works on this machine: {reason}")
    return Sandbox(SandboxLevel.BWRAP)
