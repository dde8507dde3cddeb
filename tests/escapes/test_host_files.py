"""E56 and E57: what an agent does to the files that the host's file tools touch."""

import os
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from swarm.errors import ToolError
from swarm.workspace.files import WorkspaceFiles

CANARY = b"sk-CANARY-outside"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("root", "outside"):
        (tmp_path / name).mkdir()
    (tmp_path / "outside" / "file").write_bytes(CANARY)
    return tmp_path / "root"


SWAP = """
import ctypes, sys
rename = ctypes.CDLL(None).renameat2
a, b = map(str.encode, sys.argv[1:])
while True:
    rename(-100, a, -100, b, 2)  # RENAME_EXCHANGE
"""


def swapped(root: Path, tries: int) -> Counter[str]:
    """Swap a folder for a link to the outside while its file is read and written; count what came of that."""
    (root / "name").mkdir()
    (root / "name" / "file").write_bytes(b"harmless")
    (root / "other").symlink_to("../outside")
    # A process of its own, which no interpreter lock slows down.
    swapping = subprocess.Popen(
        [
            sys.executable,
            "-ISc",
            SWAP,
            str(root / "name"),
            str(root / "other"),
        ]
    )
    files, outcomes = WorkspaceFiles(root), Counter[str]()
    try:
        for number in range(tries):
            try:
                if number % 4:
                    outcomes["escaped" if files.read("name/file") != b"harmless" else "read"] += 1
                else:
                    files.write("name/file", b"harmless")
                    outcomes["written"] += 1
            except ToolError:
                outcomes["refused"] += 1
    finally:
        swapping.kill()
        swapping.wait()
    return outcomes


@pytest.mark.parametrize("tries", [4_000, pytest.param(40_000, marks=pytest.mark.slow)])
def test_e56_a_folder_that_is_swapped_for_a_link(root: Path, tries: int) -> None:
    outcomes = swapped(root, tries)
    assert outcomes["escaped"] == 0
    assert outcomes["read"]
    assert outcomes["refused"]
    assert (root.parent / "outside" / "file").read_bytes() == CANARY
    assert os.listdir(root.parent / "outside") == ["file"]


def test_e57_what_is_no_file_is_refused_at_once(root: Path) -> None:
    os.mkfifo(root / "fifo")
    (root / "zero").symlink_to("/dev/zero")
    (root / "magic").symlink_to("/proc/self/root/etc/passwd")
    (root / "circle").symlink_to("circle")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(root / "socket"))
    if os.geteuid() == 0:
        os.mknod(root / "device", 0o020666, os.makedev(1, 5))
    files = WorkspaceFiles(root)
    for name in os.listdir(root):
        with pytest.raises(ToolError):
            files.read(name)
    assert list(files.walk()) == ["circle", "magic", "zero"]


def test_e57_a_file_that_is_too_large_or_has_no_end(root: Path) -> None:
    with (root / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    with (root / "hundred").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    for name in ("sparse", "hundred"):
        with pytest.raises(ToolError, match="bytes long; the most that can be read"):
            WorkspaceFiles(root).read(name)


@pytest.mark.parametrize(
    "name",
    [
        b"new\nline",
        b"\x1b]0;title\x07",
        b"\xff\xfe not UTF-8",
        b"n" * 255,
        b"-rf",
        b"--help",
        b" ",
        b"a\tb",
        "\u202egpj.exe".encode(),
        b"$(touch pwned)",
        b"';--",
        b"CON",
    ],
)
def test_e57_odd_names(name: bytes, root: Path) -> None:
    (root / os.fsdecode(name)).write_bytes(b"content")
    files = WorkspaceFiles(root)
    (found,) = files.walk()
    assert os.fsencode(found) == name
    assert files.read(found) == b"content"
    files.write(found, b"new")
    assert (root / os.fsdecode(name)).read_bytes() == b"new"
    with pytest.raises(ToolError) as refused:
        files.read(os.path.join(found, "below"))
    assert not any(character in refused.value.message for character in "\x1b\n\u202e\x07")
