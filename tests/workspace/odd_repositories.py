"""Repositories of every odd kind that users may have: those that can be worked on, and those that cannot."""

import os
import shutil
from pathlib import Path

from tests.workspace.sources import Source


def at(folder: Path) -> Source:
    """Return an existing repository as a source."""
    source = Source.__new__(Source)
    source.folder = folder
    return source


def plain(folder: Path) -> Source:
    return Source(folder / "user")


def with_submodules(folder: Path) -> Source:
    source = plain(folder)
    commit = source.git("rev-parse", "HEAD")
    source.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
    source.write({".gitmodules": '[submodule "sub"]\n\tpath = sub\n\turl = https://nowhere.invalid/x\n'})
    source.git("add", ".gitmodules")
    source.git("commit", "-q", "-m", "submodule")
    return source


def with_lfs_pointers(folder: Path) -> Source:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 1000000000\n"
    source = plain(folder)
    source.commit({".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "large.bin": pointer})
    for key in ("clean", "smudge", "process"):
        source.git("config", f"filter.lfs.{key}", "false")
    source.git("config", "filter.lfs.required", "true")
    return source


def shallow(folder: Path) -> Source:
    deep = Source(folder / "deep")
    deep.commit({"x": "1\n"})
    deep.git("clone", "-q", "--depth=1", f"file://{deep.folder}", str(folder / "user"))
    return at(folder / "user")


def detached(folder: Path) -> Source:
    source = plain(folder)
    source.commit({"x": "1\n"})
    source.git("checkout", "-q", "--detach")
    return source


def sparse(folder: Path) -> Source:
    source = plain(folder)
    source.commit({"deep/x": "1\n", "wide/y": "1\n"})
    source.git("sparse-checkout", "set", "deep")
    return source


def dirty(folder: Path) -> Source:
    source = plain(folder)
    source.write({"src/a.py": "not committed\n", "untracked/x": "1\n", "staged": "1\n"})
    source.git("add", "staged")
    (source.folder / "README.md").unlink()
    return source


def in_a_merge(folder: Path) -> Source:
    source = plain(folder)
    source.git("checkout", "-q", "-b", "other")
    source.commit({"src/a.py": "a = 2\n"})
    source.git("checkout", "-q", "main")
    source.commit({"src/a.py": "a = 3\n"})
    source.git("merge", "-q", "other", check=False)
    return source


def odd_names(folder: Path) -> Source:
    source = plain(folder)
    names = [
        b"new\nline",
        b"\x1b[31mred",
        b"not\xffutf8",
        b"-rf",
        b"\xe2\x80\xaebidi",
        b"x" * 255,
        b"tab\there",
        b"'q\" $(x)",
    ]
    for name in names:
        with open(os.path.join(os.fsencode(source.folder), name), "wb") as file:
            file.write(b"1\n")
    source.git("add", "-A")
    source.git("commit", "-q", "-m", "odd names")
    return source


def names_that_differ_by_case(folder: Path) -> Source:
    source = plain(folder)
    source.commit({"Name": "1\n", "name": "2\n", "NAME/x": "3\n"})
    return source


def loops_of_links(folder: Path) -> Source:
    source = plain(folder)
    for name, target in (("a", "b"), ("b", "a"), ("self", "self"), ("up", ".."), ("out", "/etc"), ("src/up", "../src")):
        (source.folder / name).symlink_to(target)
    source.git("add", "-A")
    source.git("commit", "-q", "-m", "links")
    return source


def git_file(folder: Path) -> Source:
    source = plain(folder)
    source.git("init", "-q", f"--separate-git-dir={folder / 'elsewhere.git'}")
    assert (source.folder / ".git").is_file()
    return source


def linked_worktree(folder: Path) -> Source:
    main = Source(folder / "main")
    main.git("worktree", "add", "-q", "-b", "side", str(folder / "user"))
    return at(folder / "user")


def bare(folder: Path) -> Source:
    origin = Source(folder / "origin")
    origin.git("clone", "-q", "--bare", str(origin.folder), str(folder / "user"))
    return at(folder / "user")


def with_alternates(folder: Path) -> Source:
    origin = Source(folder / "origin")
    origin.git("clone", "-q", "--shared", str(origin.folder), str(folder / "middle"))
    at(folder / "middle").git("clone", "-q", "--shared", str(folder / "middle"), str(folder / "user"))
    return at(folder / "user")


def sha256(folder: Path) -> Source:
    return Source(folder / "user", options=("--object-format=sha256",))


def replaced(folder: Path) -> Source:
    """A replace ref and a graft show a past that is not the commits' own."""
    source = plain(folder)
    first = source.git("rev-parse", "HEAD")
    second = source.commit({"x": "1\n"})
    tree = source.git("rev-parse", f"{first}^{{tree}}")
    other = source.git("commit-tree", tree, "-m", "another past")
    source.git("replace", second, other)
    (source.folder / ".git/info").mkdir(exist_ok=True)
    (source.folder / ".git/info/grafts").write_text(f"{second}\n")
    return source


def odd_settings(folder: Path) -> Source:
    source = plain(folder)
    source.commit(
        {"crlf.txt": "one\r\ntwo\n", ".gitattributes": "*.txt text eol=crlf\n*.utf working-tree-encoding=UTF-16\n"}
    )
    for key, value in (
        ("core.autocrlf", "true"),
        ("core.fileMode", "false"),
        ("core.ignoreCase", "true"),
        ("core.symlinks", "false"),
        ("core.precomposeUnicode", "true"),
        ("core.splitIndex", "true"),
        ("core.untrackedCache", "true"),
        ("index.version", "4"),
        ("extensions.worktreeConfig", "true"),
        ("receive.denyCurrentBranch", "refuse"),
        ("transfer.hideRefs", "refs/heads"),
    ):
        source.git("config", key, value)
    return source


def empty_tree(folder: Path) -> Source:
    return Source(folder / "user", {})


def large_file(folder: Path) -> Source:
    source = plain(folder)
    with (source.folder / "large.bin").open("wb") as file:
        file.truncate(60 * 1024 * 1024)
    source.git("add", "-A")
    source.git("commit", "-q", "-m", "large")
    return source


KINDS = (
    plain,
    with_submodules,
    with_lfs_pointers,
    shallow,
    detached,
    sparse,
    dirty,
    in_a_merge,
    odd_names,
    names_that_differ_by_case,
    loops_of_links,
    git_file,
    linked_worktree,
    bare,
    with_alternates,
    sha256,
    replaced,
    odd_settings,
    empty_tree,
    large_file,
)


def unborn(folder: Path) -> Path:
    source = at(folder / "user")
    source.folder.mkdir()
    source.git("init", "-q")
    return source.folder


def no_repository(folder: Path) -> Path:
    (folder / "user").mkdir()
    return folder / "user"


def broken_git_file(folder: Path) -> Path:
    (folder / "user").mkdir()
    (folder / "user/.git").write_text("gitdir: /nowhere\n")
    return folder / "user"


def partial_clone(folder: Path) -> Path:
    origin = Source(folder / "origin")
    origin.git("config", "uploadpack.allowFilter", "true")
    origin.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{origin.folder}", str(folder / "user"))
    return folder / "user"


def lost_object(folder: Path) -> Path:
    source = Source(folder / "user")
    blob = source.git("rev-parse", "HEAD:src/a.py")
    (source.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    return source.folder


def lost_alternate(folder: Path) -> Path:
    source = with_alternates(folder)
    shutil.rmtree(folder / "origin")
    return source.folder


REFUSED = (
    (unborn, "no commit"),
    (no_repository, "not in a git repository"),
    (broken_git_file, "repository"),
    (partial_clone, "not complete"),
    (lost_object, "not complete"),
    (lost_alternate, "repository at"),
)
