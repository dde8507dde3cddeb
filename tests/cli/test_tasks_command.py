"""`swarm tasks`: the list, one task, checking a folder, judging a run; and runs that start from inputs."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from swarm.cli.app import make_app
from swarm.errors import UsageError
from swarm.testing.endpoint import Answer, Scenario, SimulatedEndpoint, step
from swarm.workspace import project
from swarm.workspace.git import Git
from swarm.workspace.project import create_project
from tests.integration.projects import FAST, branch_files, git, run_swarm

TASK = """
[task]
name = "sums"
title = "Add numbers"
shows = "very little"
checks = ["test -s sum.txt"]
"""


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedEndpoint]:
    plan = {"subtasks": [{"id": "sum", "instruction": "Write sum.txt.", "checks": ["test -s sum.txt"]}]}
    answers = [
        Answer(subtask="plan", steps=[step(plan=plan)]),
        Answer(
            subtask="sum",
            steps=[
                step("write_file", path="inputs/a.csv", content="7\n"),
                step("write_file", path="sum.txt", content="3\n"),
                step("finish", summary="Added."),
                step("shell", command="git checkout HEAD -- inputs 2>&1 || printf '1\\n' > inputs/a.csv"),
                step("finish", summary="Added, and the inputs are as they were."),
            ],
        ),
    ]
    async with SimulatedEndpoint(Scenario(models=["m"], speed=FAST, answers=answers)) as endpoint:
        yield endpoint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "sums"
    for name, text in {
        "task.toml": TASK,
        "instruction.md": "Add the numbers.\n",
        "inputs/a.csv": "1\n",
        "inputs/b.csv": "2\n",
        "inputs/.gitignore": "b.csv\n",
        "solution/sum.txt": "3\n",
        "tests/verify.sh": "grep -qx 3 sum.txt && grep -qx 1 inputs/a.csv && grep -qx 2 inputs/b.csv\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


async def swarm(*arguments: str, home: Path) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(run_swarm, *arguments, home=home)


def flags(simulated: SimulatedEndpoint, run_id: str) -> tuple[str, ...]:
    named = ("--base-url", simulated.base_url, "--model", "m", "--run-id", run_id)
    return (*named, "--sandbox", "none", "--display", "none")


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(make_app(), ["tasks", *arguments])


def test_the_list_says_what_each_shows() -> None:
    listed = invoke()
    assert listed.exit_code == 0
    lines = dict(line.split(None, 1) for line in listed.stdout.splitlines())
    assert lines["research"].startswith("wide research without a repository")
    as_json = invoke("--json")
    assert [json.loads(line)["name"] for line in as_json.stdout.splitlines()] == list(lines)


def test_one_task_is_shown(folder: Path) -> None:
    shown = invoke(str(folder))
    assert shown.exit_code == 0, shown.stderr
    for said in ("sums: Add numbers", "very little", "inputs/", "test -s sum.txt", "inputs/**", "Add the numbers."):
        assert said in shown.stdout
    as_json = json.loads(invoke(str(folder), "--json").stdout)
    assert (as_json["protected"], as_json["instruction"]) == (["inputs/**"], "Add the numbers.\n")


def test_a_folder_is_checked(folder: Path) -> None:
    arguments = (str(folder), "--check", "--sandbox", "none")
    good = invoke(*arguments)
    assert (good.exit_code, good.stdout.count("yes ")) == (0, 5), good.stdout + good.stderr
    (folder / "solution" / "sum.txt").write_text("4\n")
    bad = invoke(*arguments, "--json")
    assert bad.exit_code == 1
    wrong = [line for line in map(json.loads, bad.stdout.splitlines()) if not line["passed"]]
    assert [each["finding"] for each in wrong] == ["the solution is rejected by the hidden verifier (exit 1)"]


def test_what_cannot_be_checked_is_said(folder: Path) -> None:
    (folder / "task.toml").write_text(TASK.replace('checks = ["test', 'checks = [1, "test'))
    broken = invoke(str(folder), "--check")
    assert broken.exit_code == 2
    assert "task.toml: field 'task.checks" in broken.stderr
    nothing = invoke("--check")
    assert (nothing.exit_code, "which task" in nothing.stderr) == (2, True)
    unknown = invoke("nobody")
    assert (unknown.exit_code, "Shipped tasks:" in unknown.stderr) == (2, True)


async def test_a_run_of_a_task_without_a_repository_is_judged(
    folder: Path, simulated: SimulatedEndpoint, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    ended = await swarm("run", str(folder), *flags(simulated, "r"), home=home)
    assert ended.returncode == 0, ended.stderr
    (project,) = (home / "projects").iterdir()
    assert f"the task's repository is {project}" in ended.stderr
    assert branch_files(project, "swarm/r") == {
        "inputs/.gitignore": "b.csv",
        "inputs/a.csv": "1",
        "inputs/b.csv": "2",
        "sum.txt": "3",
    }
    judged = await swarm("tasks", str(folder), "--run", "r", "--sandbox", "none", home=home)
    assert judged.returncode == 0, judged.stderr
    assert "yes  the branch swarm/r is accepted by the hidden verifier" in judged.stdout
    (folder / "tests" / "verify.sh").write_text("echo never; exit 1\n")
    judged = await swarm("tasks", str(folder), "--run", "r", "--sandbox", "none", home=home)
    assert judged.returncode == 1
    assert "NO   the branch swarm/r is rejected by the hidden verifier (exit 1: never)" in judged.stdout


async def test_a_goal_on_files_that_are_no_repository(
    folder: Path, simulated: SimulatedEndpoint, tmp_path: Path
) -> None:
    home, files = tmp_path / "home", folder / "inputs"
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    (files / "link").symlink_to(secret)
    ended = await swarm("run", "Add the numbers", "--inputs", str(files), *flags(simulated, "r"), home=home)
    assert ended.returncode == 0, ended.stderr
    assert "AGENTS.md" not in ended.stderr  # what the current folder has to say is not about these files
    (project,) = (home / "projects").iterdir()
    assert branch_files(project, "swarm/r")["inputs/link"] == str(secret)  # a link stays one
    assert (files / "a.csv").read_text() == "1\n"
    refused = await swarm("story", "r", "sum", home=home)
    assert "protected files were changed: inputs/a.csv" in refused.stdout
    merged = await swarm("merge", "r", home=home)
    assert f" in {project}: 1 file changed" in merged.stderr
    assert (project / "sum.txt").read_text() == "3\n"
    assert git("status", "--porcelain", cwd=project) == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("goal", "--inputs", "nowhere"), "nowhere is not a folder"),
        (("goal", "--inputs", ".", "--repo", "."), "--inputs cannot be used with --repo"),
        (("tasks/textkit", "--inputs", "."), "--inputs cannot be used with a task folder"),
    ],
)
async def test_inputs_that_make_no_sense(
    arguments: tuple[str, ...], message: str, simulated: SimulatedEndpoint, tmp_path: Path
) -> None:
    ended = await swarm("run", *arguments, *flags(simulated, "r"), home=tmp_path)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert not (tmp_path / "runs" / "r").exists()


async def test_a_folder_that_holds_too_much_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "deep").mkdir(parents=True)
    for number in range(4):
        (source / "deep" / f"{number}").write_text("12345")
    await create_project(source, target, git=Git(), below="inputs")
    monkeypatch.setattr(project, "MOST_FILES", 3)
    with pytest.raises(UsageError, match="holds more than 3 files"):
        await create_project(source, tmp_path / "other", git=Git(), below="inputs")
    monkeypatch.setattr(project, "MOST_FILES", 100)
    monkeypatch.setattr(project, "MOST_BYTES", 19)
    with pytest.raises(UsageError, match="19 bytes"):
        await create_project(source, tmp_path / "other", git=Git(), below="inputs")
    assert not (tmp_path / "other").exists()
    monkeypatch.setattr(project, "MOST_BYTES", 20)
    with pytest.raises(UsageError, match="cannot be created"):
        await create_project(source, target, git=Git(), below="inputs")
