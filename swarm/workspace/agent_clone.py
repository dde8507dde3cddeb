"""The ``.git`` that an agent finds in its workspace: written by the host, used by the agent only, never read back.

What is written equals ``git clone --shared --no-checkout`` of the run's repository without remotes. Writing the few
files by hand saves three git processes per workspace and runs nothing.
"""

import itertools
import os
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from swarm.workspace.bare_repository import EXCLUDED, IDENTITY_EMAIL, IDENTITY_NAME

_BRANCH = "refs/heads/work"
_READ_LIMIT = 64 * 1024
_MOST_FOLDERS = 10_000


@dataclass(frozen=True, slots=True)
class CloneSource:
    """The repository that a clone reads its objects from.

    ``beyond`` is one that this repository reads as well: clones of earlier versions read only that.
    """

    repository: Path
    object_format: str
    beyond: Path | None = None

    @property
    def alternates(self) -> bytes:
        """Content of the file that names the objects' folder."""
        return _naming(self.repository)

    def made(self, alternates: bytes | None) -> bool:
        """Whether a clone with this content of that file is one of this repository."""
        return alternates == self.alternates or (self.beyond is not None and alternates == _naming(self.beyond))


def _naming(repository: Path) -> bytes:
    return os.fsencode(repository / "objects") + b"\n"


def write_git_folder(git_dir: Path, *, source: CloneSource, base_commit: str, index: Path) -> None:
    """Create ``git_dir`` as a clone on branch ``work`` at a commit, with a copy of an index. Raises OSError."""
    shutil.rmtree(git_dir, ignore_errors=True)
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
        (git_dir / folder).mkdir(parents=True)
    (git_dir / "objects/info/alternates").write_bytes(source.alternates)
    (git_dir / "info/exclude").write_text(EXCLUDED)
    (git_dir / "config").write_text(_configuration(source.object_format))
    (git_dir / _BRANCH).write_text(f"{base_commit}\n")
    (git_dir / "HEAD").write_text(f"ref: {_BRANCH}\n")
    shallow = source.repository / "shallow"
    if shallow.exists():
        shutil.copyfile(shallow, git_dir / "shallow")
    shutil.copyfile(index, git_dir / "index")


def is_sound(git_dir: Path, *, source: CloneSource) -> bool:
    """Whether an agent's ``.git`` is still one that git can use, judged by its files alone, links not followed."""
    if git_dir.is_symlink() or not git_dir.is_dir():
        return False
    folders = (git_dir / "objects", git_dir / "refs")
    if any(folder.is_symlink() or not folder.is_dir() for folder in folders):
        return False
    wanted = (git_dir / "index", git_dir / "config")
    if any(_read_regular(file) is None for file in wanted):
        return False
    return source.made(_read_regular(git_dir / "objects/info/alternates")) and _has_head(git_dir)


def remove_locks(git_dir: Path) -> None:
    """Remove the locks that a git killed inside the sandbox has left in a sound ``.git``. Raises OSError."""
    for file in git_dir.glob("*.lock"):
        file.unlink(missing_ok=True)
    for folder, _, files in itertools.islice(os.walk(git_dir / "refs"), _MOST_FOLDERS):
        for name in files:
            if name.endswith(".lock"):
                (Path(folder) / name).unlink(missing_ok=True)


def _configuration(object_format: str) -> str:
    version, extensions = (0, "")
    if object_format != "sha1":
        version, extensions = 1, f"[extensions]\n\tobjectFormat = {object_format}\n"
    return (
        f"[core]\n\trepositoryFormatVersion = {version}\n\tfileMode = true\n\tbare = false\n\tlogAllRefUpdates = true\n"
        f"{extensions}[user]\n\tname = {IDENTITY_NAME}\n\temail = {IDENTITY_EMAIL}\n"
        "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
    )


def _has_head(git_dir: Path) -> bool:
    head = (_read_regular(git_dir / "HEAD") or b"").strip()
    if re.fullmatch(rb"[0-9a-f]{40,64}", head):
        return True
    found = re.fullmatch(rb"ref: (refs/heads/[^\0-\x20~^:?*\[\\\x7f]+)", head)
    if not found or b".." in found[1]:
        return False
    loose = _read_regular(git_dir / os.fsdecode(found[1]))
    if loose is not None:
        return re.fullmatch(rb"[0-9a-f]{40,64}\n?", loose) is not None
    return b" " + found[1] + b"\n" in (_read_regular(git_dir / "packed-refs") or b"")


def _read_regular(file: Path) -> bytes | None:
    """Return the first bytes of a regular file, ``None`` for anything else; never waits for a FIFO."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return os.read(descriptor, _READ_LIMIT) if regular else None
    except OSError:
        return None
    finally:
        os.close(descriptor)
