"""The bubblewrap policy: which part of the machine a command sees. Pure but for looking at what exists.

A command sees the system's programs and libraries, an ``/etc`` of a few harmless files, the toolchains of the search
path, the paths that it is given to read, and the workspace, which alone it may change. It has no network, no
capabilities, no devices but the harmless ones, a filter of system calls, and its own process and IPC namespaces, whose
processes all end with it. ``/proc`` with its settings, and everything outside the workspace, is read-only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

WORKSPACE = "/workspace"
HOME = "/home/agent"

_USER_ID = "1000"
_SHARED_MEMORY_BYTES = 256 * 1024 * 1024

SYSTEM_FOLDERS = ("/usr", "/nix/store")
_MERGED_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")


@dataclass(frozen=True, slots=True)
class View:
    """What commands see of the machine besides their workspaces.

    Attributes:
        etc: the host's folder that becomes ``/etc``, as bubblewrap finds it.
        readable: folders and files shown read-only, at their own paths, and where bubblewrap finds them; missing ones
            are left out.
        shown_as: more of the host's files and sockets, as bubblewrap finds them, and the paths at which they are shown.
        environment: the commands' whole environment.
        scratch_bytes: what ``/tmp`` and the home folder may hold each.
        hidden: folders below these that are shown empty.
        caches: folders that a command may change, as bubblewrap finds them, and where they are below the home folder.
    """

    etc: str
    readable: Mapping[Path, str]
    environment: Mapping[str, str]
    scratch_bytes: int
    shown_as: Mapping[str, str]
    hidden: Sequence[Path] = ()
    caches: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """The command line of bubblewrap, but for what differs between commands: made once for many of them."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    @classmethod
    def of(cls, program: str, view: View) -> "Policy":
        """Return the policy that shows commands a view.

        Args:
            program: the path of ``bwrap``.
            view: what the commands see.
        """
        before = (
            program,
            *("--unshare-all", "--unshare-user", "--disable-userns", "--uid", _USER_ID, "--gid", _USER_ID),
            *("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--hostname", "sandbox"),
            *_system(view),
            *_devices_and_scratch(view.scratch_bytes),
            *(part for outside, place in view.caches.items() for part in ("--bind", outside, f"{HOME}/{place}")),
            *_read_only(view),
            *(part for path in view.hidden for part in ("--tmpfs", str(path), "--remount-ro", str(path))),
        )
        # All of /proc is one mount, so its settings are read-only with it.
        after = ("--remount-ro", "/dev", "--remount-ro", "/proc", "--remount-ro", "/", *_environment(view.environment))
        return cls(before, after)

    def arguments(self, folder: str, *, status_fd: int, filter_fd: int) -> list[str]:
        """Return the command line, up to the command.

        Args:
            folder: the host's folder that becomes the workspace, as bubblewrap finds it.
            status_fd: file descriptor on which bubblewrap reports that the command was started.
            filter_fd: file descriptor that holds the filter of system calls; -1 for none.
        """
        return [
            *self.before,
            *("--bind", folder, WORKSPACE, "--chdir", WORKSPACE),
            *self.after,
            *("--json-status-fd", str(status_fd)),
            *(("--seccomp", str(filter_fd)) if filter_fd >= 0 else ()),
            "--",
        ]


def _system(view: View) -> Iterator[str]:
    for folder in map(Path, (*SYSTEM_FOLDERS, *_MERGED_FOLDERS)):
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        elif folder.exists():  # what is missing is not looked for again by every command
            yield from ("--ro-bind-try", str(folder), str(folder))
    yield from ("--ro-bind", view.etc, "/etc")


def _devices_and_scratch(scratch_bytes: int) -> Iterator[str]:
    yield from ("--proc", "/proc", "--dev", "/dev")
    sizes = {"/dev/shm": _SHARED_MEMORY_BYTES, "/tmp": scratch_bytes, HOME: scratch_bytes}  # noqa: S108 - inside
    for folder, size in sizes.items():
        yield from ("--size", str(size), "--tmpfs", folder)


def _read_only(view: View) -> Iterator[str]:
    for path, outside in sorted(view.readable.items()):
        yield from ("--ro-bind-try", outside, str(path))
    for outside, shown in view.shown_as.items():
        yield from ("--ro-bind", outside, shown)


def _environment(environment: Mapping[str, str]) -> Iterator[str]:
    yield "--clearenv"
    for name, value in sorted(environment.items()):
        yield from ("--setenv", name, value)
