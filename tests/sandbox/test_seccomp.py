"""The filter of system calls, run as the kernel runs it, for both kinds of processors."""

import ctypes
import errno
import os
import socket
import stat
import struct

import pytest

from swarm.workspace.seccomp import filter_program
from swarm.workspace.syscalls import MACHINES, NUMBERS

ALLOWED = 0
MOST_INSTRUCTIONS = 4096  # of a filter, by the kernel
HARMLESS = {"x86_64": {"read": 0, "openat": 257, "execve": 59, "ptrace": 101}, "aarch64": {"read": 63, "openat": 56}}


def verdict(machine: str, number: int, *arguments: int, arch: int | None = None, namespaces: bool = True) -> int:
    """Run the filter on a call; return 0 when it is allowed, else the error that the caller sees."""
    words = struct.pack("=II", number, MACHINES[machine].audit_arch if arch is None else arch) + bytes(8)
    data = words + b"".join(struct.pack("=Q", argument) for argument in (*arguments, *([0] * (6 - len(arguments)))))
    lines = list(struct.iter_unpack("=HBBI", filter_program(machine, namespaces=namespaces)))
    assert 0 < len(lines) <= MOST_INSTRUCTIONS
    position = accumulator = 0
    while True:
        code, when_true, when_false, value = lines[position]
        position += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif code == 0x54:
            accumulator &= value
        elif code == 0x06:
            return value & 0xFFFF if value >> 16 == 0x0005 else ALLOWED if value == 0x7FFF0000 else -1
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            position += when_true if holds else when_false


def number(machine: str, name: str) -> int:
    return NUMBERS[name][MACHINES[machine].column]


@pytest.fixture(params=sorted(MACHINES))
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", ["mount", "bpf", "keyctl", "io_uring_setup", "unshare", "setns", "reboot"])
def test_what_only_exploits_need(machine: str, name: str) -> None:
    assert verdict(machine, number(machine, name)) == errno.EPERM


def test_what_programs_need(machine: str) -> None:
    for each in HARMLESS[machine].values():
        assert verdict(machine, each) == ALLOWED
    assert verdict(machine, number(machine, "clone"), 0x11) == ALLOWED
    assert verdict(machine, number(machine, "ioctl"), 0, 0x5401) == ALLOWED
    assert verdict(machine, number(machine, "fchmodat"), 0, 0, 0o755) == ALLOWED
    assert verdict(machine, number(machine, "mknodat"), 0, 0, stat.S_IFIFO | 0o600) == ALLOWED
    for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, 16):
        assert verdict(machine, number(machine, "socket"), int(family)) == ALLOWED


def test_by_their_arguments(machine: str) -> None:
    assert verdict(machine, number(machine, "clone"), 0x10000000 | 0x11) == errno.EPERM
    assert verdict(machine, number(machine, "clone3")) == errno.ENOSYS
    for request in (0x5412, 0x541C, 0x5412 | 1 << 40):  # the kernel looks at the lower half only
        assert verdict(machine, number(machine, "ioctl"), 0, request) == errno.EPERM
    assert verdict(machine, number(machine, "fchmod"), 3, 0o4755) == errno.EPERM
    assert verdict(machine, number(machine, "mknodat"), 0, 0, stat.S_IFBLK | 0o600) == errno.EPERM
    for family in (17, 38, 40, 31):  # packet, crypto, vsock, bluetooth
        assert verdict(machine, number(machine, "socket"), family) == errno.EAFNOSUPPORT


def test_other_architectures(machine: str) -> None:
    assert verdict(machine, HARMLESS[machine]["read"], arch=0x40000003) == errno.ENOSYS
    assert verdict(machine, 0x40000000 | 39) == errno.ENOSYS


def test_without_namespaces_there_are_no_sockets(machine: str) -> None:
    for name in ("socket", "shmget", "msgget", "semget", "mq_open"):
        assert verdict(machine, number(machine, name), 1, namespaces=False) == errno.EPERM


def test_a_machine_that_is_not_known() -> None:
    assert filter_program("vax") == b""


def test_the_numbers_are_those_of_libseccomp() -> None:
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        pytest.skip("libseccomp is not installed")
    unknown_to_it = -1
    for name, numbers in NUMBERS.items():
        for kind, known in MACHINES.items():
            theirs = library.seccomp_syscall_resolve_name_arch(ctypes.c_uint32(known.audit_arch), name.encode())
            if theirs != unknown_to_it:
                assert max(theirs, -1) == numbers[known.column], (name, kind)


def test_this_machine_is_known() -> None:
    assert filter_program(os.uname().machine), "without a filter the sandbox is weaker here: add the machine's numbers"
