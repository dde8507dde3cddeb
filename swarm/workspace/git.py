"""The only place that runs git on the host: hardened, bounded, with the repository always named and never looked for.

Git executes what configuration, hooks, attributes and folders tell it to, and agents write all of these. So every
call names its repository, sees no configuration but that repository's own and the settings below, and runs with an
environment that holds nothing of ours.
"""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from swarm.errors import GitError
from swarm.text import neutralise, trim_middle
from swarm.workspace.guard import guarded
from swarm.workspace.orphans import holding
from swarm.workspace.pipes import PipeReader
from swarm.workspace.starting import memory_file, start_command

OLDEST_VERSION = (2, 38)
DEFAULT_TIMEOUT_S = 300.0
_OUTPUT_LIMIT = 64 * 1024 * 1024
_STDERR_LIMIT = 256 * 1024
_STDERR_SHOWN = 2000
_TERMINATION_GRACE_S = 2.0

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.alternateRefsCommand=true",  # the shell's `true`: lists nothing
    "core.sshCommand=false",
    "core.askPass=",
    "core.quotePath=false",
    # What the journal names must be on disk before the journal names it; indexes are rebuilt, so they need not.
    "core.fsync=objects,reference",
    "credential.helper=",
    "protocol.ext.allow=never",
    "safe.bareRepository=explicit",
    "gc.auto=0",
    "maintenance.auto=false",
    "commit.gpgSign=false",
    "tag.gpgSign=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "advice.detachedHead=false",
    "init.defaultBranch=main",
)

_ENVIRONMENT = {
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ALLOW_PROTOCOL": "file",
    "GIT_EDITOR": "false",
}


@dataclass(frozen=True, slots=True)
class GitResult:
    """What a git command did. ``truncated`` says that stdout was longer than the limit and git was stopped."""

    exit_code: int
    stdout: bytes
    stderr: str
    truncated: bool = False

    @property
    def text(self) -> str:
        """Stdout as text without the line end; bytes that are not UTF-8 come as surrogates."""
        return os.fsdecode(self.stdout).rstrip("\n")


class Git:
    """Runs git commands, no more than ``slots`` at the same time.

    Args:
        slots: the most git processes at once; twice the machine's cores, at least 4, when ``None``.
    """

    def __init__(self, slots: int | None = None) -> None:
        self._slots = asyncio.Semaphore(slots or max(4, 2 * (os.cpu_count() or 1)))

    async def run(
        self,
        *arguments: str,
        git_dir: Path,
        work_tree: Path | None = None,
        index: Path | None = None,
        stdin: bytes | BinaryIO | None = None,
        check: bool = True,
        environment: Mapping[str, str] | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        output_limit: int = _OUTPUT_LIMIT,
        truncate: bool = False,
        lock: Path | None = None,
    ) -> GitResult:
        """Run one git command on the repository that is named.

        Args:
            arguments: subcommand and its arguments; the caller puts ``--`` before names that are not its own.
            git_dir: the repository; nothing is discovered.
            work_tree: the folder with the files, for commands that touch files.
            index: the index to use instead of the repository's own.
            stdin: bytes to feed, or an open file to read on from where its descriptor is; nothing when ``None``.
            check: raise when git ends with an exit code that is not 0.
            environment: variables on top of the fixed ones.
            timeout_s: seconds until git is stopped; waiting for a slot does not count.
            output_limit: the most bytes of stdout to keep.
            truncate: return the first ``output_limit`` bytes of a longer output instead of raising.
            lock: a lock file that git holds while it runs, for commands whose orphans would do harm.

        Raises:
            GitError: git is missing, failed, took too long, or said too much.
            WorkspaceError: the lock cannot be had.
        """
        location = [f"--git-dir={git_dir}", *([f"--work-tree={work_tree}"] if work_tree else [])]
        extra = {**(environment or {}), **({"GIT_INDEX_FILE": str(index)} if index else {})}
        limits = _Limits(timeout_s, output_limit, truncate)
        with holding(lock) if lock else contextlib.nullcontext() as descriptor:
            inherited = () if descriptor is None else (descriptor,)
            return await self._run(
                location, arguments, stdin=stdin, check=check, environment=extra, limits=limits, inherited=inherited
            )

    async def discover(self, start: Path, *arguments: str, check: bool = True) -> GitResult:
        """Run a command on the repository that ``start`` lies in; only for a path that the user chose.

        A repository that belongs to somebody else is accepted (containers mount them), as nothing of it is executed.

        Raises:
            GitError: as :meth:`run` does.
        """
        location = ["-C", str(start), "-c", "safe.bareRepository=all", "-c", "safe.directory=*"]
        limits = _Limits(DEFAULT_TIMEOUT_S, _OUTPUT_LIMIT, truncate=False)
        return await self._run(location, arguments, stdin=None, check=check, environment={}, limits=limits)

    async def initialise(self, folder: Path, *arguments: str) -> None:
        """Create an empty bare repository in ``folder``. Raises GitError."""
        limits = _Limits(DEFAULT_TIMEOUT_S, _OUTPUT_LIMIT, truncate=False)
        command = ("init", "--quiet", "--bare", "--template=", *arguments, "--", str(folder))
        await self._run([], command, stdin=None, check=True, environment={}, limits=limits)

    async def version(self) -> tuple[int, int]:
        """Return git's major and minor version. Raises GitError when there is no git."""
        limits = _Limits(DEFAULT_TIMEOUT_S, _OUTPUT_LIMIT, truncate=False)
        result = await self._run([], ("version",), stdin=None, check=True, environment={}, limits=limits)
        found = re.search(r"(\d+)\.(\d+)", result.text)
        if not found:
            raise GitError(f"`git version` said {neutralise(result.text)!r}", hint="Install git 2.38 or newer.")
        return int(found[1]), int(found[2])

    async def _run(
        self,
        location: Sequence[str],
        arguments: Sequence[str],
        *,
        stdin: bytes | BinaryIO | None,
        check: bool,
        environment: Mapping[str, str],
        limits: "_Limits",
        inherited: tuple[int, ...] = (),
    ) -> GitResult:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        command = ["git", "--no-pager", "--literal-pathspecs", *settings, *location, *arguments]
        variables = {"PATH": os.environ.get("PATH", os.defpath), **_ENVIRONMENT, **environment}
        async with self._slots:
            result = await _execute(command, variables, stdin, limits, arguments[0], inherited)
        if check and result.exit_code != 0 and not result.truncated:
            said = f": {result.stderr}" if result.stderr else ""
            raise GitError(f"`git {arguments[0]}` failed with exit code {result.exit_code}{said}", stderr=result.stderr)
        return result


@dataclass(frozen=True, slots=True)
class _Limits:
    timeout_s: float
    output: int
    truncate: bool


def as_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that give one git command more settings, whatever characters their names hold."""
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


def alternates(objects: Path) -> dict[str, str]:
    """Return the variable that has one git command read another folder of objects as well."""
    quoted = str(objects).replace("\\", "\\\\").replace('"', '\\"')
    return {"GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{quoted}"'}


def _input(stdin: bytes | BinaryIO | None) -> contextlib.AbstractContextManager[int]:
    """Give the descriptor that git is to read."""
    if isinstance(stdin, bytes):
        return memory_file(stdin)
    return contextlib.nullcontext(subprocess.DEVNULL if stdin is None else stdin.fileno())


async def _execute(
    command: Sequence[str],
    environment: Mapping[str, str],
    stdin: bytes | BinaryIO | None,
    limits: _Limits,
    name: str,
    inherited: tuple[int, ...],
) -> GitResult:
    with contextlib.ExitStack() as stack:
        try:
            reads = stack.enter_context(_input(stdin))
            stdout = stack.enter_context(contextlib.closing(_Printed(limits.output)))
            stderr = stack.enter_context(contextlib.closing(_Printed(_STDERR_LIMIT)))
            pid, ending = start_command(
                command,
                cwd=Path("/"),
                environment={**environment, **guarded()},
                stdin=reads,
                stdout=stdout.writing,
                stderr=stderr.writing,
                pass_fds=inherited,
            )
        except FileNotFoundError as error:
            raise GitError("there is no `git` on the PATH", hint="Install git 2.38 or newer.") from error
        except OSError as error:
            raise GitError(f"`git {name}` could not be started: {error}") from error
        stdout.started(pid)
        stderr.started(pid)
        try:
            async with asyncio.timeout(limits.timeout_s):
                await stdout.ended.wait()
                await stderr.ended.wait()
                await asyncio.wait({ending})
        except TimeoutError as error:
            raise GitError(f"`git {name}` was stopped after {limits.timeout_s:g} s") from error
        finally:
            await _stop(pid, ending)
        return _result(ending.result(), stdout, stderr, limits, name)


def _result(exit_code: int, stdout: "_Printed", stderr: "_Printed", limits: _Limits, name: str) -> GitResult:
    if (stdout.too_much and not limits.truncate) or stderr.too_much:
        raise GitError(f"`git {name}` was stopped: it printed more than {limits.output} bytes")
    said = trim_middle(neutralise(stderr.data.decode(errors="replace").strip()), _STDERR_SHOWN)
    return GitResult(exit_code, bytes(stdout.data), said, stdout.too_much)


class _Printed:
    """What git prints to one of its outputs; past the limit it is stopped, and what it still says is thrown away."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._process = 0
        self._pipe = PipeReader(self._take)
        self.data = bytearray()
        self.too_much = False
        self.writing = self._pipe.writing
        self.ended = self._pipe.ended
        self.close = self._pipe.close

    def started(self, process: int) -> None:
        """Note which process has the pipe's other end now."""
        self._process = process
        self._pipe.handed_over()

    def _take(self, data: bytes) -> None:
        if self.too_much:
            return
        self.data += data
        if len(self.data) > self._limit:
            self.too_much = True
            del self.data[self._limit :]
            _signal(self._process, signal.SIGTERM)


async def _stop(process: int, ending: "asyncio.Future[int]") -> None:
    """End git if it still runs. SIGTERM comes first: on it git removes its lock files."""
    if ending.done():
        return
    _signal(process, signal.SIGTERM)
    try:
        await asyncio.wait({ending}, timeout=_TERMINATION_GRACE_S)
    finally:
        if not ending.done():
            _signal(process, signal.SIGKILL)
        await asyncio.wait({ending})


def _signal(process: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, number)
