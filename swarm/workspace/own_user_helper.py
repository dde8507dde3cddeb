"""The program that shows the machine's files to another user: ``python own_user_helper.py USER MOUNT_POINT...``.

Started by root. In a mount namespace of its own it attaches each mount point once more, below a folder of its own in
memory, so that what belongs to root there belongs to USER here. It says ``ready``, or why not, and lives until its
stdin ends; who opened its namespace meanwhile keeps it. Uses nothing but the standard library.

The kernel calls this an idmapped mount (5.12 and newer, on most file systems). Nothing changes on the disk: a file that
USER makes through such a mount is root's.
"""

import ctypes
import os
import sys

PLACE = "/tmp"  # noqa: S108 - hidden by a file system of our own, in a namespace of our own
"""Where the mounts are found in the namespace: ``/tmp/0`` for the first."""

_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442  # the same numbers on every architecture
_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000
_CLONE_AND_CLOSE = 1 | os.O_CLOEXEC
_EMPTY_PATH, _MOVE_EMPTY_PATH, _HERE = 0x1000, 0x4, -100
_MAP_OWNERS = 0x00100000
_SLAVES_BELOW = 0x4000 | 0x80000
_NOSUID_NODEV_NOEXEC = 0x2 | 0x4 | 0x8
_DETACH = 0x2
_NEEDED = frozenset((b"/", b"/proc", b"/dev", b"/nix"))
_SYSTEM = (b"/usr", b"/bin", b"/sbin", b"/lib", b"/nix/store")

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


class _Attributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("users", ctypes.c_uint64),
    )


def show(user: int, mount_points: list[str]) -> None:
    """Attach the mount points once more, as those of a user. Raises OSError."""
    users = _users(user)
    _check(_libc.unshare(_NEW_MOUNTS), "a mount namespace")
    _check(_libc.mount(b"none", b"/", None, _SLAVES_BELOW, None), "changing mounts")
    copies = [_copy(os.fsencode(point), users) for point in mount_points]
    for point in reversed(_mounted()):
        # Whatever is mounted is copied for every command, and listed for each mount that bubblewrap makes.
        if not _is_needed(point):
            _libc.umount2(point, _DETACH)
    _check(_libc.mount(b"swarm", PLACE.encode(), b"tmpfs", _NOSUID_NODEV_NOEXEC, b"mode=711,size=64k"), "a tmpfs")
    for number, copy in enumerate(copies):
        target = f"{PLACE}/{number}"
        os.mkdir(target, 0o711)  # noqa: PTH102 - pathlib costs more than the rest
        moved = _libc.syscall(_MOVE_MOUNT, copy, b"", _HERE, target.encode(), _MOVE_EMPTY_PATH)
        _check(moved, f"attaching {mount_points[number]}")


def _mounted() -> list[bytes]:
    with open("/proc/self/mountinfo", "rb") as file:  # noqa: PTH123
        return [line.split(b" ", 5)[4].decode("unicode_escape").encode("latin-1") for line in file]


def _is_needed(point: bytes) -> bool:
    """Whether bubblewrap itself, or the system that it shows as it is, may be on a mount; the rest has been copied."""
    return point in _NEEDED or point.startswith(_SYSTEM)


def _copy(mount_point: bytes, users: int) -> int:
    copy = int(_libc.syscall(_OPEN_TREE, _HERE, mount_point, _CLONE_AND_CLOSE))
    _check(copy, f"a copy of the mount {os.fsdecode(mount_point)}")
    attributes = _Attributes(_MAP_OWNERS, 0, 0, users)
    size = ctypes.sizeof(attributes)
    code = _libc.syscall(_MOUNT_SETATTR, copy, b"", _EMPTY_PATH, ctypes.byref(attributes), size)
    _check(code, f"mapping owners on {os.fsdecode(mount_point)}")
    return copy


def _users(user: int) -> int:
    """Return a descriptor of a user namespace in which root is the user and others are themselves."""
    made, make = os.pipe()
    done, end = os.pipe()
    child = os.fork()
    if not child:
        os.write(make, b"1" if _libc.unshare(_NEW_USERS) == 0 else b"0")
        os.close(end)
        os.read(done, 1)
        os._exit(0)
    try:
        if os.read(made, 1) != b"1":
            raise OSError("a user namespace: refused")
        for kind in ("uid_map", "gid_map"):
            with open(f"/proc/{child}/{kind}", "w") as file:  # noqa: PTH123
                file.write(f"0 {user} 1\n1 1 {user - 1}\n")
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(end)
        os.waitpid(child, 0)


def _check(code: int, what: str) -> None:
    if code < 0:
        number = ctypes.get_errno()
        raise OSError(f"{what}: {os.strerror(number)}")


if __name__ == "__main__":
    try:
        show(int(sys.argv[1]), sys.argv[2:])
    except OSError as error:
        print(error, flush=True)  # noqa: T201 - for who started us
    else:
        print("ready", flush=True)  # noqa: T201
        sys.stdin.read()
