import asyncio
import shutil
from pathlib import Path

import pytest

from swarm.core.stimuli import (
    MergeAttempt,
    MergeDone,
    MergeFailed,
    MergeRemoved,
    PauseAsked,
    RemovalFailed,
    RemoveMerge,
)
from swarm.errors import RepositoryError, WorkspaceError
from swarm.integrator import merge_attempt, remove_merge
from swarm.protocols import Branch, Merge
from swarm.workspace.bare_repository import path_name
from swarm.workspace.git import Git
from swarm.workspace.repository import RunRepository, branch_of
from swarm.workspace.writing import write_object
from tests.workspace.sources import Canary, Scene, Source, new_intake, new_run, new_scene, plain_git


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    return await new_scene(tmp_path)


def test_names_for_paths_and_refs() -> None:
    assert path_name("parser-2.1") == "parser-2.1"
    awkward = ["a..b", "a.lock", ".a", "a.", "-a", "a/b", "a b", "a%2fb", "a...b", "ä", "a~1", "x.lock.lock"]
    names = [path_name(name) for name in awkward]
    assert len(set(names)) == len(awkward)
    for name in names:
        assert "/" not in name
        assert ".." not in name
        assert not name.endswith((".", ".lock"))
        assert not name.startswith((".", "-"))
    assert branch_of("r1") == "refs/heads/swarm/r1"


async def test_create_is_idempotent_and_copies_no_objects(scene: Scene, tmp_path: Path) -> None:
    assert await scene.run.head() == scene.base
    commit = await scene.commit("one", {"new.py": "1\n"})
    merge = await scene.run.merge(commit, head=scene.base, message="one\n")
    again = await new_run(tmp_path, scene.source)
    assert await again.head() == merge.head
    opened = RunRepository.open(scene.run.folder, run_id="r1", git=Git())
    assert await opened.head() == merge.head
    assert scene.run.objects == (scene.run.folder / "objects", scene.source.folder / ".git/objects")
    checked: Branch = opened
    assert checked is opened


async def test_create_repairs_what_a_kill_left(scene: Scene, tmp_path: Path) -> None:
    folder = scene.run.folder
    half_made = folder.with_name("repository.git.new")
    folder.rename(half_made)
    (half_made / "config").unlink()
    run = await new_run(tmp_path, scene.source)
    assert await run.head() == scene.base
    assert not half_made.exists()
    (folder / run.branch).unlink()
    (folder / f"{run.branch}.lock").write_text("")
    (folder / "packed-refs.lock").write_text("")
    (folder / "objects/info/alternates").unlink()
    run = await new_run(tmp_path, scene.source)
    commit = await scene.commit("one", {"new.py": "1\n"})
    assert (await run.merge(commit, head=scene.base, message="one\n")).head == await run.head()


async def test_a_moved_user_repository_is_linked_again(scene: Scene, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    scene.source.folder.rename(moved)
    scene.source.folder = moved
    run = await new_run(tmp_path, scene.source)
    assert await run.read_file(scene.base, "README.md") == b"hello\n"


async def test_create_refuses_a_commit_that_is_not_there(scene: Scene, tmp_path: Path) -> None:
    user = await scene.source.inspect()
    with pytest.raises(RepositoryError, match="not in the repository"):
        await RunRepository.create(tmp_path / "other.git", user=user, base_commit="1" * 40, run_id="r2", git=Git())
    with pytest.raises(RepositoryError, match="no repository"):
        RunRepository.open(tmp_path / "none.git", run_id="r1", git=Git())


async def test_commits_are_the_same_each_time(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    (workspace.folder / "new.py").write_text("1\n")
    tree = await workspace.snapshot()
    message = "Add new\n\nTask-Attempt: one\n"
    first = await scene.intake.commit("one", tree=tree, parent=scene.base, message=message)
    assert await scene.intake.commit("one", tree=tree, parent=scene.base, message=message) == first
    shown = await scene.run.git.run("cat-file", "commit", first, git_dir=scene.run.folder)
    base_date = int(scene.source.git("show", "-s", "--format=%ct", scene.base))
    assert f"author swarm <swarm@localhost> {base_date + 1} +0000" in shown.text
    assert shown.text.endswith(message.strip())
    kept = await scene.run.git.run("rev-parse", "refs/swarm/r1/one", git_dir=scene.run.folder)
    assert kept.text == first
    assert await scene.run.changed_paths(scene.base, tree) == ("new.py",)
    assert await scene.run.changed_paths(scene.base, first) == ("new.py",)


async def test_merges_have_two_parents_and_do_not_touch_the_user(scene: Scene) -> None:
    before = scene.source.git("for-each-ref")
    one = await scene.commit("one", {"src/a.py": "a = 2\n"})
    two = await scene.commit("two", {"src/b.py": "b = 2\n"})
    first = await scene.run.merge(one, head=scene.base, message="one\n")
    second = await scene.run.merge(two, head=first.head, message="two\n")
    parents = await scene.run.git.run("rev-list", "--parents", "-1", second.head, git_dir=scene.run.folder)
    assert parents.text.split() == [second.head, first.head, two]
    files = await scene.tree_files(second.head)
    assert (files["src/a.py"], files["src/b.py"]) == ("a = 2\n", "b = 2\n")
    assert await scene.run.head() == second.head
    assert scene.source.git("for-each-ref") == before
    assert scene.source.git("status", "--porcelain") == ""


async def test_conflict_moves_nothing_and_gives_both_sides(scene: Scene) -> None:
    one = await scene.commit("one", {"src/a.py": "a = 2\n"})
    two = await scene.commit("two", {"src/a.py": "a = 3\n", "ok.py": "1\n"})
    head = (await scene.run.merge(one, head=scene.base, message="one\n")).head
    conflict = await scene.run.merge(two, head=head, message="two\n")
    assert conflict.head == ""
    assert conflict.conflict_paths == ("src/a.py",)
    assert await scene.run.head() == head
    shown = (await scene.tree_files(conflict.conflict_tree))["src/a.py"].splitlines()
    assert [line.split()[0] if line[0] in "<|=>" else line for line in shown] == [
        *("<<<<<<<", "a = 2", "|||||||", "a = 1", "=======", "a = 3", ">>>>>>>")
    ]
    workspace = await scene.workspaces.open("two-again", base_commit=head, tree=conflict.conflict_tree)
    # What the agent is told: each side apart, which also serves where a conflict leaves no markers.
    theirs = plain_git(workspace.folder, "diff", f"{two}...HEAD", "--", "src/a.py").splitlines()
    assert theirs[-2:] == ["-a = 1", "+a = 2"]
    ours = plain_git(workspace.folder, "diff", f"HEAD...{two}", "--", "src/a.py").splitlines()
    assert ours[-2:] == ["-a = 1", "+a = 3"]
    (workspace.folder / "src/a.py").write_text("a = 5\n")
    resolved = await scene.intake.commit(
        "two-again", tree=await workspace.snapshot(), parent=head, message="resolved\n"
    )
    merged = await scene.run.merge(resolved, head=head, message="two\n")
    assert (await scene.tree_files(merged.head))["src/a.py"] == "a = 5\n"


async def test_a_merge_whose_result_was_lost_is_found_again(scene: Scene) -> None:
    one = await scene.commit("one", {"src/a.py": "a = 2\n"})
    head = (await scene.run.merge(one, head=scene.base, message="one\n")).head
    assert (await scene.run.merge(one, head=scene.base, message="one\n")).head == head  # the journal has the old head
    assert (await scene.run.merge(one, head=head, message="one\n")).head == head  # it is contained
    assert await scene.run.head() == head


class NoMergeTree(RunRepository):
    """A repository in which git cannot merge any more, as on a machine that runs out of something."""

    async def merge_commits(self, commit: str, *, into: str, message: str) -> Merge:
        raise WorkspaceError("git could not merge")


async def test_a_failure_after_a_lost_result_does_not_hide_the_merge(scene: Scene) -> None:
    one = await scene.commit("one", {"src/a.py": "a = 2\n"})
    failing = NoMergeTree.open(scene.run.folder, run_id="r1", git=scene.run.git)
    failing.branch = scene.run.branch
    merge = MergeAttempt("one@1", one, scene.base)
    # Nothing has happened: the attempt has failed, and the branch is where it was.
    assert await merge_attempt(failing, merge, "r1") == MergeFailed("one@1", "git could not merge")
    # It had happened before: it is done, although git fails now.
    head = (await scene.run.merge(one, head=scene.base, message="one\n")).head
    assert await merge_attempt(failing, merge, "r1") == MergeDone("one@1", head)
    # Nobody can say: the run pauses and keeps the intent.
    scene.run.folder.rename(scene.run.folder.with_name("gone"))
    asked = await merge_attempt(failing, merge, "r1")
    assert isinstance(asked, PauseAsked)
    assert asked.code == "merge_uncertain"


async def test_a_stale_head_is_refused(scene: Scene) -> None:
    one = await scene.commit("one", {"src/a.py": "a = 2\n"})
    two = await scene.commit("two", {"src/b.py": "b = 2\n"})
    head = (await scene.run.merge(one, head=scene.base, message="one\n")).head
    with pytest.raises(WorkspaceError, match="nothing was merged"):
        await scene.run.merge(two, head=scene.base, message="two\n")
    assert await scene.run.head() == head


async def test_concurrent_merges_of_one_head_let_one_win(scene: Scene) -> None:
    commits = [await scene.commit(f"n{number}", {f"n{number}.py": "1\n"}) for number in range(4)]
    results = await asyncio.gather(
        *(scene.run.merge(commit, head=scene.base, message="m\n") for commit in commits), return_exceptions=True
    )
    assert sum(isinstance(result, WorkspaceError) for result in results) == 3


async def test_merge_drivers_and_attributes_of_the_tree_run_nothing(scene: Scene, tmp_path: Path) -> None:
    canary = Canary(tmp_path / "canary")
    canary.configure(scene.source.folder / ".git")
    attributes = {".gitattributes": "*.py merge=evil filter=evil diff=evil\n"}
    one = await scene.commit("one", {**attributes, "src/a.py": "a = 2\n"})
    two = await scene.commit("two", {**attributes, "src/a.py": "a = 3\n"})
    head = (await scene.run.merge(one, head=scene.base, message="one\n")).head
    assert (await scene.run.merge(two, head=head, message="two\n")).conflict_paths == ("src/a.py",)
    assert "+a = 2" in await scene.run.diff(scene.base, head)
    canary.assert_silent()


async def test_read_file_outline_and_diff(scene: Scene) -> None:
    commit = await scene.commit("one", {"deep/er/x.py": "x" * 2000, "bad\x1b]0;name": "1\n"})
    assert await scene.run.read_file(commit, "src/a.py") == b"a = 1\n"
    assert await scene.run.read_file(commit, "src") is None
    assert await scene.run.read_file(commit, "missing") is None
    outline = await scene.run.outline(commit)
    assert "deep/ (1 file, 2.0 KiB)\n  er/ (1 file, 2.0 KiB)\n    x.py 2.0 KiB\n" in outline
    assert "\x1b" not in outline
    assert "bad\\x1b]0;name 2 B" in outline
    small = await scene.run.outline(commit, max_bytes=60)
    assert 0 < len(small) <= 60
    diff = await scene.run.diff(scene.base, commit)
    assert "+++ b/deep/er/x.py" in diff
    cut = await scene.run.diff(scene.base, commit, max_bytes=100)
    assert cut.endswith("[... cut after 100 bytes ...]\n")


async def test_sha256_and_shallow_repositories(tmp_path: Path) -> None:
    scene = await new_scene(tmp_path / "sha256", options=("--object-format=sha256",))
    commit = await scene.commit("one", {"x": "1\n"})
    assert len((await scene.run.merge(commit, head=scene.base, message="m\n")).head) == 64
    source = Source(tmp_path / "deep")
    source.commit({"x": "1\n"})
    source.git("clone", "-q", "--depth=1", f"file://{source.folder}", str(tmp_path / "user"))
    shallow = Source.__new__(Source)
    shallow.folder = tmp_path / "user"
    intake = await new_intake(tmp_path, shallow)
    run = intake.run
    scene = Scene(tmp_path, shallow, intake, await run.head())
    assert any("shallow" in note for note in (await shallow.inspect()).notes)
    commit = await scene.commit("one", {"y": "1\n"})
    merge = await run.merge(commit, head=scene.base, message="m\n")
    assert (await run.git.run("rev-list", "--count", merge.head, git_dir=run.folder)).text == "3"


async def test_a_run_without_its_folder_is_made_again(scene: Scene, tmp_path: Path) -> None:
    shutil.rmtree(scene.run.folder)
    assert await (await new_run(tmp_path, scene.source)).head() == scene.base


async def _merged(scene: Scene, name: str, files: dict[str, str], head: str) -> str:
    commit = await scene.commit(name, files)
    return (await scene.run.merge(commit, head=head, message=f"Merge {name}\n")).head


async def test_a_merge_is_taken_out_and_what_came_after_it_stays(scene: Scene) -> None:
    first = await _merged(scene, "one", {"src/a.py": "a = 2\n", "one.py": "1\n"}, scene.base)
    second = await _merged(scene, "two", {"src/b.py": "b = 2\n"}, first)
    taken = await scene.run.take_out(first, head=second, message="Take one out again\n")
    files = await scene.tree_files(taken.head)
    assert (files["src/a.py"], files["src/b.py"], "one.py" in files) == ("a = 1\n", "b = 2\n", False)
    assert await scene.run.head() == taken.head
    parents = await scene.run.git.run("rev-list", "--parents", "-1", taken.head, git_dir=scene.run.folder)
    assert parents.text.split() == [taken.head, second]
    # The same again, as after a kill that hid the result: it has happened.
    assert await scene.run.take_out(first, head=second, message="Take one out again\n") == taken
    assert await scene.run.head() == taken.head
    # The change can come back.
    again = await scene.run.merge(await scene.commit("again", {"one.py": "2\n"}), head=taken.head, message="m\n")
    assert (await scene.tree_files(again.head))["one.py"] == "2\n"
    await scene.run.git.run("fsck", "--strict", git_dir=scene.run.folder)


async def test_a_merge_whose_lines_were_changed_since_stays(scene: Scene) -> None:
    first = await _merged(scene, "one", {"src/a.py": "a = 2\n"}, scene.base)
    workspace = await scene.workspaces.open("two", base_commit=first)
    (workspace.folder / "src/a.py").write_text("a = 3\n")
    commit = await scene.intake.commit("two", tree=await workspace.snapshot(), parent=first, message="two\n")
    second = (await scene.run.merge(commit, head=first, message="m\n")).head
    refused = await scene.run.take_out(first, head=second, message="m\n")
    assert (refused.head, refused.conflict_paths) == ("", ("src/a.py",))
    assert await scene.run.head() == second
    removed = RemoveMerge("one@1", first, second, "It broke `make`.")
    answer = await remove_merge(scene.run, removed, "r1")
    assert isinstance(answer, RemovalFailed)
    assert "src/a.py" in answer.reason


async def test_a_removal_from_a_branch_that_is_elsewhere_is_refused(scene: Scene) -> None:
    first = await _merged(scene, "one", {"src/a.py": "a = 2\n"}, scene.base)
    second = await _merged(scene, "two", {"src/b.py": "b = 2\n"}, first)
    with pytest.raises(WorkspaceError):
        await scene.run.take_out(first, head=first, message="m\n")
    assert await scene.run.head() == second


async def test_merges_and_removals_say_whose_they_are(scene: Scene) -> None:
    commit = await scene.commit("one", {"src/a.py": "a = 2\n"})
    merged = await merge_attempt(scene.run, MergeAttempt("one@1", commit, scene.base), "r1")
    assert isinstance(merged, MergeDone)
    removed = await remove_merge(
        scene.run, RemoveMerge("one@1", merged.head, merged.head, "It broke `make\x1b[0m`."), "r1"
    )
    assert isinstance(removed, MergeRemoved)
    for head in (merged.head, removed.head):
        shown = await scene.run.git.run("show", "-s", "--format=%(trailers:only)", head, git_dir=scene.run.folder)
        assert shown.text.split("\n")[:3] == ["Swarm-Run: r1", "Swarm-Subtask: one", "Swarm-Attempt: one@1"]
    body = await scene.run.git.run("show", "-s", "--format=%B", removed.head, git_dir=scene.run.folder)
    assert "\x1b" not in body.text
    assert merged.head in body.text


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
async def test_commits_are_those_that_git_would_write(tmp_path: Path, object_format: str) -> None:
    scene = await new_scene(tmp_path, options=(f"--object-format={object_format}",))
    tree = await scene.run.tree_of(scene.base)
    for message in ("one\n", "no end", "", "ä \ud800 \n\nbody\n", "nul\0nul\n"):
        ours = await scene.intake.commit("one", tree=tree, parent=scene.base, message=message)
        date = (await scene.run.git.run("show", "-s", "--format=%ct", ours, git_dir=scene.run.folder)).text
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "swarm"), ("EMAIL", "swarm@localhost"), ("DATE", f"{date} +0000"))
        }
        text = message.replace("\0", "").encode(errors="replace")
        arguments = ("commit-tree", tree, "-p", scene.base, "-F", "-")
        theirs = await scene.run.git.run(*arguments, git_dir=scene.run.folder, stdin=text, environment=who)
        assert ours == theirs.text
    await scene.run.git.run("fsck", "--strict", git_dir=scene.run.folder)


async def test_the_branch_moves_by_compare_and_swap_packed_or_not(scene: Scene) -> None:
    one = await scene.commit("one", {"one.py": "1\n"})
    head = (await scene.run.merge(one, head=scene.base, message="m\n")).head
    await scene.run.git.run("pack-refs", "--all", git_dir=scene.run.folder)
    two = await scene.commit("two", {"two.py": "1\n"})
    second = (await scene.run.merge(two, head=head, message="m\n")).head
    assert await scene.run.head() == second
    lock = scene.run.folder / f"{scene.run.branch}.lock"
    lock.write_text("")
    three = await scene.commit("three", {"three.py": "1\n"})
    with pytest.raises(WorkspaceError, match="locked by another process"):
        await scene.run.merge(three, head=second, message="m\n")
    assert await scene.run.head() == second
    lock.unlink()
    await scene.run.merge(three, head=second, message="m\n")


async def test_many_may_write_the_very_same_object_at_once(scene: Scene) -> None:
    for number in range(20):
        content = f"the same {number}\n".encode()
        written = await asyncio.gather(
            *(
                asyncio.to_thread(write_object, scene.run.folder, "blob", content, object_format="sha1")
                for _ in range(8)
            )
        )
        assert len(set(written)) == 1
        assert plain_git(scene.run.folder, "cat-file", "blob", written[0]) == content.decode().strip()
    assert not list(scene.run.folder.rglob("tmp_obj_*"))
