"""What outlives a power cut: bringing files to the disk, and telling one boot of the machine from another."""

import os
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Return what names the machine's boot; empty where the system has no such name.

    Files that nobody synced are certainly there in the boot in which they were written only.
    """
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(folder: Path) -> None:
    """Bring a folder and everything in it to the disk; links are left alone. Raises OSError."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if not path.is_symlink():
                sync(path)
        sync(Path(place))
