"""Planners that go wrong in every way: each ends in a recorded, explained state, and no more money is spent."""

from pathlib import Path
from typing import Any

import pytest

from swarm import Limits, RunResult
from swarm.core.events import AttemptEnded, Event, NoteRecorded, PlanExtended, RunOutcome, SubtaskEnded, VerdictGiven
from swarm.testing.endpoint import Answer, step
from tests.integration.projects import WRITE_IT, file_plan, file_scenario
from tests.integration.test_agents import carry_out

LIMITS = Limits(max_attempts=2, max_subtasks=500)


def part(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"s{number}",
        "title": f"File {number}",
        "instruction": f"Write the word done into f{number}.txt.",
        "checks": [f"grep -q done f{number}.txt"],
        "writes": [f"f{number}.txt"],
        "depends_on": [],
    } | fields


def plan(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"subtasks": list(parts)}


async def planned_badly(tmp_path: Path, *steps: Any, count: int = 12) -> tuple[RunResult, list[Event]]:
    scenario = file_scenario(file_plan(count), Answer(subtask="plan", steps=list(steps)))
    return await carry_out(tmp_path, scenario, None, LIMITS)


def assert_failed_for(reason: str, result: RunResult, events: list[Event], *, most_calls: int = 6) -> None:
    """The run ends as failed, its first subtask says why, and few calls were made."""
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.FAILED
    ended = {event.subtask_id: event.reason for event in events if isinstance(event, SubtaskEnded)}
    assert reason in ended["plan"], ended
    assert result.view.spent.calls <= most_calls
    assert not any(event.parent_id for event in events if isinstance(event, PlanExtended))


def refusals(events: list[Event]) -> list[str]:
    return [event.verdict.reason for event in events if isinstance(event, VerdictGiven) and "plan@" in event.attempt_id]


async def test_a_planner_that_answers_prose(tmp_path: Path) -> None:
    words = [step(text=text) for text in ("First we think.", "Then we plan.", "Last we work.")]
    assert_failed_for("is prose, not JSON", *await planned_badly(tmp_path, *words))


async def test_a_planner_that_answers_half_a_plan(tmp_path: Path) -> None:
    half = [step(text='{"subtasks": [{"id": "s0", "instruc'), step(text='{"subtasks": [{"id": "s0"}]}')]
    result, events = await planned_badly(tmp_path, *half)
    assert_failed_for("field 'instruction'", result, events)
    assert any("not valid JSON" in reason for reason in refusals(events))


async def test_a_planner_that_answers_a_cycle(tmp_path: Path) -> None:
    cycle = plan(part(0, depends_on=["s1"]), part(1, depends_on=["s0"]))
    assert_failed_for("the dependencies form a cycle", *await planned_badly(tmp_path, step(json=cycle)))


async def test_a_planner_that_answers_an_empty_plan(tmp_path: Path) -> None:
    assert_failed_for("the plan has no subtasks", *await planned_badly(tmp_path, step(json=plan())))


async def test_a_planner_that_answers_10000_subtasks(tmp_path: Path) -> None:
    wide = plan(*(part(number) for number in range(10_000)))
    assert_failed_for(
        "10000 subtasks are too many; the limit is 499", *await planned_badly(tmp_path, step(json=wide)), most_calls=2
    )


async def test_a_planner_that_answers_one_long_chain_is_told_once_and_may_insist(tmp_path: Path) -> None:
    chain = plan(*(part(number, depends_on=[f"s{number - 1}"] if number else []) for number in range(8)))
    result, events = await planned_badly(tmp_path, step(json=chain))
    assert result.done
    (refused,) = refusals(events)
    assert "8 subtasks in a chain" in refused
    assert "s1 on s0" in refused
    assert any("in a chain" in event.text for event in events if isinstance(event, NoteRecorded))


async def test_a_planner_that_answers_one_long_chain_may_think_better_of_it(tmp_path: Path) -> None:
    chain = plan(*(part(number, depends_on=[f"s{number - 1}"] if number else []) for number in range(8)))
    wide = plan(*(part(number) for number in range(8)))
    result, events = await planned_badly(tmp_path, step(json=chain), step(json=wide))
    assert result.done
    assert len(refusals(events)) == 1
    assert not [event for event in events if isinstance(event, NoteRecorded) and event.subtask_id == "plan"]


async def test_a_plan_that_is_only_doubted_is_better_than_what_cannot_be_used(tmp_path: Path) -> None:
    chain = plan(*(part(number, depends_on=[f"s{number - 1}"] if number else []) for number in range(12)))
    cycle = plan(part(0, depends_on=["s1"]), part(1, depends_on=["s0"]))
    result, events = await planned_badly(tmp_path, step(json=chain), step(json=cycle), step(text="No plan at all."))
    assert result.done
    assert len(refusals(events)) == 3
    assert len(result.view.subtasks) == 13
    assert any("in a chain" in event.text for event in events if isinstance(event, NoteRecorded))


async def test_a_planner_that_invents_files_is_told_once_and_what_it_insists_on_is_noted(tmp_path: Path) -> None:
    invented = plan(part(0, checks=["grep -q done f0.txt", "test -f src/engine/core.py"]))
    result, events = await planned_badly(tmp_path, step(json=invented))
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.FAILED  # the check cannot pass, and the work is not called done
    (refused,) = refusals(events)
    assert "src/engine/core.py, which neither exists nor is written" in refused
    ended = {event.subtask_id: event.reason for event in events if isinstance(event, SubtaskEnded)}
    assert "test -f src/engine/core.py" in ended["s0"]


async def test_a_planner_whose_checks_cannot_run(tmp_path: Path) -> None:
    impossible = plan(part(0, checks=["frobnicate --all"]))
    assert_failed_for("frobnicate, which is not installed", *await planned_badly(tmp_path, step(json=impossible)))


async def test_a_planner_that_repeats_itself(tmp_path: Path) -> None:
    twice = plan(part(0), part(1, instruction="Write the word  DONE into f0.txt."))
    result, events = await planned_badly(tmp_path, step(json=twice))
    assert_failed_for("s1 and s0 have the same instruction", result, events, most_calls=4)
    ends = [event.reason for event in events if isinstance(event, AttemptEnded)]
    assert all("in 2 answers, the last two alike" in reason for reason in ends)


async def test_a_planner_that_never_stops_planning(tmp_path: Path) -> None:
    deeper = plan(part(0, kind="plan", checks=[]), part(1, kind="plan", checks=[]))
    scenario = file_scenario(file_plan(2), Answer(subtask="*", steps=[step(json=deeper)]))
    result, events = await carry_out(tmp_path, scenario, None, LIMITS)
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.FAILED
    ended = {event.subtask_id: event.reason for event in events if isinstance(event, SubtaskEnded)}
    assert 'every subtask is of kind "plan": say what is to be done' in ended["s0"]
    assert result.view.spent.calls <= 30


async def test_a_planner_whose_subtasks_write_the_same_file_has_them_put_in_a_row(tmp_path: Path) -> None:
    alike = [
        plan(part(0), part(1, instruction=f"Add to it {number}.", writes=["f0.txt", "f1.txt"])) for number in range(3)
    ]
    add = Answer(subtask="s1", steps=[step("write_file", path="f1.txt", content="done\n"), step("finish", summary="x")])
    planner = Answer(subtask="plan", steps=[step(json=each) for each in alike])
    scenario = file_scenario(file_plan(2), add, planner, Answer(subtask="s0", steps=list(WRITE_IT)))
    result, events = await carry_out(tmp_path, scenario, None, LIMITS)
    assert result.done
    assert all("both write" in reason for reason in refusals(events))
    (extended,) = [event for event in events if isinstance(event, PlanExtended) and event.parent_id]
    assert extended.subtasks[1].depends_on == ("s0",)


@pytest.mark.parametrize("steps", [[step(text="Hm.")], [step(json=plan())]])
async def test_a_planner_is_asked_no_more_than_it_may_be(tmp_path: Path, steps: list[Any]) -> None:
    result, _ = await planned_badly(tmp_path, *steps)
    assert result.view.spent.calls == 4  # two attempts, and in each one repair that comes to the same
