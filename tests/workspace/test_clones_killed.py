"""SIGKILL at any moment: what the next process finds can be opened, is exact, and leaves nothing behind."""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

from tests.workspace.sources import Scene, files_below, new_intake, new_scene, plain_git, swept, until, write_files

KILLS = 12


async def _run_and_kill(folder: Path, delay_s: float) -> None:
    script = Path(__file__).with_name("open_forever.py")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        str(folder),
        stdout=asyncio.subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    await asyncio.sleep(delay_s)  # the moment of the kill, not a wait for something
    assert process.returncode is None, "it ended by itself; its own words are above"
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL


async def test_open_works_after_kills_at_random_moments(tmp_path: Path) -> None:
    scene = await new_scene(tmp_path)
    tree = (await scene.commit("tree", {"x.py": "wanted\n", "src/a.py": "wanted\n"})) + "^{tree}"
    tree = await scene.run.tree_of(tree)
    wanted = await scene.tree_files(tree)
    moments, attempts = random.Random(7), tmp_path / "run/attempts"
    for _ in range(KILLS):
        await _run_and_kill(tmp_path, moments.uniform(0, 0.4))
        intake = await new_intake(tmp_path, scene.source)
        again = Scene(tmp_path, scene.source, intake, scene.base)
        names = [f"n{number}" for number in range(3)]
        left = await again.workspaces.leftovers(keep=names)
        async with swept(again.workspaces, *left):
            await until(lambda left=left: not {*left} & {path.name for path in attempts.iterdir()})  # type: ignore[misc]
        for number in range(3):
            workspace = await again.workspaces.open(f"n{number}", base_commit=scene.base, tree=tree)
            assert files_below(workspace.folder) == wanted
            assert await workspace.snapshot() == tree
            assert plain_git(workspace.folder, "rev-parse", "HEAD") == scene.base
            write_files(workspace.folder, {"more.py": "1\n"})
            await intake.commit(f"n{number}", tree=await workspace.snapshot(), parent=scene.base, message="m\n")
        used_again = await again.workspaces.open("other", base_commit=scene.base)
        assert files_below(used_again.folder) == files_below(scene.source.folder)
        assert plain_git(used_again.folder, "status", "--porcelain", "--ignored", "--branch") == "## work"
        await again.workspaces.close("other")
        assert len([path for path in attempts.iterdir() if path.is_dir()]) <= KILLS
    assert not [*scene.run.folder.rglob("*.lock"), *scene.intake.folder.rglob("*.lock")]
    assert not list((tmp_path / "run/attempts").glob("*/*.lock"))
    for folder in (scene.run.folder, scene.intake.folder):
        await scene.run.git.run("fsck", "--strict", git_dir=folder)
