"""Who drives a run: the process that holds the lock of its folder, in words and beyond doubt."""

import json
import os
import socket
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from swarm.durable import boot_id

_NETWORK_FILE_SYSTEMS = frozenset(
    {"9p", "afs", "afp", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"}
    | {"glusterfs", "gpfs", "lustre", "nfs", "nfs4", "smb2", "smb3", "smbfs"}
)
ALLOW_NETWORK = "SWARM_ALLOW_NETWORK_FILE_SYSTEM"
"""Set to 1, it is a person's word that locks and syncs work on the network file system that the runs are on."""

_NOT_RUNNING = -1
_MOUNTS = Path("/proc/self/mountinfo")


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, told apart from any other that had or will have the same id.

    Attributes:
        host: the name of its machine.
        pid: its process id.
        boot_id: names the machine's boot; empty where the system has none.
        started: when the process started, in clock ticks since boot; 0 where the system does not say.
        since: since when it drives the run, in Unix seconds; 0 when that is not known. For people only.
    """

    host: str
    pid: int
    boot_id: str
    started: int
    since: float = field(default=0.0, compare=False)

    @classmethod
    def current(cls) -> "Owner":
        """Return this process."""
        return cls(socket.gethostname(), os.getpid(), boot_id(), _start_of(os.getpid()), time.time())

    @classmethod
    def parse(cls, text: str) -> "Owner | None":
        """Return the owner that a lock file names, or ``None`` when it names none."""
        try:
            raw = json.loads(text)
            since = float(raw.get("since", 0.0))
            return cls(str(raw["host"]), int(raw["pid"]), str(raw["boot_id"]), int(raw["started"]), since)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return None

    def to_json(self) -> str:
        """Return the owner as the lock file holds it."""
        return json.dumps(asdict(self))

    def is_alive(self) -> bool:
        """Whether exactly this process still runs, on this machine and since its last boot."""
        if self.host != socket.gethostname() or self.boot_id != boot_id() or self.pid <= 0:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            pass
        return self.started == _start_of(self.pid)

    def is_suspended(self) -> bool:
        """Whether the process stands still because of a signal (SIGSTOP, Ctrl-Z) or a debugger."""
        return self.is_alive() and _state_of(self.pid) in (b"T", b"t")

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}{self._in_words()}"

    def _in_words(self) -> str:
        try:
            moment = time.localtime(self.since)
        except (ValueError, OverflowError, OSError):
            return ""
        return time.strftime(", since %Y-%m-%d %H:%M:%S", moment) if self.since > 0 else ""


def _start_of(pid: int) -> int:
    fields = _status_of(pid)
    if len(fields) <= 19:
        return 0
    return _NOT_RUNNING if fields[0] in (b"Z", b"X") else int(fields[19])


def _state_of(pid: int) -> bytes:
    return (_status_of(pid) or [b""])[0]


def _status_of(pid: int) -> list[bytes]:
    """Return the fields of a process's status from its state on; none when the system does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return []
    # The second field is the command's name in parentheses and may hold anything, spaces and parentheses too.
    return stat.rpartition(b")")[2].split()


def network_file_system(path: Path) -> str:
    """Return the type of the network file system that holds the path; empty when it is local or not known.

    Empty as well when ``SWARM_ALLOW_NETWORK_FILE_SYSTEM=1`` says that its locks and syncs can be relied on.
    """
    if os.environ.get(ALLOW_NETWORK) == "1":
        return ""
    try:
        mounts = _MOUNTS.read_text(errors="surrogateescape")
    except OSError:
        return ""
    kind = file_system_of(path.resolve(), mounts)
    return kind if kind in _NETWORK_FILE_SYSTEMS else ""


def file_system_of(path: Path, mounts: str) -> str:
    """Return the type of the file system of an absolute path, given the text of Linux's ``mountinfo``."""
    best: tuple[int, str] = (-1, "")
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5 or not after:
            continue
        point = Path(_unescaped(fields[4]))
        if path.is_relative_to(point) and len(point.parts) >= best[0]:  # The last of equals covers those before.
            best = (len(point.parts), after.split(" ")[0])
    return best[1]


def _unescaped(field: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, character)
    return field
