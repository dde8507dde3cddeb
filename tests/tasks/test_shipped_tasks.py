"""Every shipped task can be done: its checks fail at the start and pass with its solution."""

import fnmatch
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from swarm.catalogue import TaskFolder, load_task_folder, shipped_tasks
from swarm.core.plan import Plan, Subtask, SubtaskKind, ancestors, layers
from swarm.testing.endpoint import load_scenario

FOLDERS = shipped_tasks()
SAMPLE = 10


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def task(request: pytest.FixtureRequest) -> TaskFolder:
    return load_task_folder(request.param)


def plan_of(task: TaskFolder) -> Plan:
    path = task.root / "simulation" / "plan.json"
    return Plan.parse(path.read_text(encoding="utf-8"), source=str(path))


def solution_of(task: TaskFolder) -> Path:
    assert task.solution is not None
    return task.solution


def checkout(task: TaskFolder, destination: Path) -> Path:
    shutil.copytree(task.start, destination, ignore=shutil.ignore_patterns("__pycache__"))
    return destination


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    search_path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": search_path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def apply(task: TaskFolder, subtask: Subtask, folder: Path) -> None:
    for name in subtask.writes:
        shutil.copy(solution_of(task) / name, folder / name)


def sample(task: TaskFolder) -> list[Subtask]:
    subtasks = plan_of(task).subtasks
    return random.Random(7).sample(subtasks, min(SAMPLE, len(subtasks)))


def test_the_demo_and_the_small_task_are_shipped() -> None:
    assert [folder.name for folder in FOLDERS] == ["spreadsheet", "textkit"]


def test_the_solution_is_what_the_plan_writes(task: TaskFolder) -> None:
    written = [name for subtask in plan_of(task).subtasks for name in subtask.writes]
    root = solution_of(task)
    solved = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    assert sorted(written) == sorted(name for name in solved if "__pycache__" not in name)
    assert all((task.start / name).is_file() for name in written)
    assert not [name for name in written for pattern in task.file.protected if fnmatch.fnmatch(name, pattern)]


def test_every_subtask_is_work_with_a_check_and_a_file(task: TaskFolder) -> None:
    for subtask in plan_of(task).subtasks:
        assert subtask.kind is SubtaskKind.WORK
        assert (len(subtask.checks), len(subtask.writes)) == (1, 1), subtask.id
        assert len(subtask.id) <= 40
        assert subtask.writes[0] in subtask.instruction


def test_the_scenario_can_be_played(task: TaskFolder) -> None:
    assert task.scenario is not None
    scenario = load_scenario(task.scenario)
    assert scenario.answers[0].subtask == "plan"
    solution = {f"../solution/{subtask.writes[0]}" for subtask in plan_of(task).subtasks}
    assert solution <= set(scenario.files)


def test_the_checks_fail_at_the_start_and_pass_with_the_solution(task: TaskFolder, tmp_path: Path) -> None:
    folder = checkout(task, tmp_path / "checkout")
    assert task.tests is not None
    commands = [*task.file.checks, f"bash '{task.tests / 'verify.sh'}'"]
    assert [command for command in commands if run(command, folder).returncode == 0] == []
    shutil.copytree(solution_of(task), folder, dirs_exist_ok=True)
    for command in commands:
        result = run(command, folder)
        assert result.returncode == 0, result.stderr


def test_a_check_needs_the_subtask_and_what_it_depends_on_only(task: TaskFolder, tmp_path: Path) -> None:
    by_id = {subtask.id: subtask for subtask in plan_of(task).subtasks}
    for subtask in sample(task):
        folder = checkout(task, tmp_path / subtask.id)
        for ancestor in ancestors(by_id.values(), subtask.id):
            apply(task, by_id[ancestor], folder)
        assert run(subtask.checks[0], folder).returncode != 0, f"{subtask.id} passes without its work"
        apply(task, subtask, folder)
        result = run(subtask.checks[0], folder)
        assert result.returncode == 0, f"{subtask.id}: {result.stderr}"


def test_the_demo_has_three_hundred_subtasks_that_are_ready_together() -> None:
    demo = next(folder for folder in FOLDERS if folder.name == "spreadsheet")
    subtasks = plan_of(load_task_folder(demo)).subtasks
    assert len(subtasks) >= 320
    assert max(map(len, layers(subtasks))) >= 300
