"""A thread that stands in another mount namespace as another user, so that programs which it starts do, too.

What files a program finds, and whose it is, it has from the thread that starts it. To go through a program that changes
both first (``nsenter``) costs more than a tenth of the start of a sandboxed command; through a thread it costs nothing.

Only this thread is changed: the C library would change all of a process, so its calls are gone round. The thread does
nothing but start programs, and lives as long as the process, because a sandbox ends with the thread that started it.
"""

import ctypes
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from swarm.workspace.syscalls import ABSENT, MACHINES, NUMBERS

Process = TypeVar("Process")

_NEW_MOUNTS, _OWN_FOLDERS = 0x00020000, 0x00000200  # CLONE_NEWNS, CLONE_FS


class NamespaceThread:
    """Starts programs in a mount namespace, as a user without groups and powers.

    Args:
        namespace: descriptor of the namespace; not needed any more afterwards.
        user: the user's id, which is the group's as well.

    Raises:
        OSError: the kernel refuses, or is one of a machine that is not known.
    """

    def __init__(self, namespace: int, user: int) -> None:
        self._process = os.getpid()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="sandbox-starter")
        try:
            self._executor.submit(_change, namespace, user).result()
        except OSError:
            self._executor.shutdown(wait=False)
            raise
        _kept.append(self)

    @property
    def usable(self) -> bool:
        """Whether this is the process that it was made in: one that was forked from that has no such thread."""
        return os.getpid() == self._process

    def start(self, program: Callable[[], Process]) -> Process:
        """Call what starts a program, there; its result and its errors are this call's."""
        return self._executor.submit(program).result()


_kept: list[NamespaceThread] = []
"""All of them: one that nobody knows any more would end, and with it what it has started."""


def _change(namespace: int, user: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    _check(libc.unshare(_OWN_FOLDERS), "a current folder of its own")
    _check(libc.setns(namespace, _NEW_MOUNTS), "the mount namespace")
    _check(libc.syscall(_number("setgroups"), 0, None), "no groups")
    _check(libc.syscall(_number("setresgid"), user, user, user), "the group")
    _check(libc.syscall(_number("setresuid"), user, user, user), "the user")


def _number(name: str) -> int:
    machine = MACHINES.get(os.uname().machine)
    number = NUMBERS[name][machine.column] if machine else ABSENT
    if number == ABSENT:
        raise OSError(f"the number of {name} is not known on {os.uname().machine}")
    return number


def _check(code: int, what: str) -> None:
    if code < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
