from pathlib import Path

import pytest

from swarm.errors import RepositoryError
from swarm.workspace.publication import merge_into_user_branch, publish
from tests.workspace.sources import Canary, Scene, files_below, new_scene

BRANCH = "swarm/r1"


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    """A run that changed src/a.py and added new.py."""
    scene = await new_scene(tmp_path)
    commit = await scene.commit("one", {"src/a.py": "a = 2\n", "new.py": "1\n"})
    await scene.run.merge(commit, head=scene.base, message="one\n")
    return scene


async def test_publish_adds_the_branch_and_nothing_else(scene: Scene) -> None:
    scene.source.write({"src/b.py": "local\n"})
    files, status = files_below(scene.source.folder), scene.source.git("status", "--porcelain")
    published = await publish(scene.run, await scene.source.inspect())
    head = await scene.run.head()
    assert (published.branch, published.commit, published.note) == (scene.run.branch, head, "")
    assert scene.source.git("rev-parse", BRANCH) == head
    assert scene.source.git("for-each-ref", "--format=%(refname)").split() == ["refs/heads/main", scene.run.branch]
    assert files_below(scene.source.folder) == files
    assert scene.source.git("status", "--porcelain") == status
    assert not (scene.source.folder / ".git/FETCH_HEAD").exists()
    scene.source.git("fsck", "--strict")
    assert (await publish(scene.run, await scene.source.inspect())).commit == head


async def test_publish_moves_the_branch_forward(scene: Scene) -> None:
    await publish(scene.run, await scene.source.inspect())
    head = await scene.run.head()
    two = await scene.commit("two", {"src/b.py": "b = 2\n"}, base=head)
    newer = await scene.run.merge(two, head=head, message="two\n")
    assert (await publish(scene.run, await scene.source.inspect())).commit == newer.head
    assert scene.source.git("rev-parse", BRANCH) == newer.head


async def test_publish_leaves_what_is_not_the_runs(scene: Scene) -> None:
    user = await scene.source.inspect()
    scene.source.git("branch", "swarm")
    assert "in the way" in (await publish(scene.run, user)).note
    scene.source.git("branch", "-D", "swarm")
    scene.source.git("checkout", "-q", "-b", BRANCH)
    assert "checked out" in (await publish(scene.run, user)).note
    own = scene.source.commit({"own.py": "1\n"})
    scene.source.git("checkout", "-q", "main")
    published = await publish(scene.run, user)
    assert "not the run's" in published.note
    assert published.commit == ""
    assert scene.source.git("rev-parse", BRANCH) == own


async def test_publish_executes_nothing(scene: Scene, tmp_path: Path) -> None:
    canary = Canary(tmp_path / "canary")
    canary.configure(scene.source.folder / ".git")
    head = await scene.run.head()
    commit = await scene.commit("two", {".gitattributes": "* filter=evil diff=evil merge=evil\n"}, base=head)
    await scene.run.merge(commit, head=head, message="two\n")
    scene.source.write({"src/b.py": "local\n"})
    (scene.source.folder / "src/a.py").touch()
    user = await scene.source.inspect()
    assert (await publish(scene.run, user)).commit
    await merge_into_user_branch(scene.run, user, branch="refs/heads/main", message="m\n")
    assert files_below(scene.source.folder)["new.py"] == "1\n"
    canary.assert_silent()


async def test_odd_files_do_not_hold_a_result_back(scene: Scene) -> None:
    head = await scene.run.head()
    odd = {".gitmodules": '[submodule "x"]\n\tpath = -x\n\turl = -u\n', ".gitattributes": f"{'a' * 5000} text\n"}
    commit = await scene.commit("odd", odd, base=head)
    merged = await scene.run.merge(commit, head=head, message="odd\n")
    assert (await publish(scene.run, await scene.source.inspect())).commit == merged.head


async def test_fast_forward_of_the_checked_out_branch(scene: Scene) -> None:
    scene.source.write({"src/b.py": "local\n", "notes.txt": "mine\n"})
    user = await scene.source.inspect()
    merged = await merge_into_user_branch(scene.run, user, branch="refs/heads/main", message="m\n")
    assert merged.fast_forward
    assert merged.changed_paths == ("new.py", "src/a.py")
    assert scene.source.git("rev-parse", "main") == await scene.run.head()
    assert scene.source.git("status", "--porcelain") == "M src/b.py\n?? notes.txt"
    files = files_below(scene.source.folder)
    assert (files["src/a.py"], files["new.py"], files["src/b.py"]) == ("a = 2\n", "1\n", "local\n")
    again = await merge_into_user_branch(scene.run, user, branch="refs/heads/main", message="m\n")
    assert again.changed_paths == ()


async def test_merge_commit_when_the_user_went_on(scene: Scene) -> None:
    mine = scene.source.commit({"mine.py": "1\n"})
    user = await scene.source.inspect()
    merged = await merge_into_user_branch(scene.run, user, branch="refs/heads/main", message="Merge the run\n")
    assert not merged.fast_forward
    parents = scene.source.git("rev-list", "--parents", "-1", "main").split()
    assert parents == [merged.commit, mine, await scene.run.head()]
    assert scene.source.git("status", "--porcelain") == ""
    assert files_below(scene.source.folder)["new.py"] == "1\n"
    scene.source.git("fsck", "--strict")


async def test_a_merge_cut_short_after_the_files_completes(scene: Scene) -> None:
    scene.source.commit({"mine.py": "1\n"})
    user = await scene.source.inspect()
    before = scene.source.git("rev-parse", "main")
    merged = await merge_into_user_branch(scene.run, user, branch="refs/heads/main", message="m\n")
    scene.source.git("update-ref", "refs/heads/main", before)  # as if killed before the branch moved
    assert (await merge_into_user_branch(scene.run, user, branch="refs/heads/main", message="m\n")) == merged
    assert scene.source.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("local", "staged"),
    [({"src/a.py": "mine\n"}, False), ({"src/a.py": "mine\n"}, True), ({"new.py": "mine\n"}, False)],
)
async def test_local_changes_in_the_way_are_named(scene: Scene, local: dict[str, str], staged: bool) -> None:
    before = scene.source.git("rev-parse", "main")
    scene.source.write(local)
    if staged:
        scene.source.git("add", "-A")
    user = await scene.source.inspect()
    with pytest.raises(RepositoryError, match=next(iter(local))) as failure:
        await merge_into_user_branch(scene.run, user, branch="refs/heads/main", message="m\n")
    assert "stash" in failure.value.hint
    assert scene.source.git("rev-parse", "main") == before
    name, content = next(iter(local.items()))
    assert (scene.source.folder / name).read_text() == content


async def test_touched_but_equal_files_are_not_in_the_way(scene: Scene) -> None:
    (scene.source.folder / "src/a.py").touch()
    user = await scene.source.inspect()
    assert (await merge_into_user_branch(scene.run, user, branch="refs/heads/main", message="m\n")).fast_forward


async def test_conflicts_are_named_and_change_nothing(scene: Scene) -> None:
    before = scene.source.commit({"src/a.py": "a = 9\n"})
    user = await scene.source.inspect()
    with pytest.raises(RepositoryError, match=r"src/a\.py") as failure:
        await merge_into_user_branch(scene.run, user, branch="refs/heads/main", message="m\n")
    assert f"git merge {BRANCH}" in failure.value.hint
    assert scene.source.git("rev-parse", "main") == before
    assert scene.source.git("status", "--porcelain") == ""


async def test_other_branches(scene: Scene, tmp_path: Path) -> None:
    scene.source.git("branch", "side")
    user = await scene.source.inspect()
    await merge_into_user_branch(scene.run, user, branch="refs/heads/side", message="m\n")
    assert scene.source.git("rev-parse", "side") == await scene.run.head()
    assert files_below(scene.source.folder)["src/a.py"] == "a = 1\n"
    with pytest.raises(RepositoryError, match="no branch"):
        await merge_into_user_branch(scene.run, user, branch="refs/heads/none", message="m\n")
    scene.source.git("branch", "linked", scene.base)
    scene.source.git("worktree", "add", "-q", str(tmp_path / "linked"), "linked")
    with pytest.raises(RepositoryError, match="checked out in"):
        await merge_into_user_branch(scene.run, user, branch="refs/heads/linked", message="m\n")
