"""The program of the guard: ``python orphan_hunter.py NAME=VALUE``; uses nothing but the standard library.

It waits for the end of its stdin. One that ends without a word means that the process at the other end was killed:
then every process whose environment holds the entry is asked to end, so that git can remove its locks, and killed a
moment later.
"""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

GRACE_S = 0.5
"""How long a process may take to end after it was asked to."""

HUNT_S = 10.0
"""How long the hunt lasts while there is still something to end."""

QUIET_S = 0.5
"""How long nothing may be found before the hunt is over: a process that has just been started shows a bit later."""

_POLL_S = 0.02


def find(entry: bytes) -> list[int]:
    """Return the processes whose environment at their start held the entry."""
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208 - the fastest way
        if name.isdigit():
            with contextlib.suppress(OSError):
                if entry in Path("/proc", name, "environ").read_bytes().split(b"\0"):
                    found.append(int(name))
    return found


def hunt(entry: bytes) -> None:
    """End every process with the entry in its environment, and those that these have started meanwhile."""
    began = last_seen = time.monotonic()
    asked: set[int] = set()
    while (now := time.monotonic()) - last_seen < QUIET_S and now - began < HUNT_S:
        for pid in find(entry):
            last_seen = now
            if now - began > GRACE_S:
                _send(pid, signal.SIGKILL)
            elif pid not in asked:
                asked.add(pid)
                _send(pid, signal.SIGTERM)
        time.sleep(_POLL_S)


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, number)


if __name__ == "__main__" and not sys.stdin.buffer.read():
    hunt(os.fsencode(sys.argv[1]))
