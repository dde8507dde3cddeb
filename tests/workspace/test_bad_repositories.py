"""Repositories of every odd kind, each through the whole life of a run's work, and agents that ruin their clones."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from swarm.errors import RepositoryError, WorkspaceError
from swarm.workspace.bare_repository import BareRepository
from swarm.workspace.clone_workspace import CloneWorkspace
from swarm.workspace.publication import publish
from tests.workspace.odd_repositories import KINDS, REFUSED, at
from tests.workspace.sources import FILES, Scene, Source, new_intake, new_scene, plain_git, write_files


async def listed(repository: BareRepository, commit: str) -> dict[bytes, bytes]:
    """Return mode and id of everything in a commit, by path."""
    answer = await repository.git.run("ls-tree", "-r", "-z", commit, git_dir=repository.folder)
    entries = (entry.split(b"\t", 1) for entry in answer.stdout.split(b"\0") if entry)
    return {path: facts for facts, path in entries}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_work_on_an_odd_repository_changes_what_the_agent_changed_and_nothing_else(
    tmp_path: Path, kind: Callable[[Path], Source]
) -> None:
    source = kind(tmp_path)
    status = source.git("status", "--porcelain", check=False)
    branch = source.git("symbolic-ref", "-q", "HEAD", check=False)
    intake = await new_intake(tmp_path, source)
    run = intake.run
    base = await run.head()
    scene = Scene(tmp_path, source, intake, base)
    workspace = await scene.workspaces.open("one", base_commit=base)
    assert await workspace.snapshot() == await run.tree_of(base), workspace.left_out
    write_files(workspace.folder, {"added/by agent.txt": "1\r\n"})
    tree = await workspace.snapshot()
    reopened = await scene.new_workspaces().open("one", base_commit=base, tree=tree)
    assert await reopened.snapshot() == tree
    commit = await intake.commit("one", tree=tree, parent=base, message="one\n")
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


@pytest.mark.parametrize(
    ("kind", "words"),
    REFUSED,
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
    commit = await scene.intake.commit("one", tree=tree, parent=scene.base, message="one\n")
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
    return {os.fsdecode(name) for name in await listed(scene.intake, tree)}
