"""Where runs live: one folder each below ``$SWARM_HOME``; how they are found, and who may drive one."""

import contextlib
import difflib
import errno
import fcntl
import os
import re
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from swarm.durable import sync
from swarm.errors import ConfigError, JournalUnreadable, RunNotFound, RunOwned, UsageError
from swarm.journal.ballast import FULL, disk_full
from swarm.journal.owner import Owner, network_file_system

RUN_ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
LAST = "last"
"""Stands for the newest run wherever the id of an existing one is asked for."""

_PREPARED = ".new-"
"""Begins the name of a folder that is no run yet; no run's id begins with a dot."""

_LOCAL_DISK_HINT = (
    "Set SWARM_HOME to a folder on a local disk. SWARM_ALLOW_NETWORK_FILE_SYSTEM=1 says that you trust its locks."
)
_LOCK_TRIES = 10
_NAME_TRIES = 10
_NAME_WAIT_S = 0.01


def swarm_home(environ: Mapping[str, str]) -> Path:
    """Return the folder of swarm's state: ``$SWARM_HOME``, ``$XDG_STATE_HOME/swarm`` or ``~/.local/state/swarm``.

    Raises:
        ConfigError: neither variable is set, and there is no home folder.
    """
    if named := environ.get("SWARM_HOME"):
        return Path(named).expanduser().absolute()
    state = environ.get("XDG_STATE_HOME", "")
    if state.startswith("/"):  # A relative one is to be ignored, says the XDG specification.
        return Path(state) / "swarm"
    home = environ.get("HOME")
    try:
        return (Path(home) if home else Path.home()) / ".local" / "state" / "swarm"
    except RuntimeError as error:
        raise ConfigError(f"no folder for swarm's state: {error}", hint="Set SWARM_HOME to a folder.") from error


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of one run."""

    root: Path

    @property
    def run_id(self) -> str:
        """The run's id: the folder's name."""
        return self.root.name

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.root / "journal.db"

    @property
    def repository(self) -> Path:
        """The run's own bare repository."""
        return self.root / "repository.git"

    @property
    def intake(self) -> Path:
        """The bare repository beside it, where what agents make is recorded."""
        return self.root / "intake.git"

    @property
    def attempts(self) -> Path:
        """The folder of the attempts' workspaces."""
        return self.root / "attempts"

    @property
    def spool(self) -> Path:
        """The folder of replies that are on their way or not recorded yet."""
        return self.root / "spool"

    @property
    def report(self) -> Path:
        """The report for people."""
        return self.root / "report.md"

    @property
    def log(self) -> Path:
        """The log of the processes that drove the run."""
        return self.root / "run.log"

    @property
    def detached(self) -> Path:
        """What the newest detached process that drives the run has said on stderr."""
        return self.root / "detached.log"

    @property
    def mailbox(self) -> Path:
        """The folder where other processes leave requests for the one that drives the run."""
        return self.root / "mailbox"

    @property
    def lock(self) -> Path:
        """The file whose lock says who drives the run."""
        return self.root / "lock"

    def refuse_foreign(self, run_id: str) -> None:
        """Raise JournalUnreadable when the journal in this folder belongs to another run."""
        if run_id != self.run_id:
            raise JournalUnreadable(
                f"{self.journal} is the journal of run {run_id!r}, not of {self.run_id!r}",
                hint="Put each run's files back into its own folder; `swarm verify` says what belongs together.",
            )

    @property
    def created(self) -> float:
        """When the run was created, in Unix seconds."""
        try:
            return float((self.root / "created").read_text())
        except (OSError, ValueError):  # Stopped while it was being created, or damaged.
            with contextlib.suppress(OSError):
                return self.root.stat().st_mtime
            return 0.0


class RunStore:
    """The runs below a home folder.

    Args:
        home: what :func:`swarm_home` returned; created with the first run.
        clock: gives the wall-clock time in Unix seconds.
    """

    def __init__(self, home: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.runs = home / "runs"
        self._clock = clock

    def prepare(self, run_id: str) -> RunFolder:
        """Create the folder of a new run, for this user only. It is no run before :meth:`admit`.

        Raises:
            UsageError: the id is not allowed, or there is a run of that name.
            ConfigError: the folder cannot be created, or is on a network file system.
        """
        refuse_bad_run_id(run_id)
        folder = RunFolder(self.runs / f"{_PREPARED}{run_id}")
        try:
            self.runs.mkdir(mode=0o700, parents=True, exist_ok=True)
            if kind := network_file_system(self.runs):
                raise ConfigError(
                    f"{self.runs} is on a network file system ({kind}), where a journal is not safe",
                    hint=_LOCAL_DISK_HINT,
                )
            if os.path.lexists(self.runs / run_id):
                raise _exists(run_id)
            if folder.root.is_dir():
                shutil.rmtree(folder.root)  # a process was killed while it prepared this run
            folder.root.mkdir(mode=0o700)
            (folder.root / "created").write_text(f"{self._clock()!r}\n")
        except OSError as error:
            raise _unusable(self.runs, error) from error
        return folder

    def admit(self, prepared: RunFolder) -> RunFolder:
        """Make a prepared folder a run, at once and whole, and return where it is now.

        Raises:
            UsageError: another process has made a run of that name meanwhile.
            ConfigError: the folder cannot be renamed.
        """
        run_id = prepared.root.name.removeprefix(_PREPARED)
        folder = RunFolder(self.runs / run_id)
        try:
            sync(prepared.root)
            prepared.root.rename(folder.root)
            sync(self.runs)
        except OSError as error:
            if folder.root.is_dir():
                raise _exists(run_id) from error
            raise _unusable(self.runs, error) from error
        return folder

    def create(self, run_id: str) -> RunFolder:
        """Create an empty run: :meth:`prepare` and :meth:`admit` in one. Raises what they raise."""
        return self.admit(self.prepare(run_id))

    def find(self, prefix: str) -> RunFolder:
        """Return the run with this id, or the only one whose id begins so; ``last`` is the newest.

        Raises:
            RunNotFound: none or several fit; the message names them, or ids that are close.
        """
        folders = self.all()
        if prefix == LAST:
            if folders:
                return folders[0]
            raise RunNotFound("there are no runs yet", hint="`swarm demo` or `swarm run` starts one.")
        fitting = [folder for folder in folders if prefix and folder.run_id.startswith(prefix)]
        for folder in fitting:
            if folder.run_id == prefix:
                return folder
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise RunNotFound(f"several runs begin with {prefix!r}: {_listed(fitting)}", hint="Give more of the id.")
        close = difflib.get_close_matches(prefix, [folder.run_id for folder in folders], n=3)
        hint = f"Did you mean {' or '.join(close)}? " if close else ""
        raise RunNotFound(f"there is no run {prefix!r}", hint=hint + RunNotFound.default_hint)

    def all(self) -> list[RunFolder]:
        """Return all runs, the newest first, whatever state their journals are in."""
        try:
            names = [entry.name for entry in os.scandir(self.runs) if entry.is_dir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unusable(self.runs, error) from error
        folders = [RunFolder(self.runs / name) for name in names if re.fullmatch(RUN_ID_PATTERN, name)]
        return sorted(folders, key=lambda folder: (-folder.created, folder.run_id))


def _exists(run_id: str) -> UsageError:
    return UsageError(
        f"there is a run {run_id!r} already",
        hint=f"`swarm resume {run_id}` goes on with it; --run-id gives the new one another name.",
    )


def refuse_bad_run_id(run_id: str) -> None:
    """Raise UsageError when a new run may not have this id."""
    if run_id == LAST:
        raise UsageError(f"a run cannot be called {LAST!r}: that names the newest run", hint="Choose another --run-id.")
    if not re.fullmatch(RUN_ID_PATTERN, run_id):
        raise UsageError(
            f"{run_id[:80]!r} cannot be the id of a run",
            hint="1 to 64 letters, digits, '_', '.' or '-', beginning with a letter or digit.",
        )


def _listed(folders: list[RunFolder]) -> str:
    names = ", ".join(folder.run_id for folder in folders[:5])
    return f"{names} and {len(folders) - 5} more" if len(folders) > 5 else names


def _unusable(folder: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"cannot use the folder of the runs, {folder}: {error.strerror or error}",
        hint="Check its permissions and the free space, or set SWARM_HOME to another folder.",
    )


class RunLock:
    """The right to drive a run, as a context manager.

    It is the kernel's lock (``flock``) on a file in the run's folder, so it ends with the process that holds it,
    however that ends. The file names its holder for people.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            RunOwned: another process has it; names the process.
            LimitReached: the disk is full.
            ConfigError: the file system has no locks, or the file cannot be written.
        """
        path = self._folder.lock
        if kind := network_file_system(self._folder.root):
            raise ConfigError(
                f"{path.parent} is on a network file system ({kind}), where locks and journals are not safe",
                hint=_LOCAL_DISK_HINT,
            )
        for _ in range(_LOCK_TRIES):
            descriptor = self._opened(path)
            try:
                self._take(descriptor)
                if _is_file_at(path, descriptor):
                    self._descriptor = descriptor
                    return self
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)  # The file was replaced in between: what was locked is not what others see.
        raise RunOwned(f"the lock of run {self._folder.run_id!r} is replaced again and again")

    def _opened(self, path: Path) -> int:
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            if error.errno in FULL:
                raise disk_full(path.parent) from error
            raise _unusable(path.parent, error) from error

    def _take(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, Owner.current().to_json().encode(), 0)
        except BlockingIOError as error:
            raise self._refused(self._holder()) from error
        except OSError as error:
            if error.errno in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL):
                raise ConfigError(
                    f"the file system of {self._folder.root} has no file locks", hint=_LOCAL_DISK_HINT
                ) from error
            if error.errno in FULL:
                raise disk_full(self._folder.root) from error
            raise _unusable(self._folder.root, error) from error

    def _holder(self) -> Owner | None:
        """Return who holds the lock; a process that has only just taken it needs a moment to say so."""
        for _ in range(_NAME_TRIES):
            owner = self._named()
            if owner is not None:
                return owner
            time.sleep(_NAME_WAIT_S)
        return None

    def _refused(self, owner: Owner | None) -> RunOwned:
        message = f"run {self._folder.run_id!r} is being driven by {owner or 'another process'}"
        if owner is not None and owner.is_suspended():
            return RunOwned(
                f"{message}, which is suspended",
                hint=f"`kill -CONT {owner.pid}` lets it go on, `kill -KILL {owner.pid}` ends it; nothing is lost.",
            )
        run_id = self._folder.run_id
        return RunOwned(message, hint=f"`swarm watch {run_id}` follows it; `swarm pause {run_id}` brings it to a stop.")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
        os.close(descriptor)

    def owner(self) -> Owner | None:
        """Return the live process that drives the run, or ``None``. Does not take the lock."""
        owner = self._named()
        return owner if owner is not None and owner.is_alive() else None

    def _named(self) -> Owner | None:
        try:
            return Owner.parse(self._folder.lock.read_text())
        except (OSError, UnicodeDecodeError):
            return None


def _is_file_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(follow_symlinks=False), os.fstat(descriptor))
    except OSError:
        return False
