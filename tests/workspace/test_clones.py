import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from swarm.errors import WorkspaceError
from swarm.protocols import Workspace, Workspaces
from swarm.workspace.clone_workspace import CloneWorkspace
from tests.workspace.sources import Scene, files_below, new_scene, plain_git, until, write_files


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    return await new_scene(tmp_path)


async def test_a_new_workspace_is_a_clean_clone(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    assert files_below(workspace.folder) == files_below(scene.source.folder)
    assert plain_git(workspace.folder, "rev-parse", "HEAD") == scene.base
    assert plain_git(workspace.folder, "status", "--porcelain", "--branch") == "## work"
    assert plain_git(workspace.folder, "log", "--format=%s") == "change"
    plain_git(workspace.folder, "fsck")
    assert workspace.files.read("src/a.py") == b"a = 1\n"
    seams: tuple[Workspaces, Workspace] = (scene.workspaces, workspace)
    assert all(seams)


async def test_an_agent_can_use_git_freely(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(workspace.folder, {"x.py": "1\n"})
    plain_git(workspace.folder, "checkout", "-q", "-b", "mine")
    plain_git(workspace.folder, "add", "-A")
    plain_git(workspace.folder, "commit", "-q", "-m", "mine")
    tree = await workspace.snapshot()
    assert (await scene.tree_files(tree))["x.py"] == "1\n"
    assert scene.source.git("branch", "--list") == "* main"


async def test_commands_run_in_the_folder_and_take_a_slot(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    result = await workspace.run("cat src/a.py; echo 1 > made", timeout_s=30)
    assert result.exit_code == 0
    assert result.output == "a = 1\n"
    running = [asyncio.create_task(workspace.run(f"mkfifo {n}; cat {n}", timeout_s=30)) for n in range(3)]
    await until(lambda: len(list(workspace.folder.glob("[0-9]"))) == 2)
    assert not (workspace.folder / "2").exists()  # two slots
    for name in "012":
        await until((workspace.folder / name).exists)
        await asyncio.to_thread((workspace.folder / name).write_text, "go")
    await asyncio.gather(*running)


async def test_snapshot_records_every_kind_of_change(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    base_tree = await workspace.snapshot()
    assert base_tree == await scene.run.tree_of(scene.base)
    folder = workspace.folder
    write_files(
        folder, {"src/a.py": "a = 2\n", "deep/er/new.py": "n\n", "build/out.o": "o\n", "line\nend\x1b": "odd\n"}
    )
    (folder / "src/b.py").unlink()
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "README.md").chmod(0o755)
    (folder / os.fsdecode(b"\xff.bin")).write_bytes(b"\0\xff")
    tree = await workspace.snapshot()
    assert workspace.left_out == ()
    files = await scene.tree_files(tree)
    names = {".gitignore", "README.md", "deep/er/new.py", "line\nend\x1b", "link", "src/a.py", os.fsdecode(b"\xff.bin")}
    assert set(files) == names
    assert files["link"] == "/etc/passwd"
    listed = await scene.run.git.run("ls-tree", tree, "--", "README.md", git_dir=scene.intake.folder)
    assert listed.text.startswith("100755")
    assert await workspace.snapshot() == tree
    ref = await scene.run.git.run("rev-parse", "refs/snapshots/one", git_dir=scene.intake.folder)
    assert ref.text == tree


async def test_snapshot_follows_files_that_become_folders_and_links(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    folder = workspace.folder
    (folder / "README.md").unlink()
    write_files(folder, {"README.md/inside": "1\n", "copy/a.py": "other\n", "copy/b.py": "b = 1\n"})
    shutil.rmtree(folder / "src")
    (folder / "src").symlink_to("copy")
    tree = await workspace.snapshot()
    files = await scene.tree_files(tree)
    assert files["README.md/inside"] == "1\n"
    assert files["src"] == "copy"
    assert not [name for name in files if name.startswith("src/")]
    (folder / "src").unlink()
    (folder / "src").write_text("a file\n")
    shutil.rmtree(folder / "README.md")
    (folder / "README.md").mkdir()
    files = await scene.tree_files(await workspace.snapshot())
    assert files["src"] == "a file\n"
    assert not [name for name in files if name.startswith("README")]


async def test_bytes_are_kept_whatever_attributes_say(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    attributes = "* text=auto eol=crlf ident\n*.u text working-tree-encoding=UTF-16\n"
    content = {".gitattributes": attributes, "mixed.txt": "a\r\nb\n$Id: x$\n", "x.u": "not utf-16\n"}
    for name, text in content.items():
        (workspace.folder / name).write_bytes(text.encode())
    tree = await workspace.snapshot()
    again = await scene.workspaces.open("two", base_commit=scene.base, tree=tree)
    for name, text in content.items():
        assert (again.folder / name).read_bytes() == text.encode()


async def test_open_again_brings_back_exactly_the_tree(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    folder = workspace.folder
    write_files(folder, {"keep.py": "1\n", "src/a.py": "a = 2\n"})
    tree = await workspace.snapshot()
    wanted = files_below(folder)
    write_files(folder, {"later.py": "1\n", "src/a.py": "a = 3\n", "build/cache": "ignored\n", "new/dir/x": "1\n"})
    (folder / "keep.py").unlink()
    plain_git(folder, "init", "-q", "nested")
    write_files(folder, {"nested/x": "1\n"})
    plain_git(folder, "stash", "push", "-q", "src/a.py")
    again = await scene.new_workspaces().open("one", base_commit=scene.base, tree=tree)
    assert files_below(folder) == {**wanted, "build/cache": "ignored\n"}
    assert await again.snapshot() == tree
    assert plain_git(folder, "stash", "list") != ""  # what the agent keeps in its own clone survives
    assert not (folder / "nested").exists()
    assert not (folder / "new").exists()


async def test_after_a_reboot_no_file_is_believed_unread(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    tree, file = await workspace.snapshot(), workspace.folder / "src/a.py"
    written = file.stat().st_mtime_ns
    await scene.new_workspaces().open("one", base_commit=scene.base, tree=tree)
    assert file.stat().st_mtime_ns == written
    monkeypatch.setattr("swarm.workspace.clone_workspace.boot_id", lambda: "another boot")
    await scene.new_workspaces().open("one", base_commit=scene.base, tree=tree)
    rewritten = file.stat().st_mtime_ns
    assert rewritten != written, "a power cut may have left size and times without the bytes"
    await scene.new_workspaces().open("one", base_commit=scene.base, tree=tree)
    assert file.stat().st_mtime_ns == rewritten
    assert files_below(workspace.folder) == files_below(scene.source.folder)


async def test_open_again_without_tree_is_the_base(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(workspace.folder, {"src/a.py": "a = 2\n", "x": "1\n"})
    await scene.workspaces.open("one", base_commit=scene.base)
    assert files_below(workspace.folder) == files_below(scene.source.folder)


def _missing_index(attempt: Path) -> None:
    (attempt / "index").unlink()


def _broken_index(attempt: Path) -> None:
    (attempt / "index").write_bytes(b"DIRC\0\0")


def _locks(attempt: Path) -> None:
    for lock in ("index.lock", "work/.git/index.lock", "work/.git/HEAD.lock", "work/.git/refs/heads/work.lock"):
        (attempt / lock).write_text("")


def _no_clone(attempt: Path) -> None:
    shutil.rmtree(attempt / "work/.git")


def _half_clone(attempt: Path) -> None:
    (attempt / "work/.git/HEAD").unlink()
    (attempt / "git.new").mkdir()


def _clone_is_a_file(attempt: Path) -> None:
    shutil.rmtree(attempt / "work/.git")
    (attempt / "work/.git").write_text("gitdir: /nonexistent\n")


def _head_is_a_fifo(attempt: Path) -> None:
    (attempt / "work/.git/HEAD").unlink()
    os.mkfifo(attempt / "work/.git/HEAD")


def _other_alternates(attempt: Path) -> None:
    (attempt / "work/.git/objects/info/alternates").write_text("/nonexistent\n")


def _no_files(attempt: Path) -> None:
    shutil.rmtree(attempt / "work")
    (attempt / "work").mkdir()


def _work_is_a_link(attempt: Path) -> None:
    (attempt / "work").rename(attempt.parent.parent / "elsewhere")
    (attempt / "work").symlink_to(attempt.parent.parent / "elsewhere")


def _work_is_a_file(attempt: Path) -> None:
    shutil.rmtree(attempt / "work")
    (attempt / "work").write_text("")


DAMAGES = [
    _missing_index,
    _broken_index,
    _locks,
    _no_clone,
    _half_clone,
    _clone_is_a_file,
    _head_is_a_fifo,
    _other_alternates,
    _no_files,
    _work_is_a_link,
    _work_is_a_file,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
async def test_open_again_repairs(scene: Scene, damage) -> None:  # type: ignore[no-untyped-def]
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(workspace.folder, {"x.py": "1\n"})
    tree = await workspace.snapshot()
    damage(scene.folder / "run/attempts/one")
    again = await scene.new_workspaces().open("one", base_commit=scene.base, tree=tree)
    assert not again.folder.is_symlink()
    assert files_below(again.folder)["x.py"] == "1\n"
    assert await again.snapshot() == tree
    assert plain_git(again.folder, "rev-parse", "HEAD") == scene.base
    plain_git(again.folder, "add", "-A")
    plain_git(again.folder, "commit", "-q", "--allow-empty", "-m", "works")


async def test_stale_locks_cost_no_ignored_files(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(workspace.folder, {"build/cache": "ignored\n"})
    _locks(scene.folder / "run/attempts/one")
    await workspace.snapshot()
    _locks(scene.folder / "run/attempts/one")
    await scene.new_workspaces().open("one", base_commit=scene.base)
    assert (workspace.folder / "build/cache").exists()


async def test_a_tree_that_is_not_there_costs_nothing(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(workspace.folder, {"build/cache": "ignored\n"})
    with pytest.raises(WorkspaceError):
        await scene.workspaces.open("one", base_commit=scene.base, tree="1" * 40)
    assert (workspace.folder / "build/cache").exists()


async def test_close_removes_and_snapshots_stay(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(workspace.folder, {"x.py": "1\n"})
    tree = await workspace.snapshot()
    await scene.workspaces.close("one")
    assert not workspace.folder.parent.exists()
    await scene.workspaces.close("one")
    assert "x.py" in files_below((await scene.workspaces.open("two", base_commit=scene.base, tree=tree)).folder)


async def test_nothing_is_left_when_the_run_is_over(scene: Scene) -> None:
    await asyncio.gather(*(scene.workspaces.open(f"a{number}", base_commit=scene.base) for number in range(6)))
    await scene.workspaces.close("a0")
    stubborn = (await scene.workspaces.checkout(scene.base, name="check")).folder / "locked"
    stubborn.mkdir()
    (stubborn / "x").touch()
    stubborn.chmod(0)
    await scene.workspaces.close_all()
    assert [entry.name for entry in (scene.folder / "run").iterdir() if entry.name.startswith("attempts")] == []
    await scene.workspaces.close_all()  # it may be killed on the way, and is done again then


async def test_trees_that_are_too_deep_for_recursion_are_removed(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    attempts = workspace.folder.parent.parent
    script = "import os\nfor _ in range(2000): os.mkdir('d'); os.chdir('d')\nos.chmod('.', 0)"
    try:
        made = await workspace.run(f'python3 -c "{script}"', timeout_s=60)
        assert made.exit_code == 0, made.output
        await scene.workspaces.close("one")
        await scene.workspaces.open("two", base_commit=scene.base)
        assert sorted(path.name for path in attempts.iterdir() if path.is_dir()) == ["two"]
    finally:
        subprocess.run(["rm", "-rf", str(attempts)], check=True)  # pytest could not clean up after a failure


async def test_checkout_is_clean_each_time(scene: Scene) -> None:
    commit = await scene.commit("one", {"x.py": "1\n"})
    checkout = await scene.workspaces.checkout(commit, name="check-one")
    write_files(checkout.folder, {"build/out": "stale\n", "x.py": "changed\n"})
    again = await scene.workspaces.checkout(commit, name="check-one")
    assert files_below(again.folder)["x.py"] == "1\n"
    assert not (again.folder / "build").exists()
    assert plain_git(again.folder, "log", "--format=%an", "-1") == "swarm"


async def test_forty_at_once(scene: Scene) -> None:
    async def work(number: int) -> str:
        workspace = await scene.workspaces.open(f"n{number}", base_commit=scene.base)
        write_files(workspace.folder, {f"n{number}.py": f"{number}\n"})
        tree = await workspace.snapshot()
        return await scene.intake.commit(f"n{number}", tree=tree, parent=scene.base, message=f"{number}\n")

    commits = await asyncio.gather(*(work(number) for number in range(40)))
    head = scene.base
    for commit in commits:
        head = (await scene.run.merge(commit, head=head, message="merge\n")).head
    assert len(await scene.tree_files(head)) == 44
    await scene.run.git.run("fsck", "--strict", git_dir=scene.run.folder)


async def test_cancelled_open_can_be_done_again(scene: Scene) -> None:
    async def opened() -> CloneWorkspace:
        return await scene.workspaces.open("one", base_commit=scene.base)

    for turns in range(0, 60, 3):
        task = asyncio.create_task(opened())
        for _ in range(turns):
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert files_below((await opened()).folder) == files_below(scene.source.folder)
        await scene.workspaces.close("one")


async def test_closed_workspaces_are_removed_beside_the_work(scene: Scene) -> None:
    attempts = scene.folder / "run/attempts"
    for name in ("old", "one", "two"):
        await scene.workspaces.open(name, base_commit=scene.base)
    fresh = scene.new_workspaces()  # as after a kill
    sweeper = asyncio.create_task(fresh.keep_swept(await fresh.leftovers(keep=["one", "two"])))
    await until(lambda: not (attempts / "old").exists())
    await fresh.close("one")
    assert not (attempts / "one").exists()
    await until(lambda: not [path for path in attempts.iterdir() if path.name.startswith((".gone", "one"))])
    sweeper.cancel()
    await asyncio.wait([sweeper])
    await fresh.close("two")  # nobody sweeps any more
    assert not [path for path in attempts.iterdir() if "two" in path.name]


async def test_what_was_put_away_and_not_removed_is_a_leftover(scene: Scene) -> None:
    attempts = scene.folder / "run/attempts"
    await scene.workspaces.open("one", base_commit=scene.base)
    (attempts / "one").rename(attempts / ".gone-1-one")
    assert await scene.new_workspaces().leftovers(keep=["one"]) == [".gone-1-one"]
