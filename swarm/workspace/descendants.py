"""The processes that descend from one, held so that a signal reaches them and nobody who got their number since."""

import contextlib
import os
import signal
from pathlib import Path

_MOST_HELD = 4096


class Descendants:
    """All that descended from a process when this was made. Empty where the kernel does not tell.

    Args:
        root: the process; it should stand still meanwhile, or what it starts just now is missed.
    """

    def __init__(self, root: int) -> None:
        self._descriptors: list[int] = []
        pending = _children(root)
        while pending and len(self._descriptors) < _MOST_HELD:
            pid = pending.pop()
            with contextlib.suppress(OSError):
                self._descriptors.append(os.pidfd_open(pid))
                pending += _children(pid)

    def kill(self) -> None:
        """Kill those that are still there, and let go of all."""
        while self._descriptors:
            descriptor = self._descriptors.pop()
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            os.close(descriptor)


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError, ValueError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
