"""Names of files in a workspace: what a path given by a model means, and how a name is shown. Pure."""

import os
import posixpath

from swarm.errors import ToolError
from swarm.text import neutralise_line

_SANDBOX_ROOT = "/workspace"


def shown(name: str) -> str:
    """Return a name in quotes, harmless to show."""
    return f"'{neutralise_line(name)}'"


def is_in_git(name: str) -> bool:
    """Whether a path is, or goes through, a ``.git``."""
    return any(part.casefold() == ".git" for part in name.split("/"))


def relative_name(path: str, *, root: str, folder: bool = False) -> str:
    """Return a path relative to the workspace, without ``.`` and ``..``.

    Args:
        path: what was asked for; absolute paths are understood where they begin with the workspace's own, on the
            host or in the sandbox.
        root: the workspace's path on the host.
        folder: whether the path may be a folder's.

    Raises:
        ToolError: not a possible name, outside the workspace, or one of git's own files.
    """
    if not _is_possible(path):
        raise ToolError(f"{shown(path)} is not a possible file name.")
    for prefix in (_SANDBOX_ROOT, root):
        if path == prefix or path.startswith(prefix + "/"):
            path = path[len(prefix) :].lstrip("/") or "."
            break
    name = posixpath.normpath(path)
    if name == ".." or name.startswith(("/", "../")):
        raise ToolError(f"{shown(path)} is outside the workspace. Give a path relative to the workspace.")
    if not folder and (name == "." or path.endswith("/")):
        raise ToolError(f"{shown(path)} is a folder, not a file.")
    refuse_git(name)
    return name


def refuse_git(name: str) -> None:
    """Raise ToolError when a path is one of git's own files."""
    if is_in_git(name):
        raise ToolError(f"{shown(name)} belongs to git's own files, which no file tool touches.")


def _is_possible(path: str) -> bool:
    try:
        return bool(os.fsencode(path)) and "\0" not in path
    except UnicodeEncodeError:
        return False
