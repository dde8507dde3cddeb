"""What the confining launcher is told: what a command may read, change and take where Landlock keeps it apart."""

import marshal
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from swarm.workspace import confining_launcher
from swarm.workspace.command_limits import CommandLimits
from swarm.workspace.confining_launcher import landlock_version
from swarm.workspace.etc_folder import HOST_FILES
from swarm.workspace.guard import MARK
from swarm.workspace.own_files import hidden_below, split_around
from swarm.workspace.seccomp import filter_program

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
_READABLE = (
    *_SYSTEM,
    *HOST_FILES,
    "/etc/group",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/proc",
    "/sys/devices/system/cpu",
)
_DEVICES = ("/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero")
PROCESSES_OF_USER = 8
"""How many times a command's processes a user may have: without a namespace the count is the whole user's."""


def launch_arguments(descriptor: int) -> list[str]:
    """Return the command line of the launcher, which reads a specification from a descriptor."""
    return [sys.executable, "-I", "-S", confining_launcher.__file__, str(descriptor)]


def specification(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    limits: CommandLimits,
    readable: Sequence[Path],
    scratch: Path,
) -> bytes:
    """Return what the launcher is told, as it reads it.

    Args:
        command: the command line.
        folder: the workspace.
        environment: the command's whole environment.
        limits: what it may take.
        readable: what it may read besides the system's programs.
        scratch: its private folder.
    """
    visible = [*_READABLE, *map(str, readable)]
    allowed, listed = split_around(visible, hidden_below(visible))
    told = {
        "command": list(command),
        "folder": str(folder),
        "environment": dict(environment),
        "mark": MARK,
        "limits": {
            "RLIMIT_CORE": 0,
            "RLIMIT_NOFILE": limits.open_files,
            "RLIMIT_FSIZE": limits.file_bytes,
            "RLIMIT_NPROC": limits.processes * PROCESSES_OF_USER,
        },
        "landlock": landlock_version(),
        "readable": allowed,
        "listed": listed,
        "writable": [str(folder), str(scratch)],
        "devices": list(_DEVICES),
        "program": filter_program(os.uname().machine, namespaces=False),
    }
    return marshal.dumps(told)
