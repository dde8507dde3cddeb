"""The files of a workspace, with everything a hostile repository or agent can put there."""

import ctypes
import os
import socket
import threading
from collections import Counter
from pathlib import Path

import pytest

from swarm.errors import ToolError
from swarm.workspace import beneath
from swarm.workspace.files import WorkspaceFiles

SECRET = b"sk-CANARY"


@pytest.fixture(params=["openat2", "walk"])
def resolution(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "walk":
        monkeypatch.setattr(beneath, "_kernel_resolves", lambda: False)
    elif not beneath._kernel_resolves():
        pytest.skip("this kernel has no openat2")
    return str(request.param)


@pytest.fixture
def root(tmp_path: Path, resolution: str) -> Path:
    (tmp_path / "secret").write_bytes(SECRET)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_bytes(SECRET)
    root = tmp_path / "workspace"
    root.mkdir()
    return root


@pytest.fixture
def files(root: Path) -> WorkspaceFiles:
    return WorkspaceFiles(root)


def test_write_then_read(files: WorkspaceFiles, root: Path) -> None:
    files.write("src/deep/file.txt", b"hello\n")
    assert files.read("src/deep/file.txt") == b"hello\n"
    assert files.read("./src/../src/deep/file.txt") == b"hello\n"
    assert files.read("/workspace/src/deep/file.txt") == b"hello\n"
    assert files.read(f"{root}/src/deep/file.txt") == b"hello\n"
    assert list(files.walk()) == ["src/deep/file.txt"]


def test_a_new_file_has_ordinary_permissions_and_an_old_one_keeps_its_own(files: WorkspaceFiles, root: Path) -> None:
    files.write("new", b"")
    (root / "script").write_text("old")
    (root / "script").chmod(0o751)
    files.write("script", b"new")
    umask = os.umask(0)
    os.umask(umask)
    assert (root / "new").stat().st_mode & 0o777 == 0o666 & ~umask
    assert (root / "script").stat().st_mode & 0o777 == 0o751
    assert sorted(os.listdir(root)) == ["new", "script"]


@pytest.mark.parametrize(
    "path", ["../secret", "/etc/passwd", "a/../../secret", "..", "/workspace/../secret", "/workspace2/x", "", "a\0b"]
)
def test_paths_that_lead_outside_are_refused(files: WorkspaceFiles, path: str) -> None:
    for call in (lambda: files.read(path), lambda: files.write(path, b"x"), lambda: list(files.walk(path))):
        with pytest.raises(ToolError):
            call()


def test_links_that_lead_outside_are_refused(files: WorkspaceFiles, root: Path) -> None:
    (root / "file").symlink_to("../secret")
    (root / "absolute").symlink_to(root.parent / "secret")
    (root / "folder").symlink_to("../outside")
    (root / "magic").symlink_to("/proc/self/cwd")
    for path in ("file", "absolute", "folder/secret", "magic/secret"):
        with pytest.raises(ToolError):
            files.read(path)
        with pytest.raises(ToolError):
            files.write(path, b"overwritten")
    with pytest.raises(ToolError):
        files.write("folder/new/file", b"x")
    with pytest.raises(ToolError):
        list(files.walk("folder"))
    assert (root.parent / "secret").read_bytes() == SECRET
    assert os.listdir(root.parent / "outside") == ["secret"]
    assert list(files.walk()) == ["absolute", "file", "folder", "magic"]


def test_links_inside_are_followed_where_the_kernel_can_tell(
    files: WorkspaceFiles, root: Path, resolution: str
) -> None:
    if resolution == "walk":
        pytest.skip("links are never followed there")
    (root / "docs").mkdir()
    (root / "docs" / "guide.md").write_text("old")
    (root / "README").symlink_to("docs/guide.md")
    (root / "manual").symlink_to("docs")
    files.write("README", b"new")
    assert files.read("manual/guide.md") == b"new"
    assert (root / "README").is_symlink()
    assert list(files.walk("manual")) == ["manual/guide.md"]


def test_links_in_a_circle(files: WorkspaceFiles, root: Path) -> None:
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")
    with pytest.raises(ToolError, match="link"):
        files.read("a")
    with pytest.raises(ToolError, match="link"):
        files.write("a", b"")


def test_git_is_out_of_bounds(files: WorkspaceFiles, root: Path) -> None:
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("secret")
    (root / "sub").mkdir()
    (root / "sub" / ".git").write_text("gitdir: elsewhere")
    (root / "alias").symlink_to(".git")
    for path in (".git/config", ".GIT/config", "sub/.git", "alias/config", "x/../.git/config"):
        with pytest.raises(ToolError):
            files.read(path)
        with pytest.raises(ToolError):
            files.write(path, b"[core]")
    assert (root / ".git" / "config").read_text() == "secret"
    assert list(files.walk()) == ["alias"]


@pytest.mark.timeout(10)
def test_what_is_not_a_regular_file_is_refused_at_once(files: WorkspaceFiles, root: Path) -> None:
    os.mkfifo(root / "fifo")
    (root / "device").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "socket"))
    (root / "folder").mkdir()
    with (root / "sparse").open("wb") as sparse:
        sparse.truncate(2**40)
    for path in ("fifo", "device", "socket", "folder", "sparse"):
        with pytest.raises(ToolError):
            files.read(path)
    assert list(files.walk()) == ["device", "sparse"]
    with pytest.raises(ToolError, match="folder"):
        files.write("folder", b"")


def test_odd_names(files: WorkspaceFiles) -> None:
    odd = ["-rf", "a b", "new\nline", "\x1b]0;title\x07", os.fsdecode(b"caf\xe9"), "x" * 255, "ünï"]
    for name in odd:
        files.write(name, name.encode(errors="surrogateescape"))
        assert files.read(name) == name.encode(errors="surrogateescape")
    assert sorted(files.walk()) == sorted(odd)
    with pytest.raises(ToolError, match="too long"):
        files.write("x" * 256, b"")
    with pytest.raises(ToolError, match="not a possible"):
        files.read("\ud800")
    with pytest.raises(ToolError) as refused:
        files.read("none")
    assert "\x1b" not in refused.value.message
    assert r"caf\xe9" in refused.value.message


def test_what_is_missing_is_explained(files: WorkspaceFiles) -> None:
    for name in ("parser.py", "lexer.py", "tokens.py"):
        files.write(f"src/{name}", b"")
    with pytest.raises(ToolError) as refused:
        files.read("src/parsr.py")
    message = "There is no file 'src/parsr.py'; in 'src' there are: parser.py"
    assert refused.value.message.startswith(message)
    with pytest.raises(ToolError, match=r"There is no folder 'lib'; at the top of the workspace there are: src\."):
        files.read("lib/x/y.py")
    with pytest.raises(ToolError, match=r"'src/lexer\.py' is a file, not a folder"):
        files.walk("src/lexer.py")
    with pytest.raises(ToolError, match="a part of the path is a file"):
        files.write("src/lexer.py/x", b"")


def test_too_large(files: WorkspaceFiles) -> None:
    with pytest.raises(ToolError, match="the most is"):
        files.write("large", bytes(10 * 1024 * 1024 + 1))
    assert list(files.walk()) == []


def test_walk_is_sorted_as_paths_are(files: WorkspaceFiles) -> None:
    for name in ("a/b", "a.txt", "a-b/c", "a/b.d/e", "b"):
        files.write(name, b"")
    paths = list(files.walk())
    assert paths == sorted(paths)
    assert list(files.walk("a")) == ["a/b", "a/b.d/e"]


def test_walk_is_bounded(files: WorkspaceFiles, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swarm.workspace.files._MOST_ENTRIES", 10)
    for number in range(11):
        (root / str(number)).touch()
    with pytest.raises(ToolError, match="more than 10 entries"):
        list(files.walk())


def test_a_very_deep_path(files: WorkspaceFiles) -> None:
    deep = "/".join(["d"] * 300)
    files.write(f"{deep}/file", b"deep")
    assert files.read(f"{deep}/file") == b"deep"
    assert list(files.walk()) == [f"{deep}/file"]


def test_a_folder_that_is_swapped_for_a_link_never_leads_out(files: WorkspaceFiles, root: Path) -> None:
    """Another thread swaps folder and link as fast as it can while files are read and written through the name."""
    (root / "target").mkdir()
    (root / "target" / "secret").write_bytes(b"harmless")
    (root / "link").symlink_to("../outside")
    stop = threading.Event()
    libc = ctypes.CDLL(None, use_errno=True)
    exchange = (-100, os.fsencode(root / "target"), -100, os.fsencode(root / "link"), 2)  # RENAME_EXCHANGE
    assert libc.renameat2(*exchange) == 0

    def swap() -> None:
        while not stop.is_set():
            libc.renameat2(*exchange)

    swapping = threading.Thread(target=swap)
    swapping.start()
    outcomes = Counter[str]()
    try:
        for _ in range(2000):
            try:
                assert files.read("target/secret") == b"harmless"
                files.write("target/secret", b"harmless")
                outcomes["done"] += 1
            except ToolError:
                outcomes["refused"] += 1
    finally:
        stop.set()
        swapping.join()
    assert outcomes["done"]
    assert outcomes["refused"]
    assert (root.parent / "outside" / "secret").read_bytes() == SECRET
    assert os.listdir(root.parent / "outside") == ["secret"]


def test_no_descriptor_is_left_open(files: WorkspaceFiles, root: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    files.write("a/b", b"x")
    list(files.walk())
    for path in ("a", "a/none", "../x", ".git"):
        with pytest.raises(ToolError):
            files.read(path)
        with pytest.raises(ToolError):
            files.write(path + "/", b"")
    assert len(os.listdir("/proc/self/fd")) == before
