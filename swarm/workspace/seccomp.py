"""The system-call filter of sandboxed commands, as the program that the kernel runs before each call. Pure.

It takes away what only administrators, debuggers of the kernel and exploits need: mounting, namespaces, modules, BPF,
io_uring, keys, clocks, device nodes, set-user-id bits, pushing characters into a terminal, and families of sockets that
no namespace holds back (vsock, for one). Calls of another architecture do not exist, x32's among them. Everything else
works as ever: compilers, interpreters, debuggers of one's own processes.

A filter is a short program for the kernel's classic BPF machine, which a few lines assemble; there is no well-kept
library for that on PyPI, and the C library is not everywhere. The forms used here:

* load a word of ``struct seccomp_data`` (number, architecture, the low half of an argument);
* compare it with a constant, and skip ahead when it is not equal, not greater or shares no bit;
* return what becomes of the call.
"""

import errno
import socket
import stat
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from swarm.workspace.syscalls import ABSENT, MACHINES, NUMBERS

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x35, 0x45
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_X32_BIT = 0x40000000

_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_AF_NETLINK = 16

_REFUSED: Final = (
    "_sysctl",
    "acct",
    "add_key",
    "bpf",
    "chroot",
    "clock_adjtime",
    "clock_settime",
    "delete_module",
    "fanotify_init",
    "finit_module",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "memfd_secret",
    "modify_ldt",
    "mount",
    "mount_setattr",
    "move_mount",
    "nfsservctl",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "pidfd_getfd",
    "pivot_root",
    "quotactl",
    "quotactl_fd",
    "reboot",
    "request_key",
    "setdomainname",
    "sethostname",
    "setns",
    "settimeofday",
    "swapoff",
    "swapon",
    "sysfs",
    "syslog",
    "umount2",
    "unshare",
    "uselib",
    "userfaultfd",
    "ustat",
    "vhangup",
)
# Where no namespace separates a command from the machine's network and its shared memory.
_REFUSED_WITHOUT_NAMESPACES: Final = (
    "mq_open",
    "mq_unlink",
    "msgctl",
    "msgget",
    "msgrcv",
    "msgsnd",
    "semctl",
    "semget",
    "semop",
    "semtimedop",
    "shmat",
    "shmctl",
    "shmget",
    "socket",
)


@dataclass(frozen=True, slots=True)
class _Condition:
    """Refuses a call by one of its arguments.

    ``bits``: any of them is set; ``values``: the argument, ``mask`` applied, is one of them, or none with ``others``.
    """

    calls: tuple[str, ...]
    argument: int
    bits: int = 0
    mask: int = 0
    values: Collection[int] = ()
    others: bool = False
    error: int = errno.EPERM


_CONDITIONS: Final = (
    _Condition(("clone",), 0, bits=_NAMESPACES),
    _Condition(("ioctl",), 1, values=(_TIOCSTI, _TIOCLINUX)),
    _Condition(("chmod", "fchmod"), 1, bits=stat.S_ISUID),
    _Condition(("fchmodat", "fchmodat2"), 2, bits=stat.S_ISUID),
    _Condition(("mknod",), 1, mask=0xF000, values=(stat.S_IFCHR, stat.S_IFBLK)),
    _Condition(("mknodat",), 2, mask=0xF000, values=(stat.S_IFCHR, stat.S_IFBLK)),
    _Condition(
        ("socket",),
        0,
        values=(int(socket.AF_UNIX), int(socket.AF_INET), int(socket.AF_INET6), _AF_NETLINK),
        others=True,
        error=errno.EAFNOSUPPORT,
    ),
)


@cache
def filter_program(machine: str, *, namespaces: bool = True) -> bytes:
    """Return the filter for a kind of processor.

    Args:
        machine: what ``os.uname().machine`` says.
        namespaces: whether the command has namespaces of its own for network and IPC; without them it gets no sockets
            and no System V or POSIX message queues, semaphores and shared memory at all.

    Returns:
        The program as the kernel takes it, empty for a machine that is not known: there is no filter then.
    """
    if machine not in MACHINES:
        return b""
    refused = _REFUSED if namespaces else (*_REFUSED, *_REFUSED_WITHOUT_NAMESPACES)
    lines = [*_other_architectures(machine), *_end_if("clone3", machine, errno.ENOSYS)]
    for name in refused:
        lines += _end_if(name, machine, errno.EPERM)
    for condition in _CONDITIONS:
        for name in condition.calls:
            lines += _end_by_argument(name, machine, condition)
    lines.append(_line(_RETURN, value=_ALLOW))
    return b"".join(lines)


def _line(code: int, *, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, when_true, when_false, value)


def _other_architectures(machine: str) -> Iterator[bytes]:
    """Refuse calls of other architectures, and load the call's number."""
    yield _line(_LOAD, value=_ARCHITECTURE)
    yield _line(_IF_EQUAL, value=MACHINES[machine].audit_arch, when_true=1)
    yield _line(_RETURN, value=_FAIL | errno.ENOSYS)
    yield _line(_LOAD, value=_NUMBER)
    yield _line(_IF_AT_LEAST, value=_X32_BIT, when_false=1)
    yield _line(_RETURN, value=_FAIL | errno.ENOSYS)


def _end_if(name: str, machine: str, error: int) -> list[bytes]:
    """Refuse a call, whatever its arguments."""
    number = NUMBERS[name][MACHINES[machine].column]
    if number == ABSENT:
        return []
    return [_line(_IF_EQUAL, value=number, when_false=1), _line(_RETURN, value=_FAIL | error)]


def _end_by_argument(name: str, machine: str, condition: _Condition) -> list[bytes]:
    """Refuse a call for one of its arguments; it is allowed otherwise."""
    number = NUMBERS[name][MACHINES[machine].column]
    if number == ABSENT:
        return []
    block = [_line(_LOAD, value=_ARGUMENTS + 8 * condition.argument), *_decide(condition)]
    return [_line(_IF_EQUAL, value=number, when_false=len(block)), *block]


def _decide(condition: _Condition) -> Iterator[bytes]:
    fail, allow = _line(_RETURN, value=_FAIL | condition.error), _line(_RETURN, value=_ALLOW)
    if condition.bits:
        yield from (_line(_IF_ANY_BIT, value=condition.bits, when_false=1), fail, allow)
        return
    if condition.mask:
        yield _line(_AND, value=condition.mask)
    listed, other = (allow, fail) if condition.others else (fail, allow)
    for value in condition.values:
        yield from (_line(_IF_EQUAL, value=value, when_false=1), listed)
    yield other
