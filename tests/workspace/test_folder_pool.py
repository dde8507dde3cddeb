"""The folder of a workspace that is over serves the next one, and nothing of the former attempt is in it."""

import asyncio
import os
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from swarm.workspace.choosing import probe
from swarm.workspace.clones import CloneWorkspaces
from swarm.workspace.folder_pool import FolderPool
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from tests.workspace.sources import Scene, new_scene, plain_git, swept, until, write_files

FILES = {
    **{f"src/{name}.py": f"{name} = 1\n" for name in "abcdefgh"},
    "docs/deep/er/page.md": "page\n",
    "tool.sh": "#!/bin/sh\n",
    ".gitignore": "build/\n",
}

# Whatever an agent could leave behind, by commands alone. Contents that are forged have the size of the true ones.
MESS = r"""
mkdir -p build node_modules/x && echo stale > build/out && echo stale > node_modules/x/y && echo stale > new.py
times=$(mktemp); touch -r src/a.py $times; echo 'a = 9' > src/a.py; touch -r $times src/a.py
touch -r src/b.py $times; echo 'b = 9' > src/b.new; touch -r $times src/b.new; mv src/b.new src/b.py
chmod 666 src/c.py; chmod 755 src/c.py; ln src/d.py src/d2.py; ln src/e.py build/e.py
rm src/f.py; ln -s /etc/passwd src/f.py; rm src/g.py; mkdir src/g.py; echo inside > src/g.py/file
mkfifo src/pipe docs/deep/pipe; mkfifo .git/pipe; rm src/h.py; mkfifo src/h.py
git init -q src/nested; echo '[core]' > src/nested/x; mkdir docs/.git; echo 'ref: x' > docs/.git/HEAD
echo 'gitdir: /nonexistent' > docs/deep/.git
git checkout -q -b mine; echo stashed >> tool.sh; git stash -q; git config alias.evil '!true'
touch -d 2040-01-01 docs/deep/er/page.md; mkdir 'odd
name'; printf '\377' > "$(printf 'b\377d')"; mkdir -p deep/$(printf 'd/%.0s' $(seq 300))
rm -rf empty; mkdir -p empty/folders/only; chmod 500 node_modules
"""


def everything(folder: Path) -> dict[str, tuple[object, ...]]:
    """All that is below a folder: kind, permissions, links, content; of an agent's clone what decides about git."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        status, name = path.lstat(), path.relative_to(folder).as_posix()
        if stat.S_ISDIR(status.st_mode):
            found[name] = (oct(status.st_mode), tuple(os.listxattr(path)))
        elif name != ".git/index":
            content = os.readlink(path) if path.is_symlink() else path.read_bytes()
            found[name] = (
                oct(status.st_mode),
                status.st_nlink,
                content,
                tuple(os.listxattr(path, follow_symlinks=False)),
            )
    return found


def folders(scene: Scene) -> list[str]:
    return sorted(path.name for path in (scene.folder / "run/attempts").iterdir() if path.is_dir())


def written_at(folder: Path) -> dict[str, int]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.lstat().st_ctime_ns for path in files}


async def scene_with(folder: Path, sandbox: Sandbox | None = None, **limits: int) -> Scene:
    scene = await new_scene(folder, FILES)
    attempts = folder / "run/attempts"
    scene.workspaces = CloneWorkspaces(
        attempts,
        intake=scene.intake,
        sandbox=sandbox or Sandbox(SandboxLevel.NONE),
        slots=asyncio.Semaphore(2),
        pool=FolderPool(attempts, **limits),
    )
    return scene


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    return await scene_with(tmp_path)


@pytest.mark.parametrize("level", [SandboxLevel.BWRAP, SandboxLevel.LANDLOCK, SandboxLevel.NONE])
async def test_nothing_of_the_former_attempt_stays(tmp_path: Path, level: SandboxLevel) -> None:
    sandbox = Sandbox(level)
    if level is not SandboxLevel.NONE and (reason := await probe(sandbox)):
        pytest.skip(reason)
    scene = await scene_with(tmp_path, sandbox)
    fresh = await scene.workspaces.open("fresh", base_commit=scene.base)
    wanted = everything(fresh.folder)
    one = await scene.workspaces.open("one", base_commit=scene.base)
    written = written_at(one.folder)
    done = await one.run(MESS, timeout_s=60)
    assert done.exit_code == 0, done.output
    await one.snapshot()
    (one.folder.parent / "outcome.json").write_text("{}")
    await scene.workspaces.close("one")
    two = await scene.workspaces.open("two", base_commit=scene.base)
    assert everything(two.folder) == wanted
    assert folders(scene) == ["fresh", "two"]
    assert sorted(path.name for path in two.folder.parent.iterdir()) == ["boot", "index", "known", "work"]
    assert await two.snapshot() == await scene.run.tree_of(scene.base)
    assert written_at(two.folder)[".gitignore"] == written[".gitignore"], "nobody had touched it"
    assert (two.folder / "docs/deep/er/page.md").stat().st_mtime <= time.time()
    # The next one's commands may do everything with it.
    command = "find . -type d -exec touch {}/new \\; && git add -A && git commit -qm mine && git log --oneline"
    done = await two.run(command, timeout_s=60)
    assert done.exit_code == 0, done.output
    assert "Permission denied" not in done.output


async def test_what_an_agent_made_is_not_taken_for_the_branch_s(scene: Scene) -> None:
    """Files that were merged as they are have the content that the next attempt is to have, but are not the host's."""
    one = await scene.workspaces.open("one", base_commit=scene.base)
    made = one.folder / "made.py"
    made.write_text("made\n")
    os.link(made, one.folder / "same.py")
    os.utime(made, (0, 0))
    made.chmod(0o666)
    os.setxattr(made, "user.note", b"mine")
    commit = await scene.intake.commit("one", tree=await one.snapshot(), parent=scene.base, message="m\n")
    await one.snapshot()
    await scene.workspaces.close("one")
    two = await scene.workspaces.open("two", base_commit=commit)
    status = (two.folder / "made.py").lstat()
    assert status.st_nlink == 1
    assert status.st_mode == (two.folder / "src/a.py").lstat().st_mode
    assert os.listxattr(two.folder / "made.py") == []
    assert status.st_mtime > 0
    assert (two.folder / "same.py").read_text() == "made\n"


async def test_a_submodule_s_folder_is_empty_again(tmp_path: Path) -> None:
    scene = await scene_with(tmp_path)
    entry = f"160000,{scene.base},module"
    scene.source.git("update-index", "--add", "--cacheinfo", entry)
    scene.source.git("commit", "-q", "-m", "module")
    base = scene.source.git("rev-parse", "HEAD")
    one = await scene.workspaces.open("one", base_commit=base)
    write_files(one.folder, {"module/stale": "1\n"})
    await scene.workspaces.close("one")
    two = await scene.workspaces.open("two", base_commit=base)
    assert list((two.folder / "module").iterdir()) == []


def _permissions(attempt: Path) -> None:
    (attempt / "work/src").chmod(0o700)


def _attributes(attempt: Path) -> None:
    os.setxattr(attempt / "work/docs/deep", "user.note", b"mine")


def _attributes_of_the_top(attempt: Path) -> None:
    os.setxattr(attempt / "work", "user.note", b"mine")


def _link(attempt: Path) -> None:
    (attempt / "work").rename(attempt.parent.parent / "elsewhere")
    (attempt / "work").symlink_to(attempt.parent.parent / "elsewhere")


def _nothing_known(attempt: Path) -> None:
    (attempt / "known").unlink()


def _broken_known(attempt: Path) -> None:
    (attempt / "known").unlink()
    (attempt / "known").write_bytes(b"DIRC\0\0")


def _another_boot(attempt: Path) -> None:
    (attempt / "boot").write_text("another")


def _no_files(attempt: Path) -> None:
    shutil.rmtree(attempt / "work")


ODD = [
    _permissions,
    _attributes,
    _attributes_of_the_top,
    _link,
    _nothing_known,
    _broken_known,
    _another_boot,
    _no_files,
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.__name__.strip("_"))
async def test_an_odd_folder_is_removed_and_written_anew(scene: Scene, odd: Callable[[Path], None]) -> None:
    fresh = await scene.workspaces.open("fresh", base_commit=scene.base)
    one = await scene.workspaces.open("one", base_commit=scene.base)
    before = written_at(one.folder)
    odd(one.folder.parent)
    await scene.workspaces.close("one")
    two = await scene.workspaces.open("two", base_commit=scene.base)
    assert everything(two.folder) == everything(fresh.folder)
    assert not before.items() & written_at(two.folder).items()
    assert folders(scene) == ["fresh", "two"]


async def test_checkouts_and_attempts_share_one_pool(scene: Scene) -> None:
    one = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(one.folder, {"src/a.py": "a = 2\n", "x.py": "1\n", "build/out": "stale\n"})
    commit = await scene.intake.commit("one", tree=await one.snapshot(), parent=scene.base, message="m\n")
    kept = written_at(one.folder)["src/b.py"]
    await scene.workspaces.close("one")
    check = await scene.workspaces.checkout(commit, name="check")
    assert written_at(check.folder)["src/b.py"] == kept
    assert not (check.folder / "build").exists()
    write_files(check.folder, {"build/report": "hidden\n", "x.py": "changed by a check\n"})
    await scene.workspaces.close("check")
    two = await scene.workspaces.open("two", base_commit=scene.base)
    assert written_at(two.folder)["src/b.py"] == kept
    assert not (two.folder / "build").exists()
    assert not (two.folder / "x.py").exists()


async def test_only_so_many_are_kept(tmp_path: Path) -> None:
    scene = await scene_with(tmp_path, most=2)
    names = [f"n{number}" for number in range(5)]
    await asyncio.gather(*(scene.workspaces.open(name, base_commit=scene.base) for name in names))
    await asyncio.gather(*(scene.workspaces.close(name) for name in names))
    assert len(folders(scene)) == 2
    async with swept(scene.workspaces):
        await asyncio.gather(*(scene.workspaces.open(name, base_commit=scene.base) for name in names))
        await asyncio.gather(*(scene.workspaces.close(name) for name in names))
        await until(lambda: len(folders(scene)) == 2)


async def test_a_full_disk_keeps_none_and_gets_back_what_was_kept(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two", "three"):
        await scene.workspaces.open(name, base_commit=scene.base)
    for name in ("one", "two"):
        await scene.workspaces.close(name)
    assert len(folders(scene)) == 3
    full = SimpleNamespace(f_bavail=1, f_frsize=4096)
    monkeypatch.setattr("swarm.workspace.folder_pool.os.statvfs", lambda _: full)
    await scene.workspaces.close("three")
    assert len(folders(scene)) == 2
    monkeypatch.setattr("swarm.workspace.folder_pool._LOOK_S", 0.01)
    async with swept(scene.workspaces):
        await until(lambda: folders(scene) == [])
    await scene.workspaces.open("four", base_commit=scene.base)
    assert folders(scene) == ["four"]


async def test_strangers_go_beside_the_work(scene: Scene) -> None:
    one = await scene.workspaces.open("one", base_commit=scene.base)
    write_files(one.folder, {f"build/{number}": "x" for number in range(50)})
    await scene.workspaces.close("one")
    async with swept(scene.workspaces):
        await scene.workspaces.open("two", base_commit=scene.base)
        await until(lambda: folders(scene) == ["two"])


async def test_what_a_killed_process_left_is_used_again(scene: Scene) -> None:
    one = await scene.workspaces.open("one", base_commit=scene.base)
    await scene.workspaces.open("two", base_commit=scene.base)
    await scene.workspaces.close("one")
    write_files(scene.folder / "run/attempts/two/work", {"build/out": "stale\n", "src/a.py": "a = 7\n"})
    again = scene.new_workspaces()
    kept = written_at(one.folder.parent.parent / folders(scene)[0] / "work")["src/b.py"]
    left = await again.leftovers(keep=["three"])
    assert len(left) == 2
    async with swept(again, *left):
        await until(lambda: not {*left} & {*folders(scene)})
        opened = [await again.open(name, base_commit=scene.base) for name in ("three", "four")]
        await until(lambda: folders(scene) == ["four", "three"])
    assert kept in [written_at(workspace.folder)["src/b.py"] for workspace in opened]
    for workspace in opened:
        assert (workspace.folder / "src/a.py").read_text() == "a = 1\n"
        assert not (workspace.folder / "build").exists()
        assert plain_git(workspace.folder, "status", "--porcelain", "--ignored") == ""


async def test_a_cancelled_open_gives_the_folder_back(scene: Scene) -> None:
    await scene.workspaces.open("one", base_commit=scene.base)
    await scene.workspaces.close("one")
    for turn in range(12):
        task = asyncio.create_task(scene.workspaces.open(f"n{turn}", base_commit=scene.base))
        for _ in range(turn * 2):
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        workspace = await scene.workspaces.open(f"n{turn}", base_commit=scene.base)
        assert plain_git(workspace.folder, "status", "--porcelain", "--ignored") == ""
        await scene.workspaces.close(f"n{turn}")
    assert len([name for name in folders(scene) if name.startswith(".idle-")]) <= 2
