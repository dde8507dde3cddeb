"""Looks after running commands: memory and number of their processes, and what their workspaces take of the disk.

The kernel has no limit that holds for a whole sandbox of an ordinary user. So the processes below each command are
counted twice a second, from one look at the process table for all commands; and a workspace is measured whenever its
disk has lost enough to make that worth while, and at the command's end.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from swarm.workspace.command_limits import CommandLimits

_TICK_S = 0.5
_TABLE_AGE_S = 0.4
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MIB = 1024**2
# A file system that has lost less than this since the last look is not worth a walk through the workspace.
_WORTH_BYTES = 64 * _MIB
_WORTH_ENTRIES = 5_000
_MOST_WALKED = 4_000_000
_RESIDENT_FIELD, _PARENT_FIELD = 21, 1  # counted from the state, which follows the name


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    resident: int


class ProcessTable:
    """The machine's processes, looked up at most a few times a second however many ask."""

    def __init__(self) -> None:
        self._processes: dict[int, _Process] = {}
        self._read_at = float("-inf")

    def below(self, root: int) -> dict[int, int]:
        """Return the processes that descend from one, and itself, with their resident memory in bytes. Blocks."""
        if time.monotonic() - self._read_at > _TABLE_AGE_S:
            self._processes = dict(_processes())
            self._read_at = time.monotonic()
        processes = self._processes
        children: dict[int, list[int]] = {}
        for pid, process in processes.items():
            children.setdefault(process.parent, []).append(pid)
        found: dict[int, int] = {}
        pending = [root]
        while pending:
            pid = pending.pop()
            if pid in processes and pid not in found:
                found[pid] = processes[pid].resident
                pending += children.get(pid, ())
        return found


def _processes() -> Iterator[tuple[int, _Process]]:
    for name in os.listdir("/proc"):  # noqa: PTH208 - the fastest way
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                    fields = file.read().rpartition(b")")[2].split()
                yield int(name), _Process(int(fields[_PARENT_FIELD]), int(fields[_RESIDENT_FIELD]) * _PAGE)


def _own_memory(pids: Iterator[int]) -> int:
    """Return what processes take, each page that they share counted once among those that share it."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/smaps_rollup", "rb") as file:  # noqa: PTH123
            total += sum(int(line.split()[1]) * 1024 for line in file if line.startswith(b"Pss:"))
    return total


_table = ProcessTable()
_last_look: dict[Path, os.statvfs_result] = {}
"""How the disk was when a workspace was measured last: many small commands add up to a large one."""
_MOST_REMEMBERED = 4_000


@dataclass(slots=True)
class DiskUse:
    """What a folder takes: bytes on the disk, and entries."""

    size: int = 0
    entries: int = 0

    @classmethod
    def of(cls, folder: Path) -> "DiskUse":
        """Measure a folder, following no link. Blocks. What vanishes meanwhile does not count."""
        use = cls()
        pending = [str(folder)]
        while pending and use.entries < _MOST_WALKED:
            with contextlib.suppress(OSError), os.scandir(pending.pop()) as entries:
                for entry in entries:
                    use.entries += 1
                    with contextlib.suppress(OSError):
                        use.size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
        return use


@dataclass(slots=True)
class Watchdog:
    """Looks after one command.

    Args:
        folder: its workspace.
        limits: what it may take.
    """

    folder: Path
    limits: CommandLimits
    _free: os.statvfs_result | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._free = _last_look.get(self.folder) or _statvfs(self.folder)
        self._remember(self._free)

    async def __call__(self, pid: int, stop: Callable[[str], None]) -> None:
        """Look after a process and its descendants until cancelled."""
        while True:
            await asyncio.sleep(_TICK_S)
            if reason := await asyncio.to_thread(self._look, pid):
                stop(reason)
                return

    async def at_end(self) -> str:
        """Return what the workspace has too much of now that the command is over; empty when nothing."""
        return await asyncio.to_thread(self._disk) if self._has_lost() else ""

    def _look(self, pid: int) -> str:
        return self._processes(pid) or self._disk()

    def _processes(self, pid: int) -> str:
        found = _table.below(pid)
        if len(found) > self.limits.processes:
            return f"it had more than {self.limits.processes} processes"
        most = self.limits.memory_bytes
        if sum(found.values()) > most and _own_memory(iter(found)) > most:
            return f"its processes took more than {most // _MIB} MiB of memory"
        return ""

    def _disk(self) -> str:
        now = _statvfs(self.folder)
        if now is None or self._free is None:
            return ""
        lost = (self._free.f_bavail - now.f_bavail) * now.f_frsize
        if lost > _WORTH_BYTES and now.f_bavail * now.f_frsize < self.limits.free_bytes:
            return f"less than {self.limits.free_bytes // _MIB} MiB are free on the disk"
        if not self._has_lost(now):
            return ""
        use = DiskUse.of(self.folder)
        self._free = now
        self._remember(now)
        if use.size <= self.limits.workspace_bytes and use.entries <= self.limits.workspace_entries:
            return ""
        return (
            f"the workspace took {use.size // _MIB} MiB in {use.entries} files and folders; the most is "
            f"{self.limits.workspace_bytes // _MIB} MiB in {self.limits.workspace_entries}"
        )

    def _remember(self, now: os.statvfs_result | None) -> None:
        if now is not None:
            _last_look.pop(self.folder, None)
            _last_look[self.folder] = now
            if len(_last_look) > _MOST_REMEMBERED:
                del _last_look[next(iter(_last_look))]

    def _has_lost(self, now: os.statvfs_result | None = None) -> bool:
        """Whether the disk has lost enough since the last look to measure the workspace."""
        now = now or _statvfs(self.folder)
        if now is None or self._free is None:
            return False
        lost = (self._free.f_bavail - now.f_bavail) * now.f_frsize
        return lost > self._worth_bytes or self._free.f_ffree - now.f_ffree > self._worth_entries

    @property
    def _worth_bytes(self) -> int:
        return min(_WORTH_BYTES, self.limits.workspace_bytes // 4)

    @property
    def _worth_entries(self) -> int:
        return min(_WORTH_ENTRIES, self.limits.workspace_entries // 4)


def _statvfs(folder: Path) -> os.statvfs_result | None:
    try:
        return os.statvfs(folder)
    except OSError:
        return None
