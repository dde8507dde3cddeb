"""Caches of package managers that a user shares with all commands; no agent can change what another one reads.

Each command sees a cache with an empty layer of its own above it (overlayfs), in memory: what it adds, changes or
removes there ends with it, and the user's folder is only read. Programs find the caches where they look for them by
default, below the home folder. The layers are mounted before bubblewrap starts, in a mount namespace of the command.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from swarm.errors import ConfigError
from swarm.workspace.own_user import USER_ID, Entrance

PLACES: Mapping[str, str] = {
    "cargo": ".cargo/registry",
    "go": "go/pkg/mod",
    "npm": ".npm",
    "pip": ".cache/pip",
    "uv": ".cache/uv",
}
"""Where the programs look, below the home folder."""

_LAYERS = "/dev/shm"  # noqa: S108 - hidden by a file system of the command's own, in its own namespace
_UNFIT = re.compile(r"[,:\\\"\0-\x1f]")


@dataclass(frozen=True, slots=True)
class Cache:
    """One cache: whose it is, and the host's folder."""

    kind: str
    folder: Path

    @property
    def place(self) -> str:
        """Where commands find it, below their home folder."""
        return PLACES[self.kind]


def read_caches(named: Mapping[str, str]) -> tuple[Cache, ...]:
    """Return the caches that a user names: folders by the name of the program.

    Raises:
        ConfigError: there is no such program, or no such folder.
    """
    return tuple(_read(kind, Path(folder).expanduser()) for kind, folder in sorted(named.items()))


def _read(kind: str, folder: Path) -> Cache:
    if kind not in PLACES:
        raise ConfigError(f"there is no cache {kind!r}", hint=f"Caches are those of {', '.join(sorted(PLACES))}.")
    if not folder.is_absolute() or not folder.is_dir():
        raise ConfigError(f"the cache of {kind} is not an absolute path of a folder: {folder}")
    if _UNFIT.search(str(folder.resolve())):
        raise ConfigError(f"the path of the cache of {kind} holds a character that mounts cannot take: {folder}")
    return Cache(kind, folder.resolve())


def layered(entrance: Entrance, caches: Iterable[Cache], *, scratch_bytes: int) -> tuple[tuple[str, ...], list[str]]:
    """Return what starts a program with a layer above each cache, and where it finds the caches then.

    Args:
        entrance: how programs are started without caches.
        caches: the caches.
        scratch_bytes: what commands may add to all of them together.
    """
    folders = [entrance.path(cache.folder) for cache in caches]
    if not folders:
        return entrance.prefix, []
    ordinary = not entrance.namespace and os.geteuid() != 0
    # Where the layers' marks cannot be root's, they are kept in attributes that everybody may write.
    script = _script(len(folders), owner=USER_ID if entrance.namespace else 0, options=",userxattr" * ordinary)
    prefix = (
        *((*entrance.namespace, "--") if entrance.namespace else ()),
        *("unshare", *(("--user", "--map-root-user") if ordinary else ()), "--mount"),
        *("sh", "-c", script, str(scratch_bytes), *folders),
        *entrance.drop,
    )
    return prefix, [f"{_LAYERS}/{number}" for number in range(len(folders))]


def _script(count: int, *, owner: int, options: str) -> str:
    """Return what a shell does before it becomes the program: ``$0`` is the layers' size, then come the folders."""
    numbers = range(count)
    folders = " ".join(f"{_LAYERS}/{name}{number}" for number in numbers for name in ("", "upper", "work"))
    lines = [
        "set -e",
        f'mount -t tmpfs -o "mode=711,size=$0" swarm {_LAYERS}',
        f"mkdir {folders}",
        *([f"chown {owner}:{owner} {' '.join(f'{_LAYERS}/upper{number}' for number in numbers)}"] if owner else []),
    ]
    for number in numbers:
        layers = f"lowerdir=$1,upperdir={_LAYERS}/upper{number},workdir={_LAYERS}/work{number}{options}"
        lines += [f'mount -t overlay -o "{layers}" swarm {_LAYERS}/{number}', "shift"]
    return "\n".join([*lines, 'exec "$@"'])
