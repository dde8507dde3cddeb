"""Sees to it that no process started for a run outlives the process that drives it, however that one ends.

A sandbox dies with its parent, but only once it has set that up, some milliseconds after its start; git and commands
without a sandbox do not die with it at all. So each process that is started carries a mark in its environment, and so
do its children; a small process beside us waits for our end and then ends every process with the mark. It finds them
in /proc, so nothing has to be told to it in time, and a process that is just being started is found as well. Where
there is no /proc, nothing is guarded.
"""

import atexit
import os
import secrets
import subprocess
import sys
from functools import cache
from pathlib import Path

from swarm.workspace import orphan_hunter

MARK = "SWARM_GUARDED_BY"
_END_S = 5.0


def guarded() -> dict[str, str]:
    """Return what belongs into the environment of each process that must not outlive this one.

    The first call starts the guard, which takes some milliseconds.
    """
    return dict(_mark_of(os.getpid()))


@cache
def _mark_of(pid: int) -> dict[str, str]:
    if not sys.executable or not Path("/proc/self/environ").exists():
        return {}
    mark = {MARK: f"{pid}-{secrets.token_hex(8)}"}
    _start_guard(*(f"{name}={value}" for name, value in mark.items()))
    return mark


def _start_guard(entry: str) -> None:
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", orphan_hunter.__file__, entry],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={},
        start_new_session=True,
    )
    owner = os.getpid()

    def dismiss() -> None:
        if os.getpid() == owner:
            guard.communicate(b"done", timeout=_END_S)

    atexit.register(dismiss)
