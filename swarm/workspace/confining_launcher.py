"""The program that runs a command where there are no namespaces: ``python confining_launcher.py SPECIFICATION_FD``.

It reads what to do from a descriptor, starts the command in a child that first gives up what it may not have
(powers, files by Landlock, system calls by a filter), stays outside of that itself, and ends every process that the
command has left, whatever session that moved to: orphans become its children. It ends as the command did.

It uses nothing but the standard library, and little of that, as it is started for every command: ``typing``, ``json``
and ``contextlib`` would double what it costs.
"""

import ctypes
import marshal
import os
import resource
import signal
import struct
import sys
import time

CANNOT = 125
"""The exit code when the command was not started; the reason is on stderr, after :data:`REASON`."""

REASON = "confining_launcher: "

_GRACE_S = 0.2
_LONG_S = 3600.0
_POLL_S = 0.005
_AWAITED = (signal.SIGCHLD, signal.SIGTERM)
_SET_DEATH_SIGNAL, _SET_SECCOMP, _DROP_BOUNDING, _NO_NEW_PRIVILEGES, _ADOPT_ORPHANS, _AMBIENT = 1, 22, 24, 38, 36, 47
_CLEAR_ALL, _FILTER = 4, 2
_CAPABILITIES = range(64)
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_BENEATH = 1

_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_WRITE_FILE, _TRUNCATE, _USE_DEVICE = 1 << 1, 1 << 14, 1 << 15
_MAKE_DEVICES = 1 << 6 | 1 << 11
_READ = _EXECUTE | _READ_FILE | _READ_FOLDER
_USE = _READ_FILE | _WRITE_FILE
_CHANGE = (1 << 15) - 1 & ~_MAKE_DEVICES
_ON_FILES = _EXECUTE | _READ_FILE | _WRITE_FILE | _TRUNCATE | _USE_DEVICE
_KNOWN_SINCE = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_NETWORK_SINCE = 4
SCOPES_SINCE = 6
"""The version of Landlock from which signals to processes outside are refused."""

_TCP, _SCOPES = 0b11, 0b11

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


class Specification:
    """What is to be run, and what it may have. Its fields are the arguments."""

    def __init__(
        self,
        *,
        command: list[str],
        folder: str,
        environment: dict[str, str],
        mark: str,
        limits: dict[str, int],
        landlock: int,
        readable: list[str],
        listed: list[str],
        writable: list[str],
        devices: list[str],
        program: bytes,
    ) -> None:
        self.command, self.folder, self.environment, self.mark = command, folder, environment, mark
        self.limits, self.landlock, self.program = limits, landlock, program
        self.files = [
            (readable, _READ),
            (listed, _READ_FOLDER),
            (writable, _CHANGE),
            (devices, _READ_FILE | _WRITE_FILE),
        ]


def landlock_version() -> int:
    """Return the version of Landlock that the kernel has, 0 for none."""
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)))


def _check(code: int, what: str) -> int:
    if code < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return code


def _confine_files(version: int, files: list[tuple[list[str], int]]) -> None:
    """Allow some files and folders, and nothing else, to this process and all that it starts."""
    every = 0
    for since, rights in _KNOWN_SINCE.items():
        every |= rights if version >= since else 0
    network = _TCP if version >= _NETWORK_SINCE else 0
    scopes = _SCOPES if version >= SCOPES_SINCE else 0
    attributes = struct.pack("=QQQ", every, network, scopes)
    size = 24 if scopes else 16 if network else 8
    rules = _check(int(_libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)), "landlock")
    for paths, rights in files:
        for path in paths:
            _allow(rules, path, rights & every)
    _check(int(_libc.syscall(_RESTRICT_SELF, rules, 0)), "landlock")
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no rule
    try:
        if not os.path.isdir(f"/proc/self/fd/{opened}"):  # noqa: PTH112 - pathlib takes longer than all of this
            rights &= _ON_FILES
        rule = struct.pack("=Qi", rights, opened)
        _check(int(_libc.syscall(_ADD_RULE, rules, _BENEATH, rule, 0)), path)
    finally:
        os.close(opened)


def _give_up_powers() -> None:
    _libc.prctl(_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    for number in _CAPABILITIES:
        _libc.prctl(_DROP_BOUNDING, number, 0, 0, 0)
    header, nothing = struct.pack("=Ii", 0x20080522, 0), bytes(24)
    _check(int(_libc.capset(header, nothing)), "capabilities")


def _filter_calls(program: bytes) -> None:
    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_char_p))

    prepared = Program(len(program) // 8, program)
    _check(int(_libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(prepared), 0, 0)), "seccomp")


def _become(specification: Specification) -> None:
    """Give up what the command may not have, and turn into it. Raises OSError."""
    for name, most in specification.limits.items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (value, value))
    os.chdir(specification.folder)
    _check(int(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)), "no_new_privs")
    _give_up_powers()
    _confine_files(specification.landlock, specification.files)
    _filter_calls(specification.program)
    command = specification.command
    # By the mark all of this is found and ended should swarm be killed.
    mark = {name: os.environ[name] for name in (specification.mark,) if name in os.environ}
    os.execve(command[0], command, {**specification.environment, **mark})  # noqa: S606


def _start(specification: Specification) -> int:
    child = os.fork()
    if child:
        return child
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):  # the interpreter's, which a command does not expect
        signal.signal(number, signal.SIG_DFL)
    try:
        _become(specification)
    except OSError as error:
        os.write(2, f"{REASON}{error}\n".encode(errors="replace"))
    os._exit(CANNOT)


def _wait(child: int) -> int:
    """Return how the command ended, or was ended after we were asked to end."""
    asked_at = 0.0
    while True:
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended == child:
            return status
        if ended:
            continue
        if asked_at and time.monotonic() - asked_at > _GRACE_S:
            os.kill(child, signal.SIGKILL)
        received = signal.sigtimedwait(_AWAITED, _GRACE_S if asked_at else _LONG_S)
        if received and received.si_signo == signal.SIGTERM:
            asked_at = asked_at or time.monotonic()


def _end_what_is_left() -> None:
    """End all descendants: those whose parents end become our children."""
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for pid in _descendants():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                continue  # it has ended meanwhile
        time.sleep(_POLL_S)


def _descendants() -> list[int]:
    parents: dict[int, int] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - the fastest way
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                    parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
            except OSError:
                continue
    found: list[int] = []
    generation = {os.getpid()}
    while generation:
        generation = {pid for pid, parent in parents.items() if parent in generation}
        found += generation
    return found


def main(descriptor: int) -> int:
    """Run the command and return the status that it ended with."""
    parent = os.getppid()
    _libc.prctl(_SET_DEATH_SIGNAL, int(signal.SIGTERM), 0, 0, 0)
    _libc.prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
    with os.fdopen(descriptor, "rb") as file:
        specification = Specification(**marshal.loads(file.read()))  # noqa: S302 - swarm itself wrote it
    if os.getppid() != parent:
        return CANNOT << 8
    child = _start(specification)
    status = _wait(child)
    _end_what_is_left()
    return status


def _end_as(status: int) -> None:
    """End this process as the command did."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    _end_as(main(int(sys.argv[1])))
