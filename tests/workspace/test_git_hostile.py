"""What an agent, or the repository it works on, leaves in a workspace must not be executed by git on the host."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from swarm.errors import WorkspaceError
from swarm.workspace.clone_workspace import CloneWorkspace
from swarm.workspace.tracked_folder import TrackedFolder
from tests.workspace.sources import Canary, Scene, files_below, new_scene, plain_git, write_files


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    return await new_scene(tmp_path)


@pytest.fixture
def canary(tmp_path: Path) -> Canary:
    return Canary(tmp_path / "canary")


@pytest.fixture
async def workspace(scene: Scene) -> CloneWorkspace:
    return await scene.workspaces.open("one", base_commit=scene.base)


async def _exercise(scene: Scene, workspace: CloneWorkspace) -> dict[str, str]:
    """Everything that the host does with a workspace; returns the files that were recorded."""
    (workspace.folder / "touched.py").write_text("1\n")
    tree = await workspace.snapshot()
    commit = await scene.intake.commit("one", tree=tree, parent=scene.base, message="one\n")
    await scene.run.changed_paths(scene.base, commit)
    await scene.run.diff(scene.base, commit)
    head = (await scene.run.merge(commit, head=scene.base, message="one\n")).head
    await scene.new_workspaces().open("one", base_commit=scene.base, tree=tree)
    await scene.workspaces.checkout(head, name="check")
    return await scene.tree_files(tree)


async def test_the_canary_sings_for_plain_git(scene: Scene, canary: Canary) -> None:
    canary.configure(scene.source.folder / ".git")
    plain_git(scene.source.folder, "status", check=False)
    with pytest.raises(AssertionError):
        canary.assert_silent()


async def test_configuration_and_hooks_of_the_agents_clone(
    scene: Scene, workspace: CloneWorkspace, canary: Canary
) -> None:
    canary.configure(workspace.folder / ".git")
    shutil.copytree(canary.hooks, workspace.folder / ".git/hooks")
    write_files(workspace.folder, {".gitattributes": "* filter=evil diff=evil merge=evil\n"})
    assert "touched.py" in await _exercise(scene, workspace)
    canary.assert_silent()


async def test_tracked_hooks_folder(scene: Scene, workspace: CloneWorkspace, canary: Canary) -> None:
    shutil.copytree(canary.hooks, workspace.folder / ".husky", symlinks=False)
    plain_git(workspace.folder, "config", "core.hooksPath", ".husky")
    assert ".husky/pre-commit" in await _exercise(scene, workspace)
    canary.assert_silent()


async def test_git_pointer_to_a_repository_of_the_agents(
    scene: Scene, workspace: CloneWorkspace, canary: Canary
) -> None:
    own = workspace.folder / "own"
    plain_git(workspace.folder, "init", "-q", "--bare", str(own))
    canary.configure(own)
    shutil.rmtree(workspace.folder / ".git")
    (workspace.folder / ".git").write_text(f"gitdir: {own}\n")
    write_files(workspace.folder, {".gitattributes": "* filter=evil\n"})
    assert "touched.py" in await _exercise(scene, workspace)
    canary.assert_silent()
    assert (workspace.folder / ".git").is_dir()


async def test_workspace_that_is_a_bare_repository_itself(
    scene: Scene, workspace: CloneWorkspace, canary: Canary
) -> None:
    shutil.rmtree(workspace.folder / ".git")
    plain_git(workspace.folder, "init", "-q", "--bare", ".")
    canary.configure(workspace.folder)
    plain_git(workspace.folder, "--git-dir=.", "config", "core.worktree", str(workspace.folder))
    files = await _exercise(scene, workspace)
    assert "config" in files
    canary.assert_silent()


async def test_embedded_repositories_are_left_out_and_said_so(
    scene: Scene, workspace: CloneWorkspace, canary: Canary
) -> None:
    for name in ("empty", "committed", "src/inner"):
        nested = workspace.folder / name
        nested.mkdir(parents=True)
        plain_git(nested, "init", "-q")
        write_files(nested, {"x.py": "1\n", ".gitattributes": "* filter=evil\n"})
    plain_git(workspace.folder / "committed", "add", "-A")
    plain_git(workspace.folder / "committed", "commit", "-q", "-m", "x")
    for name in ("empty", "committed", "src/inner"):
        canary.configure(workspace.folder / name / ".git")
    tree = await workspace.snapshot()
    assert sorted(left.path for left in workspace.left_out) == ["committed/", "empty/", "src/inner/"]
    assert "remove its .git" in str(workspace.left_out[0])
    listed = await scene.run.git.run("ls-tree", "-r", tree, git_dir=scene.intake.folder)
    assert "160000" not in listed.text
    shutil.rmtree(workspace.folder / "src/inner/.git")
    assert "src/inner/x.py" in await _exercise(scene, workspace)
    canary.assert_silent()


async def test_tracked_folder_that_becomes_a_repository(
    scene: Scene, workspace: CloneWorkspace, canary: Canary
) -> None:
    plain_git(workspace.folder / "src", "init", "-q")
    canary.configure(workspace.folder / "src/.git")
    write_files(workspace.folder, {"src/new.py": "1\n", "src/a.py": "a = 2\n"})
    files = await _exercise(scene, workspace)
    assert (files["src/new.py"], files["src/a.py"]) == ("1\n", "a = 2\n")
    canary.assert_silent()


async def test_submodule_that_the_agent_filled(tmp_path: Path, canary: Canary) -> None:
    scene = await new_scene(tmp_path)
    gitlink = f"160000,{scene.base},sub"
    scene.source.git("update-index", "--add", "--cacheinfo", gitlink)
    scene.source.git("commit", "-q", "-m", "submodule")
    base = scene.source.git("rev-parse", "HEAD")
    workspace = await scene.workspaces.open("one", base_commit=base)
    assert (workspace.folder / "sub").is_dir()
    assert await workspace.snapshot() == await scene.run.tree_of(base)
    plain_git(workspace.folder / "sub", "init", "-q")
    write_files(workspace.folder, {"sub/x": "1\n", "sub/.gitattributes": "* filter=evil\n"})
    plain_git(workspace.folder / "sub", "add", "-A")
    plain_git(workspace.folder / "sub", "commit", "-q", "-m", "x")
    canary.configure(workspace.folder / "sub/.git")
    write_files(workspace.folder, {"sub/x": "2\n"})
    assert await workspace.snapshot() == await scene.run.tree_of(base)
    assert [left.path for left in workspace.left_out] == ["sub"]
    await scene.new_workspaces().open("one", base_commit=base, tree=await workspace.snapshot())
    canary.assert_silent()


async def test_names_that_mean_git_elsewhere_are_left_out(scene: Scene, workspace: CloneWorkspace) -> None:
    names = [".GIT/config", "x/.Git/hooks/y", "git~1/x", ".git./x", "a\\b", ".g\u200cit/x", ".git:x"]
    write_files(workspace.folder, dict.fromkeys(names, "1\n"))
    (workspace.folder / ".gitmodules").symlink_to("README.md")
    files = await scene.tree_files(await workspace.snapshot())
    assert sorted(left.path for left in workspace.left_out) == sorted([*names, ".gitmodules"])
    assert set(files) == {"README.md", "src/a.py", "src/b.py", ".gitignore"}


async def test_special_and_huge_files_are_left_out_and_never_waited_for(
    scene: Scene, workspace: CloneWorkspace
) -> None:
    os.mkfifo(workspace.folder / "fifo")
    (workspace.folder / "src/a.py").unlink()
    os.mkfifo(workspace.folder / "src/a.py")
    with (workspace.folder / "huge.bin").open("wb") as huge:
        huge.truncate(1 << 40)
    async with asyncio.timeout(20):
        files = await scene.tree_files(await workspace.snapshot())
    assert {left.path for left in workspace.left_out} == {"huge.bin", "src/a.py"}
    assert files["src/a.py"] == "a = 1\n"
    assert "huge.bin" not in files


async def test_a_fifo_where_git_looks_for_a_repository_is_an_error(
    scene: Scene, workspace: CloneWorkspace, tmp_path: Path
) -> None:
    for folder in ("objects", "refs"):
        (workspace.folder / "trap/.git" / folder).mkdir(parents=True)
    os.mkfifo(workspace.folder / "trap/.git/HEAD")
    tracked = TrackedFolder(
        workspace.folder,
        index=workspace.folder.with_name("index"),
        lock=tmp_path / "x.lock",
        repository=scene.run.folder,
        git=scene.run.git,
        search_timeout_s=0.5,
    )
    with pytest.raises(WorkspaceError, match=r"stopped after 0\.5 s"):
        await tracked.record()
    with pytest.raises(WorkspaceError, match=r"stopped after 0\.5 s"):
        await tracked.restore(scene.base, fresh=False)


async def test_restoring_does_not_write_through_links(scene: Scene, workspace: CloneWorkspace, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write_files(outside, {"a.py": "mine\n", "b.py": "mine\n", "keep": "mine\n"})
    tree = await workspace.snapshot()
    shutil.rmtree(workspace.folder / "src")
    (workspace.folder / "src").symlink_to(outside)
    (workspace.folder / "README.md").unlink()
    (workspace.folder / "README.md").symlink_to(outside / "keep")
    (workspace.folder / "extra").symlink_to(outside)
    before = files_below(outside)
    await scene.new_workspaces().open("one", base_commit=scene.base, tree=tree)
    assert files_below(outside) == before
    assert files_below(workspace.folder) == files_below(scene.source.folder)


async def test_a_folder_name_that_looks_like_an_option(scene: Scene, workspace: CloneWorkspace) -> None:
    write_files(workspace.folder, {"-rf": "1\n", "--help": "1\n", ":(top)x": "1\n", "*": "1\n"})
    files = await scene.tree_files(await workspace.snapshot())
    assert {"-rf", "--help", ":(top)x", "*"} <= set(files)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a file away")
async def test_a_user_repository_of_another_owner_works(tmp_path: Path) -> None:
    scene = await new_scene(tmp_path)
    subprocess.run(["chown", "-R", "65534:65534", str(scene.source.folder)], check=True)
    assert (await scene.source.inspect()).head_commit == scene.base
