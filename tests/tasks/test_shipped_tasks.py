"""Every shipped task can be done and can be judged: its start is rejected, its solution accepted, a slip is seen."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from swarm.catalogue import TaskFolder, load_task_folder, shipped_tasks
from swarm.core.patterns import PathPatterns
from swarm.core.plan import Plan, Subtask, SubtaskKind, ancestors
from swarm.core.plan_graph import layers
from swarm.grading import examine, grade_solution
from swarm.testing.endpoint import load_scenario
from swarm.workspace.sandbox import Sandbox, SandboxLevel

FOLDERS = shipped_tasks()
SAMPLE = 5
PLAIN = Sandbox(SandboxLevel.NONE)

# A slip in one file of a solution, which the task's own checks do not see: the hidden verifier has to.
SLIPS = {
    "budget": ("man/notes-search.md", "--since 2025-01-01", "--after 2025-01-01"),
    "failing-suite": (
        "helpers/shares.py",
        "share, rest = divmod(cents, shares)",
        "share = int(cents / shares)\n    rest = cents - share * shares",
    ),
    "fan-out": ("labels/t001.json", '"severity": "high"', '"severity": "medium"'),
    "flaky-endpoint": ("checkdigits/luhn.py", "[0-9]( ?[0-9])", "[0-9]( ?\\d)"),
    "layered-build": ("calc/machine.py", "(OverflowError, ZeroDivisionError)", "OverflowError"),
    "migration": ("sniff/known/heic.py", " | magic(b'ftypheix', at=4)", ""),
    "replan": (
        "meters/readers/semicolon.py",
        'int(Decimal(used.replace(",", ".")) * 1000)',
        'int(float(used.replace(",", ".")) * 1000)',
    ),
    "research": ("facts/inc-003.json", '"minutes": 108', '"minutes": 107'),
    "spreadsheet": ("sheet/functions/math/roman.py", '    (50, "L"),\n', ""),
    "textkit": ("textkit/palindrome.py", "text.lower()", 'text.lower().replace(" ", "")'),
}


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
    shutil.copytree(task.start, destination / task.below, ignore=shutil.ignore_patterns("__pycache__"))
    return destination


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    search_path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": search_path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def apply(task: TaskFolder, subtask: Subtask, folder: Path) -> None:
    for name in subtask.writes:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(solution_of(task) / name, folder / name)


def sample(task: TaskFolder) -> list[Subtask]:
    subtasks = plan_of(task).subtasks
    return random.Random(7).sample(subtasks, min(SAMPLE, len(subtasks)))


def test_the_catalogue_is_complete() -> None:
    assert [folder.name for folder in FOLDERS] == sorted(SLIPS)


def test_a_task_says_what_it_shows(task: TaskFolder) -> None:
    assert task.file.title
    assert 20 <= len(task.file.shows) <= 110
    assert len(task.instruction) > 300
    assert "  " not in task.file.shows


async def test_it_rejects_its_start_and_accepts_its_solution(task: TaskFolder) -> None:
    findings = [finding async for finding in examine(task, PLAIN)]
    assert [finding.text for finding in findings if not finding.passed] == []
    assert len(findings) == 6


async def test_the_hidden_verifier_sees_a_slip_that_the_checks_do_not(task: TaskFolder) -> None:
    name, right, wrong = SLIPS[task.file.name]

    def slip(files: Path) -> None:
        text = (files / name).read_text(encoding="utf-8")
        assert text.count(right) == 1
        (files / name).write_text(text.replace(right, wrong), encoding="utf-8")

    grades = await grade_solution(task, PLAIN, change=slip)
    assert grades.checks is not None
    assert grades.checks.passed
    assert grades.verifier is not None
    assert not grades.verifier.passed


def test_the_solution_is_what_the_plan_writes(task: TaskFolder) -> None:
    written = [name for subtask in plan_of(task).subtasks for name in subtask.writes]
    root = solution_of(task)
    solved = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    assert sorted(written) == sorted(name for name in solved if "__pycache__" not in name)
    assert PathPatterns(task.protected).among(written) == ()


def test_nobody_can_pass_by_changing_what_judges(task: TaskFolder, tmp_path: Path) -> None:
    start = checkout(task, tmp_path / "start")
    judging = [
        name
        for path in start.rglob("*")
        if path.is_file() and {"tests", "tools"} & set((name := path.relative_to(start).as_posix()).split("/")[:-1])
    ]
    assert judging
    assert sorted(PathPatterns(task.protected).among(judging)) == sorted(judging)


def test_every_subtask_is_work_with_checks_and_a_file(task: TaskFolder) -> None:
    for subtask in plan_of(task).subtasks:
        assert subtask.kind is SubtaskKind.WORK
        assert subtask.checks
        assert len(subtask.writes) == 1
        assert len(subtask.id) <= 40
        assert subtask.writes[0] in subtask.instruction


def test_the_scenario_holds_the_whole_solution(task: TaskFolder) -> None:
    assert task.scenario is not None
    scenario = load_scenario(task.scenario)
    assert scenario.answers[0].subtask == "plan"
    solution = {f"../solution/{subtask.writes[0]}" for subtask in plan_of(task).subtasks}
    assert solution <= set(scenario.files)


def test_a_check_needs_the_subtask_and_what_it_depends_on_only(task: TaskFolder, tmp_path: Path) -> None:
    by_id = {subtask.id: subtask for subtask in plan_of(task).subtasks}
    for subtask in sample(task):
        folder = checkout(task, tmp_path / subtask.id)
        for ancestor in ancestors(by_id.values(), subtask.id):
            apply(task, by_id[ancestor], folder)
        before = [run(check, folder).returncode for check in subtask.checks]
        assert any(before), f"{subtask.id} passes without its work"
        apply(task, subtask, folder)
        for check in subtask.checks:
            result = run(check, folder)
            assert result.returncode == 0, f"{subtask.id}: {result.stderr}"


@pytest.mark.parametrize(
    ("name", "subtasks", "widest", "longest"),
    [
        ("spreadsheet", 320, 300, 3),
        ("fan-out", 300, 300, 1),
        ("migration", 31, 30, 2),
        ("research", 41, 40, 2),
        ("layered-build", 11, 3, 6),
        ("replan", 6, 4, 3),
    ],
)
def test_the_shape_of_a_plan_is_what_the_task_shows(name: str, subtasks: int, widest: int, longest: int) -> None:
    planned = plan_of(load_task_folder(next(folder for folder in FOLDERS if folder.name == name))).subtasks
    found = layers(planned)
    assert len(planned) >= subtasks
    assert max(map(len, found)) >= widest
    assert len(found) >= longest
