"""Whether this machine has what a run needs."""

import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

from swarm.doctor.findings import Finding, good, less, problem
from swarm.errors import GitError, SandboxUnavailable
from swarm.journal.owner import network_file_system
from swarm.workspace.choosing import SandboxChoice, choose_sandbox
from swarm.workspace.git import OLDEST_VERSION, Git
from swarm.workspace.sandbox import SandboxLevel

_LITTLE_DISK = 1024**3
_OLDEST_SQLITE = (3, 35)
_NAMES = {
    SandboxLevel.BWRAP: "bubblewrap (L2) works and keeps what it must",
    SandboxLevel.CONTAINER: "a container that you vouch for (L3); what can be tried of it is kept",
    SandboxLevel.LANDLOCK: "Landlock (L1), as you wish, works and keeps what it can",
}


async def examine_machine(home: Path, *, sandbox: SandboxChoice) -> list[Finding]:
    """Look at what a run needs of this machine.

    Args:
        home: the folder of swarm's state.
        sandbox: where commands would run.
    """
    return [
        good("python", f"{platform.python_version()} at {sys.executable}"),
        await _git(),
        await _sandbox(sandbox),
        _sqlite(sqlite3.sqlite_version_info),
        _state(home),
        *_disk(home),
        _processors(),
    ]


async def _git() -> Finding:
    oldest = ".".join(map(str, OLDEST_VERSION))
    hint = f"Install git {oldest} or newer."
    try:
        version = await Git().version()
    except GitError as error:
        return problem("git", error.message, hint)
    found = ".".join(map(str, version))
    return good("git", found) if version >= OLDEST_VERSION else problem("git", f"{found} is too old", hint)


async def _sandbox(wanted: SandboxChoice) -> Finding:
    if wanted == "none":
        return less("sandbox", "none, as you wish", "what a model writes runs with your own rights")
    try:
        sandbox = await choose_sandbox(wanted)
    except SandboxUnavailable as error:
        return problem("sandbox", error.message, error.hint)
    if sandbox.degraded:
        return less("sandbox", "Landlock (L1)", "less is kept apart than bubblewrap would", sandbox.degraded)
    return good("sandbox", _NAMES[sandbox.level])


def _sqlite(version: tuple[int, ...]) -> Finding:
    found = ".".join(map(str, version))
    if version < _OLDEST_SQLITE:
        return problem("sqlite", f"{found} is too old", "Use a Python that comes with SQLite 3.35 or newer.")
    return good("sqlite", found)


def _state(home: Path) -> Finding:
    hint = "Set SWARM_HOME to a folder on a local disk that you may write to."
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return problem("state", f"{home} cannot be written: {error.strerror}", hint)
    kind = network_file_system(home)
    if kind:
        return problem("state", f"{home} is on a network file system ({kind})", hint)
    return good("state", f"{home} can be written")


def _disk(home: Path) -> list[Finding]:
    existing = next((place for place in (home, *home.parents) if place.exists()), Path("/"))
    try:
        free = shutil.disk_usage(existing).free
    except OSError:
        return []
    if free < _LITTLE_DISK:
        hint = "Free some disk space, or set SWARM_HOME to a folder on a larger disk."
        return [less("disk", f"only {free / 1024**3:.1f} GiB are free", "a run pauses when the disk is full", hint)]
    return [good("disk", f"{free / 1024**3:.0f} GiB are free")]


def _processors() -> Finding:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return good("processors", str(count))
