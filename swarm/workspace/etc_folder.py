"""The ``/etc`` that sandboxed commands see: a few files of the machine's and a few of ours, in one folder.

Made once per process and kind of limits, because each folder or file that bubblewrap shows by itself costs every
command.
"""

import atexit
import os
import shutil
import tempfile
import threading
from pathlib import Path

_OWN = Path(__file__).resolve().parent / "etc"

HOST_FILES = (
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/fonts",
    "/etc/gai.conf",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/magic",
    "/etc/mime.types",
    "/etc/pki/tls/certs",
    "/etc/protocols",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/timezone",
)


LIMITS = "limits"
"""A file of its own in the folder: what bash does before a command."""


def etc_folder(limits: str) -> Path:
    """Return the folder. Blocks for some milliseconds when it is new. Raises OSError.

    Args:
        limits: the content of the file :data:`LIMITS`.
    """
    with _making:
        return known_etc_folder(limits) or _new_etc_folder(limits)


def known_etc_folder(limits: str) -> Path | None:
    """Return :func:`etc_folder` if it is there already, and whole: what cleans up ``/tmp`` may have found it old."""
    folder = _folders.get((os.getpid(), limits))
    return folder if folder is not None and os.path.exists(folder / LIMITS) else None  # noqa: PTH110 - the fastest way


_folders: dict[tuple[int, str], Path] = {}
_making = threading.Lock()


def _new_etc_folder(limits: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="swarm-etc-")).resolve()
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    for name in HOST_FILES:
        _copy(Path(name), folder / Path(name).relative_to("/etc"))
    for file in _OWN.iterdir():
        shutil.copyfile(file, folder / file.name)
    (folder / LIMITS).write_text(limits)
    folder.chmod(0o755)
    _folders[owner, limits] = folder
    return folder


def _copy(source: Path, target: Path) -> None:
    """Copy a file or a folder with its links as they are; what is not there or not ours to read is left out."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore_dangling_symlinks=True)
        elif source.exists():
            shutil.copyfile(source, target)
    except (OSError, shutil.Error):
        return
