"""The bubblewrap policy: which part of the machine a command sees. Pure but for looking at what exists.

A command sees the system's programs and libraries, a named list of files of ``/etc``, the toolchains of the search
path, the paths that it is given to read, and the workspace, which alone it may change. It has no network, no
capabilities, no devices but the harmless ones, and its own process and IPC namespaces, whose processes all end with
it. Started by root, its user id is still root's to the kernel although it shows as 1000: everything outside the
workspace is therefore mounted read-only, ``/proc`` included, and no system folder with secrets is shown at all. The
kernel does not hold root to a limit on processes.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

WORKSPACE = "/workspace"
HOME = "/home/agent"

_USER_ID = "1000"
_SCRATCH_BYTES = str(1024 * 1024 * 1024)

_MERGED_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SYSTEM_FOLDERS = ("/usr", "/nix/store")
_OWN_ETC = Path(__file__).parent / "etc"
_HOST_ETC = (
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


def bwrap_arguments(
    program: str,
    *,
    folder: Path,
    readable: Sequence[Path],
    environment: Mapping[str, str],
    status_fd: int,
) -> list[str]:
    """Return the command line, up to the command, that starts bubblewrap with our policy.

    Args:
        program: the path of ``bwrap``.
        folder: the host's folder that becomes the workspace.
        readable: folders and files shown read-only at their own paths; missing ones are left out.
        environment: the command's whole environment.
        status_fd: file descriptor on which bubblewrap reports that the command was started.
    """
    return [
        program,
        *("--unshare-all", "--unshare-user", "--disable-userns", "--uid", _USER_ID, "--gid", _USER_ID),
        *("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--hostname", "sandbox"),
        *("--json-status-fd", str(status_fd)),
        *_system(),
        *_devices_and_scratch(),
        *_read_only(readable),
        *("--bind", str(folder), WORKSPACE, "--chdir", WORKSPACE),
        *("--remount-ro", "/dev", "--remount-ro", "/proc", "--remount-ro", "/"),
        *_environment(environment),
        "--",
    ]


def _system() -> Iterator[str]:
    for path in _SYSTEM_FOLDERS:
        yield from ("--ro-bind-try", path, path)
    for folder in map(Path, _MERGED_FOLDERS):
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        else:
            yield from ("--ro-bind-try", str(folder), str(folder))
    for name in _HOST_ETC:
        yield from ("--ro-bind-try", name, name)
    for file in sorted(_OWN_ETC.iterdir()):
        yield from ("--ro-bind", str(file), f"/etc/{file.name}")


def _devices_and_scratch() -> Iterator[str]:
    yield from ("--proc", "/proc", "--dev", "/dev")
    for folder in ("/dev/shm", "/tmp", HOME):  # noqa: S108 - folders inside the sandbox
        yield from ("--size", _SCRATCH_BYTES, "--tmpfs", folder)


def _read_only(paths: Sequence[Path]) -> Iterator[str]:
    for path in sorted(set(paths)):
        yield from ("--ro-bind-try", str(path), str(path))


def _environment(environment: Mapping[str, str]) -> Iterator[str]:
    yield "--clearenv"
    for name, value in sorted(environment.items()):
        yield from ("--setenv", name, value)
