"""What agents make comes into the run's repository as a bundle, checked, under the attempt's name, or not at all."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from swarm.errors import HandInRefused, WorkspaceError
from swarm.failpoints import VARIABLE
from swarm.workspace import bundled_objects, integrity
from swarm.workspace.bare_repository import BareRepository
from swarm.workspace.bundled_objects import LOOSE_UP_TO, take_in, write_bundle_of
from swarm.workspace.integrity import damage_of
from swarm.workspace.object_rules import first_refusal, looking_for_damage, strict, strict_for_older_git
from swarm.workspace.publication import publish
from tests.workspace.sources import FILES, Canary, Scene, files_below, new_intake, new_scene, plain_git, write_files

REF = "refs/swarm/r1/one"


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    return await new_scene(tmp_path)


async def has(repository: BareRepository, name: str) -> bool:
    """Whether an object is there with all that it leads to, as git sees it."""
    walked = await repository.git.run("rev-list", "--objects", "--quiet", name, git_dir=repository.folder, check=False)
    return walked.exit_code == 0


def own_objects(repository: BareRepository) -> set[str]:
    """What the repository itself holds: ids of loose objects and names of packs."""
    files = [path.relative_to(repository.folder / "objects") for path in (repository.folder / "objects").rglob("*")]
    return {path.as_posix() for path in files if len(path.name) >= 38}


async def refs(repository: BareRepository) -> dict[str, str]:
    arguments = ("for-each-ref", "--format=%(refname) %(objectname)")
    listed = await repository.git.run(*arguments, git_dir=repository.folder)
    return dict(line.split() for line in listed.text.splitlines())


async def test_snapshots_stay_in_the_intake_and_what_is_handed_in_is_named_in_the_runs_repository(scene: Scene) -> None:
    before = own_objects(scene.run)
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(workspace.folder, {"draft.py": "1\n"})
    draft = await workspace.snapshot()
    assert own_objects(scene.run) == before
    assert not await has(scene.run, draft)
    (workspace.folder / "draft.py").unlink()
    write_files(workspace.folder, {"src/a.py": "a = 2\n"})
    tree = await workspace.snapshot()
    commit = await scene.intake.commit("one", tree=tree, parent=scene.base, message="m\n")
    assert await refs(scene.run) == {"refs/heads/swarm/r1": scene.base, REF: commit}
    assert await has(scene.run, commit)
    assert len(own_objects(scene.run) - before) == 4  # the commit, two folders, one file: nothing that is there already
    assert not await has(scene.run, draft)
    assert await has(scene.intake, draft)
    log = plain_git(scene.folder, f"--git-dir={scene.run.folder}", "log", "--format=%H", "-1", REF)
    assert log == commit
    assert not [*scene.intake.folder.glob("bundles/*"), *scene.run.folder.glob("FETCH_HEAD")]


async def test_a_newer_hand_in_takes_the_place_of_the_older_one(scene: Scene) -> None:
    first = await scene.commit("one", {"x.py": "1\n"})
    second = await scene.commit("one", {"x.py": "2\n"})
    assert (await refs(scene.run))[REF] == second != first
    assert await scene.commit("one", {"x.py": "1\n"}) == first
    assert (await refs(scene.run))[REF] == first


async def test_a_commit_that_changes_no_file_arrives(scene: Scene) -> None:
    commit = await scene.commit("one", {})
    assert await scene.run.tree_of(commit) == await scene.run.tree_of(scene.base)
    assert (await refs(scene.run))[REF] == commit
    other = await scene.commit(
        "two", {}
    )  # nothing of it is new, its commit is that of the other attempt but for its name
    assert (await refs(scene.run))["refs/swarm/r1/two"] == other


async def test_doing_it_again_runs_no_git(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = (await scene.run.git.run("rev-parse", f"{scene.base}:src", git_dir=scene.run.folder)).text
    commit = await scene.intake.commit("one", tree=tree, parent=scene.base, message="m\n")
    monkeypatch.setenv("PATH", "/nowhere")
    assert await scene.intake.commit("one", tree=tree, parent=scene.base, message="m\n") == commit


@pytest.mark.parametrize("count", [LOOSE_UP_TO // 2, 2 * LOOSE_UP_TO])
async def test_many_files_come_as_one_pack_and_few_one_by_one(scene: Scene, count: int) -> None:
    commit = await scene.commit("one", {f"many/{number}.py": f"{number}\n" for number in range(count)})
    packs = [*scene.run.folder.glob("objects/pack/*.pack")]
    assert len(packs) == (count > LOOSE_UP_TO)
    assert len([*scene.run.folder.glob("objects/pack/*.idx")]) == len(packs)
    merged = await scene.run.merge(commit, head=scene.base, message="m\n")
    assert len(await scene.tree_files(merged.head)) == len(FILES) + count
    await scene.run.git.run("fsck", "--strict", git_dir=scene.run.folder)


async def test_repositories_with_long_ids(tmp_path: Path) -> None:
    scene = await new_scene(tmp_path, options=("--object-format=sha256",))
    commit = await scene.commit("one", {"x.py": "1\n"})
    assert len(commit) == 64
    assert await has(scene.run, commit)


# -- what git refuses ----------------------------------------------------------------------------------------------


async def test_a_link_that_git_refuses_is_refused_in_words_that_name_it_and_harms_nobody_else(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    (workspace.folder / "docs").mkdir()
    odd = workspace.folder / "docs" / ".gitmodules\u200c"  # to some file systems that is the name without the last sign
    odd.symlink_to("/etc/passwd")
    tree = await workspace.snapshot()
    with pytest.raises(HandInRefused) as caught:
        await scene.intake.commit("one", tree=tree, parent=scene.base, message="m\n")
    folder = (await scene.intake.git.run("rev-parse", f"{tree}:docs", git_dir=scene.intake.folder)).text
    for words in ("the names in the folder 'docs'", folder, "gitmodulesSymlink", ".gitmodules is a symbolic link"):
        assert words in caught.value.message
    assert await refs(scene.run) == {"refs/heads/swarm/r1": scene.base}
    other = await scene.commit("two", {"good.py": "1\n"})
    merged = await scene.run.merge(other, head=scene.base, message="m\n")
    assert (await publish(scene.run, await scene.source.inspect())).commit == merged.head
    odd.unlink()
    commit = await scene.intake.commit("one", tree=await workspace.snapshot(), parent=scene.base, message="m\n")
    assert (await refs(scene.run))[REF] == commit


def tree_of(*entries: tuple[bytes, bytes]) -> Callable[[bytes], bytes]:
    return lambda blob: b"".join(mode + b" " + name + b"\0" + blob for mode, name in entries)


HOSTILE = {
    "hasDotgit": tree_of((b"100644", b".git")),
    "hasDotdot": tree_of((b"100644", b"..")),
    "hasDot": tree_of((b"100644", b".")),
    "fullPathname": tree_of((b"100644", b"a/../../x")),
    "treeNotSorted": tree_of((b"100644", b"b"), (b"100644", b"a")),
    "duplicateEntries": tree_of((b"100644", b"a"), (b"100644", b"a")),
    "zeroPaddedFilemode": tree_of((b"0100644", b"a")),
    "gitmodulesSymlink": tree_of((b"120000", b".gitmodules")),
}


async def test_objects_that_no_recording_makes_are_refused_as_well(scene: Scene) -> None:
    git, folder = scene.intake.git, scene.intake.folder
    blob = (await git.run("hash-object", "-w", "--stdin", git_dir=folder, stdin=b"x\n")).text
    make = ("hash-object", "-w", "-t", "tree", "--literally", "--stdin")
    for rule, content in HOSTILE.items():
        tree = (await git.run(*make, git_dir=folder, stdin=content(bytes.fromhex(blob)))).text
        with pytest.raises(HandInRefused, match=f"{tree}, by the rule {rule}"):
            await scene.intake.commit("one", tree=tree, parent=scene.base, message="m\n")
        assert not await has(scene.run, tree)
    assert await refs(scene.run) == {"refs/heads/swarm/r1": scene.base}


async def test_what_lacks_an_object_does_not_come_in(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(workspace.folder, {"lost.py": "1\n"})
    tree = await workspace.snapshot()
    blob = (await scene.intake.git.run("rev-parse", f"{tree}:lost.py", git_dir=scene.intake.folder)).text
    (scene.intake.folder / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(WorkspaceError):
        await scene.intake.commit("one", tree=tree, parent=scene.base, message="m\n")
    assert await refs(scene.run) == {"refs/heads/swarm/r1": scene.base}


async def test_a_bundle_of_something_else_is_not_taken_in(scene: Scene, tmp_path: Path) -> None:
    one, two = await scene.commit("one", {"x.py": "1\n"}), await scene.commit("two", {"x.py": "2\n"})
    await write_bundle_of(scene.intake, REF, base=scene.base, file=tmp_path / "bundle")
    for ref, commit in ((REF, two), ("refs/swarm/r1/two", one)):
        with pytest.raises(WorkspaceError, match="does not hold"):
            await take_in(tmp_path / "bundle", scene.run, ref=ref, commit=commit)
    (tmp_path / "bundle").write_bytes(b"\n" * 100)
    with pytest.raises(WorkspaceError, match="does not hold"):
        await take_in(tmp_path / "bundle", scene.run, ref=REF, commit=one)


async def test_what_only_its_users_have_to_fear_comes_in(scene: Scene) -> None:
    odd = {".gitmodules": '[submodule "../x"]\n\tpath = -x\n\turl = -u\n\tupdate = !sh\n', ".gitattributes": "a" * 5000}
    commit = await scene.commit("one", odd)
    assert await has(scene.run, commit)
    for repository in (scene.run, scene.intake):
        assert await damage_of(repository) == ""  # what files say is no damage


async def test_a_git_that_does_not_know_a_rule_checks_the_others(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled_objects, "strict", lambda: strict(("gitmodulesUrl", "ruleOfTomorrow")))
    settings = looking_for_damage(("gitmodulesUrl", "ruleOfTomorrow"))
    monkeypatch.setattr(integrity, "looking_for_damage", lambda: settings)
    await scene.commit("one", {"x.py": "1\n"})
    workspace = await scene.workspaces.open("two", base_commit=scene.base)
    (workspace.folder / ".gitmodules\u200c").symlink_to("x")
    assert await damage_of(scene.run) == ""
    with pytest.raises(HandInRefused):
        await scene.intake.commit("two", tree=await workspace.snapshot(), parent=scene.base, message="m\n")


def test_other_failures_are_no_refusals() -> None:
    assert first_refusal("fatal: unable to write file: No space left on device") is None
    assert strict_for_older_git("fatal: unable to write file: No space left on device") == ""


async def test_nothing_of_the_agents_clone_is_executed_or_read(scene: Scene, tmp_path: Path) -> None:
    canary = Canary(tmp_path / "canary")
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    canary.configure(workspace.folder / ".git")
    write_files(workspace.folder, {".gitattributes": "* filter=evil diff=evil merge=evil\n", "x.py": "1\n"})
    plain_git(workspace.folder, "update-ref", REF, "HEAD", check=False)
    canary.forget()
    commit = await scene.intake.commit("one", tree=await workspace.snapshot(), parent=scene.base, message="m\n")
    assert set(await scene.tree_files(commit)) == {*FILES, ".gitattributes", "x.py"}
    canary.assert_silent()
    for repository in (scene.run, scene.intake):
        assert not (repository.folder / "hooks").exists()


# -- kills and what is from before ---------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["commit.unnamed", "handin.bundled", "handin.taken-in", "handin.named"])
async def test_a_hand_in_that_is_killed_is_there_whole_or_not_at_all_and_done_again(scene: Scene, place: str) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(workspace.folder, {"new.py": "1\n", "src/a.py": "a = 2\n"})
    tree = await workspace.snapshot()
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(Path(__file__).with_name("commit_once.py")), str(scene.folder), tree],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), VARIABLE: place},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    named = (await refs(scene.run)).get(REF, "")
    assert bool(named) == (place == "handin.named")
    intake = await new_intake(scene.folder, scene.source)
    commit = await intake.commit("one", tree=tree, parent=scene.base, message="m\n")
    assert named in ("", commit)
    assert (await refs(intake.run))[REF] == commit
    assert await has(intake.run, commit)
    assert not [*scene.intake.folder.glob("bundles/*")]
    for repository in (intake.run, intake):
        await intake.git.run("fsck", "--strict", git_dir=repository.folder)


async def test_what_a_killed_git_has_left_is_no_obstacle(scene: Scene) -> None:
    left = scene.intake.folder / "bundles" / "one"
    left.parent.mkdir()
    write_files(scene.folder / "run", {f"intake.git/bundles/{name}": "half" for name in ("one", "one.lock", "other")})
    write_files(scene.folder / "run", {f"repository.git/{REF}.lock": "", f"intake.git/{REF}.lock": ""})
    await scene.commit("one", {"x.py": "1\n"})
    await new_intake(scene.folder, scene.source)
    assert not left.parent.exists()


async def test_a_run_from_before_there_were_intakes_goes_on(scene: Scene) -> None:
    """Its snapshots are in its repository, and the clones of its agents read that."""
    files = (("100644", "README.md", "hello\n"), ("100644", "old.py", "old\n"))
    entries = []
    for mode, name, text in files:
        blob = await scene.run.git.run("hash-object", "-w", "--stdin", git_dir=scene.run.folder, stdin=text.encode())
        entries.append(f"{mode} blob {blob.text}\t{name}\n")
    tree = (await scene.run.git.run("mktree", git_dir=scene.run.folder, stdin="".join(entries).encode())).text
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    alternates = workspace.folder / ".git/objects/info/alternates"
    alternates.write_text(f"{scene.run.folder}/objects\n")
    plain_git(workspace.folder, "branch", "mine")
    again = await scene.new_workspaces().open("one", base_commit=scene.base, tree=tree)
    assert files_below(again.folder) == {"README.md": "hello\n", "old.py": "old\n"}
    assert "mine" in plain_git(again.folder, "branch")
    commit = await scene.intake.commit("one", tree=await again.snapshot(), parent=scene.base, message="m\n")
    assert set(await scene.run.changed_paths(scene.base, commit)) == {*FILES, "old.py"} - {"README.md"}


async def test_a_runs_folder_can_be_moved(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(workspace.folder, {"x.py": "1\n"})
    tree = await workspace.snapshot()
    (scene.folder / "run").rename(scene.folder / "moved")
    moved = BareRepository(scene.folder / "moved/intake.git", scene.run.git)
    assert await has(moved, tree)
    assert await has(moved, scene.base)
