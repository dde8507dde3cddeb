"""A user of their own for commands when swarm is started by root.

To the kernel, root in a sandbox is still root, without its powers, but the owner of what belongs to root: settings in
``/proc/sys`` among that, and no limit on processes holds for it. So commands run as a user that owns nothing on the
machine. The files that they may see or change are shown to that user as its own, by mounts in a namespace that only
sandboxes enter (:mod:`swarm.workspace.own_user_helper`); on the disk they stay root's, so nothing else has to know.

Where the kernel or the file system cannot do that, commands stay root's, and :attr:`OwnUser.problem` says why.
"""

import contextlib
import logging
import os
import select
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from swarm.workspace import own_user_helper
from swarm.workspace.namespace_thread import NamespaceThread
from swarm.workspace.own_user_helper import PLACE
from swarm.workspace.toolchains import SYSTEM_SEARCH_PATH

log = logging.getLogger(__name__)

USER_ID = 2_000_000_000
"""The commands' user, above all ranges that distributions and containers hand out."""

_START_S = 20.0
_MOST_REMEMBERED = 4_000
_READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Entrance:
    """How to start a program as the user, and where it finds the machine's files.

    Attributes:
        namespace: what starts a program where the files are shown as the user's; empty when there is no other user.
        drop: what starts it as the user there, likewise.
        places: the mount points that are shown as the user's own, and where.
        thread: what starts a program there as the user with neither of both; none where that cannot be had.
    """

    namespace: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    thread: NamespaceThread | None = field(default=None, compare=False)

    @property
    def prefix(self) -> tuple[str, ...]:
        """What comes before a program's command line if no thread starts it: one program does both."""
        return (*self.namespace, "--setgid", str(USER_ID), "--setuid", str(USER_ID)) if self.namespace else ()

    def path(self, path: Path) -> str:
        """Return where a resolved path of the machine is found from there."""
        text = str(path)
        best = max((point for point, _ in self.places if _is_below(text, point)), key=len, default="")
        return dict(self.places)[best] + (text if best == "/" else text[len(best) :]) if best else text


@dataclass(slots=True)
class OwnUser:
    """Makes entrances, each only once; a new one when paths lie on file systems that the last does not show."""

    problem: str = ""
    _entrance: Entrance = field(default_factory=Entrance)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def known(self, paths: Iterable[Path]) -> Entrance | None:
        """Return :meth:`entrance` for the paths if it is there already; for that, nothing has to be waited for."""
        entrance = self._entrance
        shown = {point for point, _ in entrance.places}
        return entrance if shown.issuperset(_mount_points(paths)) and shown == _still_mounted(shown) else None

    def entrance(self, paths: Iterable[Path]) -> Entrance:
        """Return the way in for a program that needs some resolved paths. Blocks for some milliseconds when it is new.

        Raises:
            OSError: the kernel or a file system refuses.
        """
        with self._lock:
            shown = [point for point, _ in self._entrance.places]
            there = _still_mounted(shown)
            wanted = list(dict.fromkeys([*(point for point in shown if point in there), *_mount_points(paths)]))
            if wanted != shown:
                self._entrance = _make_entrance(wanted)
            return self._entrance


@cache
def own_user() -> OwnUser | None:
    """Return the commands' own user when this process is root's and the machine can do that, else None."""
    if os.geteuid() != 0:
        return None
    try:
        user = OwnUser()
        user.entrance([Path("/")])
    except OSError as error:
        return OwnUser(problem=str(error))
    return user


def _make_entrance(mount_points: list[str]) -> Entrance:
    program = shutil.which("nsenter", path=f"{SYSTEM_SEARCH_PATH}:/usr/sbin:/sbin")
    if program is None:
        raise OSError("the program nsenter is missing")
    with _helper(mount_points) as pid:
        namespace = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
    user = str(USER_ID)
    return Entrance(
        # Through our own descriptor, because one that the program inherited would be there for commands as well.
        (program, f"--mount=/proc/{os.getpid()}/fd/{namespace}"),
        ("setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--"),
        tuple((point, f"{PLACE}/{number}") for number, point in enumerate(mount_points)),
        _thread(namespace),
    )


def _thread(namespace: int) -> NamespaceThread | None:
    try:
        return NamespaceThread(namespace, USER_ID)
    except OSError as error:
        log.info("commands are started through nsenter: %s", error)
        return None


@contextlib.contextmanager
def _helper(mount_points: list[str]) -> Iterator[int]:
    """Give the process whose mount namespace shows the mount points."""
    helper = subprocess.Popen(
        [sys.executable, "-I", "-S", own_user_helper.__file__, str(USER_ID), *mount_points],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={},
        text=True,
    )
    assert helper.stdout is not None
    try:
        said = helper.stdout.readline().strip()
        if said != "ready":
            raise OSError(said or "the helper ended without a word")
        yield helper.pid
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            helper.communicate(timeout=_START_S)
        helper.kill()
        helper.wait()


class _MountTable:
    """The machine's mount points, read again only when the kernel says that they have changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._descriptor = os.open("/proc/self/mountinfo", os.O_RDONLY | os.O_CLOEXEC)  # for as long as we live
        self._changes = select.poll()
        self._changes.register(self._descriptor, select.POLLPRI)
        self._points: set[str] = set()
        self._found: dict[str, str] = {}

    def point_of(self, path: str) -> str:
        """Return the mount point that a resolved path is below of."""
        with self._lock:
            self._look()
            if path not in self._found:
                if len(self._found) >= _MOST_REMEMBERED:
                    self._found.clear()
                self._found[path] = max((point for point in self._points if _is_below(path, point)), key=len)
            return self._found[path]

    def among(self, paths: Iterable[str]) -> set[str]:
        """Return those paths that are mount points."""
        with self._lock:
            self._look()
            return self._points.intersection(paths)

    def _look(self) -> None:
        if self._points and not self._changes.poll(0):
            return
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        listed = b"".join(iter(lambda: os.read(self._descriptor, _READ_BYTES), b""))
        lines = os.fsdecode(listed).removesuffix("\n").split("\n")
        self._points = {"/", *(_unescaped(line.split(" ", 5)[4]) for line in lines)}
        self._found.clear()


@cache
def _mount_table(_process: int) -> _MountTable:
    return _MountTable()


def _mount_points(paths: Iterable[Path]) -> list[str]:
    table = _mount_table(os.getpid())
    return sorted({table.point_of(str(path)) for path in paths})


def _still_mounted(points: Iterable[str]) -> set[str]:
    return _mount_table(os.getpid()).among(points)


def _unescaped(name: str) -> str:
    """Undo how the kernel writes blanks, tabs, new lines and backslashes."""
    for code, character in ((r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")):
        name = name.replace(code, character)
    return name


def _is_below(path: str, folder: str) -> bool:
    return folder == "/" or path == folder or path.startswith(folder + "/")
