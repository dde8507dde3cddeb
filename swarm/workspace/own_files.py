"""What of swarm's own files no command may see: the shipped tasks, with their hidden tests and their solutions."""

import os
from collections.abc import Iterable
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_tasks_folder() -> Path:
    """Return the folder of the tasks that come with swarm, installed or in a source checkout."""
    installed = _PACKAGE / "_tasks"
    return installed if installed.is_dir() else _PACKAGE.parent / "tasks"


def hidden_below(visible: Iterable[str | Path]) -> tuple[Path, ...]:
    """Return those folders below some resolved paths which commands that see these paths must not see."""
    folder = shipped_tasks_folder()
    # Asked for every command, so paths are compared as they are written.
    is_visible = f"{folder}/".startswith(tuple(f"{path}/" for path in visible))
    return (folder,) if is_visible and folder.is_dir() else ()


def split_around(visible: Iterable[str], hidden: Iterable[Path]) -> tuple[list[str], list[str]]:
    """Return what is left to allow where a folder that is allowed holds one that is not, and nothing can be taken back.

    Returns:
        The paths that may be read with all that is in them, and the folders of which only the names may.
    """
    readable, listed = list(visible), list[str]()
    for folder in map(str, hidden):
        for top in [path for path in readable if Path(folder).is_relative_to(path)]:
            readable.remove(top)
            between = Path(folder).relative_to(top).parts
            for depth, name in enumerate(between):
                above = os.path.join(top, *between[:depth])  # noqa: PTH118 - as it is used
                listed.append(above)
                readable += _others_in(above, name)
    return readable, listed


def _others_in(folder: str, name: str) -> list[str]:
    """Return what else is in a folder; a link would stand for what it leads to, and is left to that."""
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.name != name and not entry.is_symlink()]
    except OSError:
        return []
