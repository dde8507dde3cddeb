"""What can be said of a task folder: whether it can tell a solution from its untouched start."""

import subprocess
from pathlib import Path

import pytest

from swarm.catalogue import load_task_folder
from swarm.grading import Grades, examine, grade_commit, grade_solution, grade_start
from swarm.workspace.choosing import probe_bwrap
from swarm.workspace.git import Git
from swarm.workspace.project import create_project
from swarm.workspace.sandbox import Sandbox, SandboxLevel

PLAIN = Sandbox(SandboxLevel.NONE)
TASK = """
[task]
name = "sums"
checks = ["test -s sum.txt"]
"""
VERIFIER = """
test "$(cat sum.txt)" = "$(cat "$(dirname "$0")/expected")" || { echo "the sum is wrong"; exit 3; }
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a task folder in which nothing is wrong."""
    root = tmp_path / "sums"
    for name, text in {
        "task.toml": TASK,
        "instruction.md": "Add the numbers.\n",
        "repo/numbers.txt": "1 2\n",
        "solution/sum.txt": "3\n",
        "tests/verify.sh": VERIFIER,
        "tests/expected": "3\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


async def findings(root: Path, sandbox: Sandbox = PLAIN) -> dict[str, bool | None]:
    return {finding.text: finding.passed async for finding in examine(load_task_folder(root), sandbox)}


async def wrong(root: Path) -> str:
    """Return the one thing that is wrong."""
    (text,) = [text for text, passed in (await findings(root)).items() if passed is False]
    return text


async def test_a_good_folder(root: Path) -> None:
    assert await findings(root) == {
        "the untouched start is rejected by the checks (exit 1)": True,
        "the untouched start is rejected by the hidden verifier (exit 3: the sum is wrong)": True,
        "the solution is accepted by the checks (exit 0)": True,
        "the solution is accepted by the hidden verifier (exit 0)": True,
        "no file of tests/ is among those that agents see": True,
    }
    assert sorted(path.name for path in root.iterdir()) == ["instruction.md", "repo", "solution", "task.toml", "tests"]


async def test_a_verifier_that_cannot_fail(root: Path) -> None:
    (root / "tests" / "verify.sh").write_text("cat numbers.txt\n")
    assert await wrong(root) == (
        "the untouched start is accepted, so nothing would have to be done, by the hidden verifier (exit 0: 1 2)"
    )


async def test_checks_that_cannot_fail(root: Path) -> None:
    (root / "task.toml").write_text(TASK.replace("test -s sum.txt", "true"))
    assert "by the checks (exit 0)" in await wrong(root)


async def test_a_solution_that_is_none(root: Path) -> None:
    (root / "solution" / "sum.txt").write_text("4\n")
    assert await wrong(root) == "the solution is rejected by the hidden verifier (exit 3: the sum is wrong)"


async def test_a_hidden_test_that_agents_see(root: Path) -> None:
    (root / "repo" / "answers").write_text("3\n")
    assert await wrong(root) == "these files of tests/ are: tests/expected among those that agents see"


async def test_a_scenario_that_cannot_be_played(root: Path) -> None:
    (root / "task.toml").write_text(TASK + '[simulation]\nscenario = "scenario.toml"\n')
    (root / "scenario.toml").write_text("colour = 1\n")
    assert "the scenario cannot be played" in await wrong(root)
    assert "colour" in await wrong(root)


async def test_what_is_not_there_is_said(root: Path) -> None:
    (root / "task.toml").write_text('[task]\nname = "sums"\n')
    for name in ("tests/verify.sh", "tests/expected", "tests", "solution/sum.txt", "solution"):
        path = root / name
        path.rmdir() if path.is_dir() else path.unlink()
    said = await findings(root)
    assert list(said.values()) == [None, None, None, True]
    assert not (await grade_start(load_task_folder(root), PLAIN)).passed


async def test_checks_and_verifier_do_not_meet(root: Path) -> None:
    """What a check leaves behind is not what the verifier judges."""
    (root / "task.toml").write_text(TASK.replace("test -s sum.txt", "test -s sum.txt; r=$?; echo 9 > sum.txt; exit $r"))
    assert (await grade_solution(load_task_folder(root), PLAIN)).passed


async def test_a_branch_is_judged_in_a_checkout_of_its_own(root: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    await create_project(root / "repo", project, git=Git())
    (project / "sum.txt").write_text("3\n")

    async def judged(name: str) -> Grades:
        output = tmp_path / name
        return await grade_commit(
            load_task_folder(root), PLAIN, repository=project, reference="refs/heads/result", output=output
        )

    subprocess.run(["git", "branch", "result"], cwd=project, check=True)
    assert not (await judged("one")).passed  # the file is there, but it is not committed
    identity = ("-c", "user.name=me", "-c", "user.email=me@example.org")
    for command in (("checkout", "-q", "result"), ("add", "sum.txt"), ("commit", "-qm", "Sum")):
        subprocess.run(["git", *identity, *command], cwd=project, check=True)
    assert (await judged("two")).passed
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == [".git", "numbers.txt", "sum.txt"]


async def test_it_works_in_the_sandbox(root: Path) -> None:
    reason = await probe_bwrap()
    if reason:
        pytest.skip(reason)
    assert set((await findings(root, Sandbox(SandboxLevel.BWRAP))).values()) == {True}
