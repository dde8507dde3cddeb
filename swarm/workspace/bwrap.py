"""The bubblewrap policy: which part of the machine a command sees. Pure but for looking at what exists.

A command sees the system's programs and libraries, an ``/etc`` of a few harmless files, the toolchains of the search
path, the paths that it is given to read, and the workspace, which alone it may change. It has no network, no
capabilities, no devices but the harmless ones, a filter of system calls, and its own process and IPC namespaces, whose
processes all end with it. ``/proc`` with its settings, and everything outside the workspace, is read-only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WORKSPACE = "/workspace"
HOME = "/home/agent"

_USER_ID = "1000"
_SHARED_MEMORY_BYTES = 256 * 1024 * 1024

SYSTEM_FOLDERS = ("/usr", "/nix/store")
_MERGED_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")


@dataclass(frozen=True, slots=True)
class View:
    """What one command sees of the machine.

    Attributes:
        folder: the host's folder that becomes the workspace.
        etc: the host's folder that becomes ``/etc``.
        readable: folders and files shown read-only at their own paths; missing ones are left out.
        shown_as: more of the host's files and sockets, and the paths at which they are shown.
        environment: the command's whole environment.
        scratch_bytes: what ``/tmp`` and the home folder may hold each.
        hidden: folders below these that are shown empty.
        outside: where bubblewrap finds a path of the host.
    """

    folder: Path
    etc: Path
    readable: Sequence[Path]
    environment: Mapping[str, str]
    scratch_bytes: int
    shown_as: Mapping[Path, str]
    hidden: Sequence[Path] = ()
    outside: Callable[[Path], str] = str


def bwrap_arguments(program: str, view: View, *, status_fd: int, filter_fd: int) -> list[str]:
    """Return the command line, up to the command, that starts bubblewrap with our policy.

    Args:
        program: the path of ``bwrap``.
        view: what the command sees.
        status_fd: file descriptor on which bubblewrap reports that the command was started.
        filter_fd: file descriptor that holds the filter of system calls; -1 for none.
    """
    return [
        program,
        *("--unshare-all", "--unshare-user", "--disable-userns", "--uid", _USER_ID, "--gid", _USER_ID),
        *("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--hostname", "sandbox"),
        *("--json-status-fd", str(status_fd)),
        *(("--seccomp", str(filter_fd)) if filter_fd >= 0 else ()),
        *_system(view),
        *_devices_and_scratch(view.scratch_bytes),
        *_read_only(view),
        *(part for path in view.hidden for part in ("--tmpfs", str(path), "--remount-ro", str(path))),
        *("--bind", view.outside(view.folder), WORKSPACE, "--chdir", WORKSPACE),
        *("--remount-ro", "/dev", "--remount-ro", "/proc", "--remount-ro", "/"),
        *_environment(view.environment),
        "--",
    ]


def _system(view: View) -> Iterator[str]:
    for path in SYSTEM_FOLDERS:
        yield from ("--ro-bind-try", path, path)
    for folder in map(Path, _MERGED_FOLDERS):
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        else:
            yield from ("--ro-bind-try", str(folder), str(folder))
    yield from ("--ro-bind", view.outside(view.etc), "/etc")


def _devices_and_scratch(scratch_bytes: int) -> Iterator[str]:
    yield from ("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev")
    sizes = {"/dev/shm": _SHARED_MEMORY_BYTES, "/tmp": scratch_bytes, HOME: scratch_bytes}  # noqa: S108 - inside
    for folder, size in sizes.items():
        yield from ("--size", str(size), "--tmpfs", folder)


def _read_only(view: View) -> Iterator[str]:
    for path in sorted(set(view.readable)):
        yield from ("--ro-bind-try", view.outside(path), str(path))
    for path, shown in view.shown_as.items():
        yield from ("--ro-bind", view.outside(path), shown)


def _environment(environment: Mapping[str, str]) -> Iterator[str]:
    yield "--clearenv"
    for name, value in sorted(environment.items()):
        yield from ("--setenv", name, value)
