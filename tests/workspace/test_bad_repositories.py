"""Repositories of every odd kind, each through the whole life of a run's work, and agents that ruin their clones."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from swarm.errors import RepositoryError, WorkspaceError
from swarm.workspace.clone_workspace import CloneWorkspace
from swarm.workspace.publication import publish
from swarm.workspace.repository import RunRepository
from tests.workspace.sources import FILES, Scene, Source, new_run, new_scene, plain_git, write_files


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


async def listed(run: RunRepository, commit: str) -> dict[bytes, bytes]:
    """Return mode and id of everything in a commit, by path."""
    answer = await run.git.run("ls-tree", "-r", "-z", commit, git_dir=run.folder)
    entries = (entry.split(b"\t", 1) for entry in answer.stdout.split(b"\0") if entry)
    return {path: facts for facts, path in entries}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_work_on_an_odd_repository_changes_what_the_agent_changed_and_nothing_else(
    tmp_path: Path, kind: Callable[[Path], Source]
) -> None:
    source = kind(tmp_path)
    status = source.git("status", "--porcelain", check=False)
    branch = source.git("symbolic-ref", "-q", "HEAD", check=False)
    run = await new_run(tmp_path, source)
    base = await run.head()
    scene = Scene(tmp_path, source, run, base)
    workspace = await scene.workspaces.open("one", base_commit=base)
    assert await workspace.snapshot() == await run.tree_of(base), workspace.left_out
    write_files(workspace.folder, {"added/by agent.txt": "1\r\n"})
    tree = await workspace.snapshot()
    reopened = await scene.new_workspaces().open("one", base_commit=base, tree=tree)
    assert await reopened.snapshot() == tree
    commit = await run.commit("one", tree=tree, parent=base, message="one\n")
    assert await run.changed_paths(base, commit) == ("added/by agent.txt",)
    merged = await run.merge(commit, head=base, message="merge\n")
    before, after = await listed(run, base), await listed(run, merged.head)
    assert {path for path in after if after[path] != before.get(path)} == {b"added/by agent.txt"}
    assert before.keys() <= after.keys()
    check = await scene.workspaces.checkout(merged.head, name="check")
    assert (check.folder / "added/by agent.txt").read_bytes() == b"1\r\n"
    published = await publish(run, await source.inspect())
    assert (published.commit, published.note) == (merged.head, "")
    assert source.git("rev-parse", "refs/heads/swarm/r1") == merged.head
    assert source.git("status", "--porcelain", check=False) == status
    assert source.git("symbolic-ref", "-q", "HEAD", check=False) == branch
    fsck = plain_git(source.folder, "--no-replace-objects", "fsck", "--no-dangling", "--connectivity-only", "swarm/r1")
    assert "missing" not in fsck


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


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (unborn, "no commit"),
        (no_repository, "not in a git repository"),
        (broken_git_file, "repository"),
        (partial_clone, "not complete"),
        (lost_object, "not complete"),
        (lost_alternate, "repository at"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_cannot_be_worked_on_is_one_clear_error(
    tmp_path: Path, kind: Callable[[Path], Path], words: str
) -> None:
    folder = kind(tmp_path)
    with pytest.raises(RepositoryError, match=words) as caught:
        await at(folder).inspect()
    assert str(folder) in caught.value.message
    assert caught.value.hint or "git" in caught.value.message


def deletes_git(workspace: CloneWorkspace) -> None:
    shutil.rmtree(workspace.folder / ".git")


def puts_garbage_into_git(workspace: CloneWorkspace) -> None:
    for file in [path for path in (workspace.folder / ".git").rglob("*") if path.is_file()]:
        file.write_bytes(b"\0garbage")


def links_git_away(workspace: CloneWorkspace) -> None:
    shutil.rmtree(workspace.folder / ".git")
    (workspace.folder / ".git").symlink_to("/etc")


def makes_git_a_fifo(workspace: CloneWorkspace) -> None:
    shutil.rmtree(workspace.folder / ".git")
    os.mkfifo(workspace.folder / ".git")


def rewrites_history(workspace: CloneWorkspace) -> None:
    plain_git(workspace.folder, "checkout", "-q", "--orphan", "new")
    plain_git(workspace.folder, "commit", "-q", "-m", "nothing was before")
    plain_git(workspace.folder, "branch", "-D", "work", check=False)
    plain_git(workspace.folder, "reflog", "expire", "--expire=now", "--all")
    plain_git(workspace.folder, "gc", "-q", "--prune=now")


def commits_garbage(workspace: CloneWorkspace) -> None:
    plain_git(workspace.folder, "hash-object", "-w", "--stdin", "-t", "commit", "--literally", check=False)
    write_files(workspace.folder, {".git/refs/heads/work": "0" * 40 + "\n", ".git/HEAD": "garbage\n"})


def detaches_and_resets(workspace: CloneWorkspace) -> None:
    write_files(workspace.folder, {"lost.py": "1\n"})
    plain_git(workspace.folder, "add", "-A")
    plain_git(workspace.folder, "commit", "-q", "-m", "lost")
    plain_git(workspace.folder, "reset", "-q", "--hard", "HEAD^")
    plain_git(workspace.folder, "checkout", "-q", "--detach")


def points_objects_elsewhere(workspace: CloneWorkspace) -> None:
    write_files(workspace.folder, {".git/objects/info/alternates": "/nowhere\n"})


MISDEEDS = (
    deletes_git,
    puts_garbage_into_git,
    links_git_away,
    makes_git_a_fifo,
    rewrites_history,
    commits_garbage,
    detaches_and_resets,
    points_objects_elsewhere,
)


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=lambda misdeed: misdeed.__name__)
async def test_whatever_an_agent_does_to_its_clone_its_files_count(
    tmp_path: Path, misdeed: Callable[[CloneWorkspace], None]
) -> None:
    scene = await new_scene(tmp_path)
    first = await scene.commit("other", {"other.py": "1\n"})
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    misdeed(workspace)
    write_files(workspace.folder, {"new.py": "1\n"})
    tree = await workspace.snapshot()
    assert set(await scene.tree_files(tree)) == {*FILES, "new.py"}
    commit = await scene.run.commit("one", tree=tree, parent=scene.base, message="one\n")
    head = (await scene.run.merge(first, head=scene.base, message="m\n")).head
    merged = await scene.run.merge(commit, head=head, message="m\n")
    assert set(await scene.tree_files(merged.head)) == {*FILES, "new.py", "other.py"}
    again = await scene.new_workspaces().open("one", base_commit=scene.base, tree=tree)
    assert plain_git(again.folder, "status", "--porcelain", check=False).strip() in ("?? new.py", "A  new.py", "")
    await scene.run.git.run("fsck", "--no-dangling", git_dir=scene.run.folder)


async def test_files_that_cannot_be_read_are_left_out_and_said(tmp_path: Path) -> None:
    scene = await new_scene(tmp_path)
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    nested = workspace.folder / "nested"
    nested.mkdir()
    plain_git(nested, "init", "-q")
    os.mkfifo(workspace.folder / "fifo")
    write_files(workspace.folder, {"kept.py": "1\n"})
    tree = await workspace.snapshot()
    assert "kept.py" in await scene.tree_files(tree)
    assert any("nested" in str(left) for left in workspace.left_out)


async def test_a_snapshot_without_room_is_an_error_and_the_next_one_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await new_scene(tmp_path)
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    with (workspace.folder / "a.bin").open("wb") as file:
        file.write(os.urandom(4096))
    monkeypatch.setattr("swarm.workspace.tracked_folder.LARGEST_CHANGE", 1000)
    with pytest.raises(WorkspaceError, match="more than a snapshot may hold"):
        await workspace.snapshot()
    monkeypatch.undo()
    assert "a.bin" in await _names(scene, await workspace.snapshot())


async def _names(scene: Scene, tree: str) -> set[str]:
    return {os.fsdecode(name) for name in await listed(scene.run, tree)}
