"""How much a sandboxed command may take of the machine."""

import os
from dataclasses import dataclass, field

_GIB = 1024**3
_LEAST_MEMORY = 2 * _GIB
_SHARE_OF_MEMORY = 0.8
_MEMORY_WITHOUT_ANSWER = 4 * _GIB


def command_slots() -> int:
    """Return how many commands may run at the same time: as many as there are cores, at least two."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, cores)


def _memory_of_one() -> int:
    """Return an equal share of most of the machine's memory for each command that may run at once."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return _MEMORY_WITHOUT_ANSWER
    return max(_LEAST_MEMORY, int(whole * _SHARE_OF_MEMORY) // command_slots())


@dataclass(frozen=True, slots=True)
class CommandLimits:
    """Limits of one command with all its processes.

    Attributes:
        processes: processes and threads at once.
        open_files: files that one process may have open.
        file_bytes: size of a file that it writes.
        scratch_bytes: what ``/tmp``, and the home folder likewise, may hold.
        memory_bytes: memory of all processes together.
        workspace_bytes: what the workspace may take on the disk when the command adds to it.
        workspace_entries: files and folders that there may be in it, likewise.
        free_bytes: what must stay free on the workspace's disk.
    """

    processes: int = 2048
    open_files: int = 4096
    file_bytes: int = 2 * _GIB
    scratch_bytes: int = _GIB
    memory_bytes: int = field(default_factory=_memory_of_one)
    workspace_bytes: int = 5 * _GIB
    workspace_entries: int = 400_000
    free_bytes: int = _GIB // 4
