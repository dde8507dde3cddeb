"""What the checks say before anything was done, by itself and in whole runs against the simulated endpoint."""

from pathlib import Path

import pytest

from swarm import Endpoint, Swarm, Task
from swarm.core.baseline import BaselineChecked, environment_problem, remarks_on
from swarm.core.events import ModelCalled, NoteRecorded, PauseReason, RunOutcome
from swarm.core.evidence import evidence_of
from swarm.core.messages import CheckResult
from swarm.core.plan import Plan, Subtask
from swarm.journal.reader import JournalReader
from swarm.testing.endpoint import SimulatedEndpoint
from tests.integration.projects import file_plan, file_scenario, make_repository


def result(exit_code: int | None, output: str = "", command: str = "check") -> CheckResult:
    return CheckResult(command, exit_code, 1.0, output, "")


@pytest.mark.parametrize(
    ("exit_code", "output", "said"),
    [
        (127, "bash: line 1: pytest: command not found\n", "the command pytest is not there"),
        (127, "sh: 1: jest: not found\n", "the command jest is not there"),
        (127, "bash: line 1: ./build/app: No such file or directory\n", ""),
        (2, "make: pytest: No such file or directory\nmake: *** [Makefile:2: test] Error 127\n", "pytest is not there"),
        (126, "bash: line 1: ./run.sh: /bin/nosh: bad interpreter: No such file\n", "bad interpreter"),
        (1, "/usr/bin/python3: No module named pytest\n", "the Python module pytest is not installed"),
        (1, "ModuleNotFoundError: No module named 'parser'\n", ""),
        (1, "ModuleNotFoundError: No module named 'pytest_mine'\n", ""),
        (101, "Could not resolve host: index.crates.io\n", "it wants the network"),
        (1, "write: No space left on device\n", "No space left"),
        (1, "FAILED (failures=3)\n", ""),
        (0, "bash: pytest: command not found\n", ""),
        (None, "bash: pytest: command not found\n", ""),
    ],
)
def test_what_no_work_could_mend_is_told_from_what_is_not_done_yet(
    exit_code: int | None, output: str, said: str
) -> None:
    problem = environment_problem([result(1), result(exit_code, output)])
    assert said in problem
    assert bool(problem) is bool(said)


def test_remarks_name_what_cannot_fail_and_what_did_not_end() -> None:
    assert remarks_on([result(1)]) == ()
    (both,) = remarks_on([result(0, command="a"), result(0, command="b")])
    assert both.startswith("every check of this run passes before anything was done")
    passes, hangs = remarks_on([result(0, command="a"), result(1), result(None, command="b")])
    assert "`a` passes before anything was done" in passes
    assert "`b` was stopped after 1 s" in hangs


def events_of(folder: Path, kind: type) -> list[object]:
    with JournalReader(folder) as reader:
        return [each.event for each in reader.events() if isinstance(each.event, kind)]


async def test_a_check_that_cannot_run_pauses_the_run_before_a_model_is_asked(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(2)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository), checks=("no-such-tool --all",))
        run = await swarm.submit(task, run_id="r")
        for _ in range(2):  # a resume looks again
            first = await run.result()
            assert first.paused is not None
            assert first.paused.reason is PauseReason.PERSON
            assert "the command no-such-tool is not there" in first.paused.message
            assert "swarm resume --no-baseline" in first.paused.message
            assert events_of(run.folder.journal, ModelCalled) == []
            run = await swarm.resume("r")
        await run.result()

        def regardless(old: Task) -> Task:
            return old.model_copy(update={"baseline": False, "checks": ("true",)})

        second = await (await swarm.resume("r", change_task=regardless)).result()
    assert second.ended is not None
    assert len(events_of(run.folder.journal, ModelCalled)) > 0


async def test_checks_that_pass_on_the_untouched_start_are_told(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    proves = "grep -q done f0.txt"
    plan = Plan(
        subtasks=(
            *file_plan(1).subtasks,
            Subtask(id="s1", instruction="x", checks=("test -s README.md; sleep 3",), writes=("f1.txt",)),
        )
    )
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository), checks=("test -s README.md",))
        run = await swarm.submit(task, plan=plan, run_id="r")
        result = await run.result()
    assert result.done
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.DONE
    assert result.ended.reason.endswith("the run's checks pass, as they did before anything was done")
    found = evidence_of(result.view)
    assert (found.checked, found.unproven) == (2, 1)
    assert proves not in result.view.doubts.passing_at_start
    baselines = events_of(run.folder.journal, BaselineChecked)
    assert [each.whole for each in baselines if isinstance(each, BaselineChecked)][:2] == [True, False]
    notes = [each.text for each in events_of(run.folder.journal, NoteRecorded) if isinstance(each, NoteRecorded)]
    assert len([note for note in notes if "every check of this run passes" in note]) == 1
    assert len([note for note in notes if "of a subtask passes before the work is done" in note]) == 1
