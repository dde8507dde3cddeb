"""Fifty ways out of a sandbox, tried by a program that runs inside: ``python attempts.py targets.json E01 E02 ...``.

Each function tries one way and returns whether it got out. Where only the host can tell (was the signal received? did
the packet arrive?), it returns False and the host looks. Prints one JSON object: by number True, or what stopped it.

Nothing but the standard library: it is copied into the workspace.
"""

import ctypes
import errno
import json
import os
import pty
import signal
import socket
import stat
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
X86 = os.uname().machine == "x86_64"
SECONDS_EACH = 5

TRIES: dict[str, Callable[[dict[str, Any]], bool]] = {}


def attempt(function: Callable[[dict[str, Any]], bool]) -> Callable[[dict[str, Any]], bool]:
    TRIES[function.__name__.split("_")[0].upper()] = function
    return function


def call(x86_64: int, other: int, *arguments: Any) -> int:
    """Make a system call by its number. Raises OSError."""
    result = int(LIBC.syscall(x86_64 if X86 else other, *arguments))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def shows(path: str, canary: str) -> bool:
    return canary.encode() in Path(path).read_bytes()


@attempt
def e01_secret_by_absolute_path(t: dict[str, Any]) -> bool:
    return shows(t["secret"], t["canary"])


@attempt
def e02_readable_file_outside(t: dict[str, Any]) -> bool:
    return shows(t["readable"], t["canary"])


@attempt
def e03_link_out_of_the_workspace(t: dict[str, Any]) -> bool:
    os.symlink(t["readable"], "link-out")
    return shows("link-out", t["canary"])


@attempt
def e04_write_above(t: dict[str, Any]) -> bool:
    Path("../escaped").write_text("x")
    return True


@attempt
def e05_hard_link_in(t: dict[str, Any]) -> bool:
    os.link(t["readable"], "stolen")
    return True


@attempt
def e06_shadow(t: dict[str, Any]) -> bool:
    return b":" in Path("/etc/shadow").read_bytes()


@attempt
def e07_home(t: dict[str, Any]) -> bool:
    return shows(t["in_home"], t["canary"])


@attempt
def e08_environment_of_a_host_process(t: dict[str, Any]) -> bool:
    return shows(f"/proc/{t['victim']}/environ", t["canary"])


@attempt
def e09_all_environments(t: dict[str, Any]) -> bool:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if shows(f"{entry}/environ", t["canary"]):
                    return True
            except OSError:
                continue
    return False


@attempt
def e10_own_environment(t: dict[str, Any]) -> bool:
    known = {"HOME", "LANG", "PATH", "PWD", "OLDPWD", "SHLVL", "TMPDIR", "PYTHONDONTWRITEBYTECODE", "_", t["mark"]}
    known.add("GIT_CONFIG_NOSYSTEM")
    return t["canary"] in str(dict(os.environ)) or not set(os.environ) <= known


@attempt
def e11_root_of_a_host_process(t: dict[str, Any]) -> bool:
    return shows(f"/proc/{t['victim']}/root{t['readable']}", t["canary"])


@attempt
def e12_list_of_processes(t: dict[str, Any]) -> bool:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) == t["victim"]:
            return t["victims_name"].encode() in (entry / "cmdline").read_bytes()
    return False


@attempt
def e13_signal(t: dict[str, Any]) -> bool:
    os.kill(t["victim"], signal.SIGUSR1)  # the host looks whether it was received
    return False


@attempt
def e14_ptrace(t: dict[str, Any]) -> bool:
    call(101, 117, 0x4206, t["victim"], 0, 0)  # PTRACE_SEIZE
    return True


@attempt
def e15_memory_of_a_process(t: dict[str, Any]) -> bool:
    local = ctypes.create_string_buffer(8)
    vector = struct.pack("=QQ", ctypes.addressof(local), 8)
    remote = struct.pack("=QQ", 0, 8)
    try:
        call(310, 270, t["victim"], vector, 1, remote, 1, 0)
    except OSError as error:
        if error.errno == errno.EFAULT:  # it may look, and found nothing there
            return True
        raise
    return True


@attempt
def e16_tcp(t: dict[str, Any]) -> bool:
    with socket.create_connection(("127.0.0.1", t["tcp"]), 2):
        return True


@attempt
def e17_tcp_of_ipv6(t: dict[str, Any]) -> bool:
    with socket.create_connection(("::1", t["tcp6"]), 2):
        return True


@attempt
def e18_udp(t: dict[str, Any]) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"out", ("127.0.0.1", t["udp"]))  # the host looks whether it arrived
        sender.sendto(b"out", ("192.0.2.1", 53))
    return True


@attempt
def e19_abstract_socket(t: dict[str, Any]) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + t["abstract"])
    return True


@attempt
def e20_socket_with_a_path(t: dict[str, Any]) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(t["socket"])
    return True


@attempt
def e21_raw_packets(t: dict[str, Any]) -> bool:
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    except OSError:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    return True


@attempt
def e22_netlink(t: dict[str, Any]) -> bool:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()
    return any(name != "lo" for _, name in socket.if_nameindex())


@attempt
def e23_user_namespace(t: dict[str, Any]) -> bool:
    call(272, 97, 0x10000000)
    return True


@attempt
def e24_user_namespace_by_clone3(t: dict[str, Any]) -> bool:
    arguments = struct.pack("=QQQQQQQQ", 0x10000000, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
    if call(435, 435, arguments, len(arguments)) == 0:
        os._exit(0)
    return True


@attempt
def e25_mount(t: dict[str, Any]) -> bool:
    os.mkdir("mounted")
    call(165, 40, b"x", b"mounted", b"tmpfs", 0, None)
    return True


@attempt
def e26_remount(t: dict[str, Any]) -> bool:
    call(165, 40, b"none", b"/usr", None, 0x20 | 0x1000, None)
    return True


@attempt
def e27_programs_of_the_system(t: dict[str, Any]) -> bool:
    Path("/usr/bin/swarm-escape-test").write_text("x")
    return True


@attempt
def e28_set_user_id(t: dict[str, Any]) -> bool:
    if LIBC.prctl(39, 0, 0, 0, 0) != 1:
        return True
    Path("program").write_text("#!/bin/sh\n")
    os.chmod("program", 0o4755)
    return True


@attempt
def e29_capabilities(t: dict[str, Any]) -> bool:
    # What bounds them matters only where a program may gain some, which no_new_privs rules out (E28).
    lines = [line.split() for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("Cap")]
    return any(int(value, 16) for name, value in lines if name != "CapBnd:")


@attempt
def e30_raw_disk(t: dict[str, Any]) -> bool:
    failed = OSError("no disk is there")
    for name in ("vda", "sda", "nvme0n1", "xvda", "mem", "kmsg"):
        try:
            with open(f"/dev/{name}", "rb"):
                return True
        except OSError as error:
            failed = error
    raise failed


@attempt
def e31_device_nodes(t: dict[str, Any]) -> bool:
    os.mknod("node", stat.S_IFCHR | 0o666, os.makedev(1, 1))
    return True


@attempt
def e32_devices_of_hypervisor_and_file_systems(t: dict[str, Any]) -> bool:
    failed = OSError("none is there")
    for name in ("kvm", "fuse", "loop-control", "net/tun", "vhost-vsock"):
        try:
            with open(f"/dev/{name}", "r+b", buffering=0):
                return True
        except OSError as error:
            failed = error
    raise failed


@attempt
def e33_core_pattern(t: dict[str, Any]) -> bool:
    with open("/proc/sys/kernel/core_pattern", "r+b", buffering=0):  # opening is enough, and changes nothing
        return True


@attempt
def e34_system_requests(t: dict[str, Any]) -> bool:
    with open("/proc/sysrq-trigger", "wb", buffering=0):
        return True


@attempt
def e35_control_groups(t: dict[str, Any]) -> bool:
    failed = OSError("none is there")
    for folder in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids"):
        try:
            os.mkdir(f"{folder}/swarm-escape-test")
        except OSError as error:
            failed = error
        else:
            os.rmdir(f"{folder}/swarm-escape-test")
            return True
    raise failed


@attempt
def e36_io_uring(t: dict[str, Any]) -> bool:
    call(425, 425, 4, ctypes.create_string_buffer(120))
    return True


@attempt
def e37_bpf(t: dict[str, Any]) -> bool:
    call(321, 280, 0, struct.pack("=IIII", 2, 4, 8, 1), 16)
    return True


@attempt
def e38_keys(t: dict[str, Any]) -> bool:
    call(250, 219, 0, -3, 1)
    return True


@attempt
def e39_files_by_handle(t: dict[str, Any]) -> bool:
    handle = bytearray(struct.pack("=Ii", 128, 0) + bytes(128))
    buffer = (ctypes.c_char * len(handle)).from_buffer(handle)
    mount = ctypes.c_int()
    call(303, 264, -100, b".", buffer, ctypes.byref(mount), 0)
    call(304, 265, os.open(".", os.O_RDONLY), buffer, os.O_RDONLY)
    return True


@attempt
def e40_userfaultfd(t: dict[str, Any]) -> bool:
    call(323, 282, 1)
    return True


@attempt
def e41_characters_into_the_terminal(t: dict[str, Any]) -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        _, terminal = pty.openpty()  # our own will do to see whether it may be asked for
    call(16, 29, terminal, 0x5412, b"x")
    return True


@attempt
def e42_shared_memory_of_system_v(t: dict[str, Any]) -> bool:
    call(29, 194, t["shm_key"], 0, 0)
    return True


@attempt
def e43_shared_memory_files(t: dict[str, Any]) -> bool:
    return shows(t["in_shm"], t["canary"])


@attempt
def e44_inherited_descriptors(t: dict[str, Any]) -> bool:
    for number in range(3, 1024):
        try:
            os.fstat(number)
        except OSError:
            continue
        if number not in t["own_descriptors"]:
            return True
    return False


@attempt
def e45_clock(t: dict[str, Any]) -> bool:
    now = ctypes.create_string_buffer(16)
    LIBC.clock_gettime(0, now)
    call(227, 112, 0, now)
    return True


@attempt
def e46_host_name(t: dict[str, Any]) -> bool:
    call(170, 161, b"escaped", 7)
    return True


@attempt
def e47_hooks_of_the_repository(t: dict[str, Any]) -> bool:
    Path(t["hook"]).write_text("#!/bin/sh\n")
    return True


@attempt
def e48_git_pointer_of_the_repository(t: dict[str, Any]) -> bool:
    Path(t["git_config"]).write_text("[core]\n\tfsmonitor = touch /tmp/escaped\n")
    return True


@attempt
def e49_priority(t: dict[str, Any]) -> bool:
    os.nice(-5)
    return True


@attempt
def e50_other_architecture(t: dict[str, Any]) -> bool:
    call(0x40000000 | 39, 0x40000000 | 172)  # x32's getpid
    return True


def outcome(number: str, targets: dict[str, Any]) -> Any:
    """Try one way in a process of its own; return True, or what stopped it."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        targets["own_descriptors"] = [writing]
        signal.alarm(SECONDS_EACH)
        try:
            result: Any = TRIES[number](targets) or "held"
        except Exception as error:  # noqa: BLE001 - whatever stopped it, it is stopped
            result = f"{type(error).__name__}: {error}"
        os.write(writing, json.dumps(result).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        said = file.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else "ended without a word"


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        known = json.load(file)
    print(json.dumps({number: outcome(number, dict(known)) for number in sys.argv[2:] or TRIES}))
