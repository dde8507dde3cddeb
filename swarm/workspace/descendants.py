"""The processes that descend from one, held so that a signal reaches them and nobody who got their number since."""

import contextlib
import os
import signal
import time
from pathlib import Path

_MOST_HELD = 4096
# A process told to stand still may first finish what it was just asking of the kernel: the start of another process.
_LOOKS = 40
_LOOK_S = 0.0005
_STANDING = frozenset("TtZX")


class Descendants:
    """A process and all that descended from it, standing still. Empty where the kernel does not tell.

    Args:
        root: the process.
    """

    def __init__(self, root: int) -> None:
        self._descriptors: list[int] = []
        pending = [root]
        while pending and len(self._descriptors) < _MOST_HELD:
            pid = pending.pop()
            with contextlib.suppress(OSError):
                descriptor = os.pidfd_open(pid)
                self._descriptors.append(descriptor)
                signal.pidfd_send_signal(descriptor, signal.SIGSTOP)
                _wait_until_still(pid)
                pending += _children(pid)

    def go_on(self) -> None:
        """Let them go on, to what signals they were sent meanwhile."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill those that are still there, and let go of all."""
        self._signal(signal.SIGKILL)
        while self._descriptors:
            os.close(self._descriptors.pop())

    def _signal(self, number: signal.Signals) -> None:
        for descriptor in self._descriptors:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(descriptor, number)


def _wait_until_still(pid: int) -> None:
    for _ in range(_LOOKS):
        status = Path(f"/proc/{pid}/stat").read_text()
        if status[status.rindex(")") + 2] in _STANDING:
            return
        time.sleep(_LOOK_S)


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError, ValueError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
