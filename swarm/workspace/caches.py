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
_SCRIPT = f"""set -e
bytes=$1 owner=$2 options=$3
shift 3
mount -t tmpfs -o "mode=711,size=$bytes" swarm {_LAYERS}
number=0
while [ "$1" != -- ]; do
  upper={_LAYERS}/upper$number work={_LAYERS}/work$number
  mkdir {_LAYERS}/$number $upper $work
  chown "$owner:$owner" $upper
  mount -t overlay -o "lowerdir=$1,upperdir=$upper,workdir=$work$options" swarm {_LAYERS}/$number
  number=$((number + 1))
  shift
done
shift
exec "$@"
"""
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
    owner = str(USER_ID) if entrance.namespace else "0"
    # Where the layer's marks cannot be root's, they are kept in attributes that everybody may write.
    options = ",userxattr" if ordinary else ""
    prefix = (
        *((*entrance.namespace, "--") if entrance.namespace else ()),
        *("unshare", *(("--user", "--map-root-user") if ordinary else ()), "--mount"),
        *("sh", "-c", _SCRIPT, "sh", str(scratch_bytes), owner, options, *folders, "--"),
        *entrance.drop,
    )
    return prefix, [f"{_LAYERS}/{number}" for number in range(len(folders))]
