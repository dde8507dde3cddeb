"""Ends what a command has left where no namespace does that: processes that moved to sessions of their own.

Each command carries a mark in its environment, and so do its children. What changes its own environment escapes this,
as it escapes everything else at a level that keeps nothing apart.
"""

import os
import secrets
import signal
import time

from swarm.workspace.orphan_hunter import find

VARIABLE = "SWARM_COMMAND"

_LONGEST_S = 5.0
_POLL_S = 0.01


def new_mark() -> str:
    """Return a mark that no other command has."""
    return secrets.token_hex(8)


def end_strays(mark: str) -> None:
    """End every process with a mark, and those that these start meanwhile. Blocks until they are gone."""
    entry = os.fsencode(f"{VARIABLE}={mark}")
    deadline = time.monotonic() + _LONGEST_S
    while (found := find(entry)) and time.monotonic() < deadline:
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                continue
        time.sleep(_POLL_S)
