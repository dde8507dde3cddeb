"""The ``/etc`` that sandboxed commands see: a few files of the machine's and a few of ours, in one folder.

Made once per process, because each folder or file that bubblewrap shows by itself costs a millisecond of every command.
"""

import atexit
import os
import shutil
import tempfile
from functools import cache
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


def etc_folder() -> Path:
    """Return the folder. Blocks for some milliseconds when it is new. Raises OSError."""
    return _etc_folder(os.getpid())


@cache
def _etc_folder(owner: int) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="swarm-etc-"))

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    for name in HOST_FILES:
        _copy(Path(name), folder / Path(name).relative_to("/etc"))
    for file in _OWN.iterdir():
        shutil.copyfile(file, folder / file.name)
    folder.chmod(0o755)
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
