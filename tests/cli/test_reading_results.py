import asyncio
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from swarm.cli.app import make_app
from swarm.core.events import RunOutcome
from swarm.core.plan import Subtask
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunStore
from swarm.testing.scripted_run import ScriptedRun, accepted
from swarm.workspace.git import Git
from swarm.workspace.intake import RunIntake
from swarm.workspace.repository import RunRepository
from swarm.workspace.user_repository import inspect_user_repository

HOSTILE = "print('\x1b[2J')\n"


def swarm(*arguments: str) -> Result:
    return CliRunner().invoke(make_app(), list(arguments))


def git(folder: Path, *arguments: str) -> str:
    identity = {f"GIT_{who}_{what}": "t@t" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", **identity}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@dataclass
class Scene:
    user: Path
    base: str
    head: str


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A finished run of two subtasks, of which one changed a file, and the user's repository."""
    monkeypatch.setenv("SWARM_HOME", str(tmp_path / "home"))
    user = tmp_path / "user"
    user.mkdir()
    git(user, "init", "-q", "-b", "main")
    (user / "a.py").write_text("a = 1\n")
    git(user, "add", "-A")
    git(user, "commit", "-q", "-m", "start")
    base = git(user, "rev-parse", "HEAD")
    return Scene(user, base, asyncio.run(_run(tmp_path / "home", user, base)))


async def _run(home: Path, user: Path, base: str) -> str:
    folder = RunStore(home).create("run-1")
    found = await inspect_user_repository(user, git=Git())
    repository = await RunRepository.create(folder.repository, user=found, base_commit=base, run_id="run-1", git=Git())
    blob = (await Git().run("hash-object", "-w", "--stdin", git_dir=folder.repository, stdin=HOSTILE.encode())).text
    entry = f"100644 blob {blob}\tb.py\n" + git(user, "ls-tree", "HEAD") + "\n"
    tree = (await Git().run("mktree", git_dir=folder.repository, stdin=entry.encode())).text
    intake = await RunIntake.create(folder.intake, run=repository)
    commit = await intake.commit("b@1", tree=tree, parent=base, message="b\n")
    merged = await repository.merge(commit, head=base, message="Merge b\n")
    run = ScriptedRun("Add b", base_commit=base, repository=str(user))
    run.plan(Subtask(id="b", instruction="x"), Subtask(id="c", instruction="x"))
    run.deliver(run.start("b"), accepted("true"), head=merged.head)
    run.finish(RunOutcome.DONE)
    journal = SqliteJournal.create(folder.journal, run_id="run-1")
    await journal.append(*(recorded.event for recorded in run.events))
    await journal.close()
    return merged.head


@pytest.mark.parametrize("arguments", [(), ("b",)])
def test_diff_is_a_patch_that_git_can_apply(scene: Scene, arguments: tuple[str, ...]) -> None:
    patch = swarm("diff", "run-1", *arguments).stdout
    (scene.user / "patch").write_text(patch)
    git(scene.user, "apply", "patch")
    assert (scene.user / "b.py").read_text() == HOSTILE


def test_diff_says_what_cannot_be_shown(scene: Scene) -> None:
    missing = swarm("diff", "run-1", "nope")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "no subtask 'nope'" in missing.stderr
    unmerged = swarm("diff", "run-1", "c")
    assert unmerged.exit_code == 2
    assert "nothing of 'c' has been merged: it is ready" in unmerged.stderr


def test_merge_into_the_branch_that_is_checked_out(scene: Scene) -> None:
    result = swarm("merge", "run-1")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == git(scene.user, "rev-parse", "main")
    assert (scene.user / "b.py").read_text() == HOSTILE
    assert f"main in {scene.user}: 1 file changed" in result.stderr
    again = swarm("merge", "run-1")
    assert "holds all of it already" in again.stderr
    assert again.stdout == result.stdout


def test_merge_into_another_branch_leaves_the_files_alone(scene: Scene) -> None:
    git(scene.user, "branch", "other")
    assert swarm("merge", "run-1", "--into", "other").exit_code == 0
    assert git(scene.user, "rev-parse", "main") == scene.base
    assert not (scene.user / "b.py").exists()
    assert git(scene.user, "show", "other:b.py") == HOSTILE.strip()


def test_merge_without_a_branch_asks_for_one(scene: Scene) -> None:
    git(scene.user, "checkout", "-q", "--detach")
    result = swarm("merge", "run-1")
    assert result.exit_code == 2
    assert "--into" in result.stderr
    assert swarm("merge", "run-1", "--into", "nope").exit_code == 2


def test_a_moved_repository_is_named(scene: Scene) -> None:
    scene.user.rename(scene.user.with_name("elsewhere"))
    result = swarm("merge", "run-1")
    assert result.exit_code == 2
    assert str(scene.user) in result.stderr
