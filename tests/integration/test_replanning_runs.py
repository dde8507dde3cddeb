"""Whole runs whose plan does not work out: the planner is asked again, and its patch carried out."""

from pathlib import Path
from typing import Any

from swarm import Limits
from swarm.core.events import AttemptOpened, PatchRefused, PlanPatched, ReplanAsked, RunOutcome, SubtaskEnded
from swarm.core.replans import ReplanCause
from swarm.testing.endpoint import Answer, step
from tests.integration.projects import branch_files, file_plan, file_scenario
from tests.integration.test_agents import carry_out

ONE_TRY = Limits(max_attempts=1, max_handins=1)
QUITTER = Answer(subtask="s0", steps=[step("finish", summary="It is done.")])
STAND_IN = {
    "id": "other-way",
    "title": "The file in another way",
    "instruction": "Write the word done into f0.txt.",
    "depends_on": [],
    "checks": ["grep -q done f0.txt"],
    "writes": ["f0.txt"],
    "kind": "work",
}
PATCH = {
    "reason": "s0 was too vague",
    "add": [STAND_IN],
    "change": [],
    "drop": [{"id": "s0", "instead": ["other-way"]}],
}
OTHER_WAY = Answer(
    subtask="other-way",
    steps=[step("write_file", path="f0.txt", content="done\n"), step("finish", summary="Wrote f0.txt.")],
)


async def test_what_fails_is_made_up_for_by_a_patch_of_the_plan(tmp_path: Path) -> None:
    planner = Answer(subtask="replan-1", steps=[step(json=PATCH)])
    scenario = file_scenario(file_plan(3, layer=1), QUITTER, planner, OTHER_WAY)
    result, events = await carry_out(tmp_path, scenario, None, ONE_TRY)
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.DONE
    files = branch_files(tmp_path / "repository", "swarm/" + result.run_id)
    assert {"f0.txt", "f1.txt", "f2.txt"} <= files.keys()
    (asked,) = [event for event in events if isinstance(event, ReplanAsked)]
    assert asked.about == ("s0",)
    (opened,) = [event for event in events if isinstance(event, AttemptOpened) and event.attempt_id == "replan-1@1"]
    assert "- s0 [failed] File 0" in opened.messages[1].content
    assert "- s1 [blocked] File 1; depends on s0" in opened.messages[1].content


async def test_a_patch_that_does_not_fit_goes_back_with_the_reason(tmp_path: Path) -> None:
    wrong = PATCH | {"drop": [{"id": "nobody", "instead": []}]}
    planner = Answer(subtask="replan-1", steps=[step(json=wrong), step(text="Hm."), step(json=PATCH)])
    scenario = file_scenario(file_plan(2, layer=1), QUITTER, planner, OTHER_WAY)
    result, events = await carry_out(tmp_path, scenario, None, ONE_TRY)
    assert result.done
    (patched,) = [event for event in events if isinstance(event, PlanPatched)]
    assert patched.patch.reason == "s0 was too vague"


async def test_a_planner_without_a_usable_patch_ends_it_with_the_reason(tmp_path: Path) -> None:
    wrong = PATCH | {"drop": [{"id": "nobody", "instead": []}]}
    planner = Answer(subtask="replan-1", steps=[step(json=wrong)])
    scenario = file_scenario(file_plan(2, layer=1), QUITTER, planner)
    result, events = await carry_out(tmp_path, scenario, None, ONE_TRY)
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.FAILED
    refused = [event for event in events if isinstance(event, PatchRefused)]
    assert [event.step for event in refused] == [1, 0]  # word for word the same: handed in as it is, and refused
    assert all("'nobody' cannot be dropped" in event.reason for event in refused)
    ended = {event.subtask_id: event.reason for event in events if isinstance(event, SubtaskEnded)}
    assert "'nobody' cannot be dropped" in ended["replan-1"]
    assert ended["s1"] == "it needs s0, which failed"
    assert result.view.spent.calls < 10  # the planner is not asked for ever


async def test_a_patch_that_forgets_what_failed_goes_back_once(tmp_path: Path) -> None:
    empty = PATCH | {"add": [], "drop": []}
    planner = Answer(subtask="replan-1", steps=[step(json=empty), step(json=PATCH)])
    scenario = file_scenario(file_plan(2, layer=1), QUITTER, planner, OTHER_WAY)
    result, events = await carry_out(tmp_path, scenario, None, ONE_TRY)
    assert result.done
    (refused,) = [event.reason for event in events if isinstance(event, PatchRefused)]
    assert "s0 failed, and your patch has nothing in its place" in refused
    assert "skipped: s1" in refused


async def test_a_planner_looks_at_what_came_of_a_nested_plan_that_nothing_checks(tmp_path: Path) -> None:
    def part(name: str, **fields: object) -> dict[str, object]:
        checks = [f"grep -q done {name}.txt"]
        return {"id": name, "instruction": f"Write the word done into {name}.txt.", "checks": checks} | fields

    def writes(name: str) -> list[Any]:
        return [step("write_file", path=f"{name}.txt", content="done\n"), step("finish", summary=f"Wrote {name}.")]

    first = {"subtasks": [part("big", kind="plan", checks=[], instruction="Divide this."), part("small")]}
    patch = {"reason": "two is missing", "add": [part("two")], "change": [], "drop": []}
    nothing = {"reason": "nothing is missing", "add": [], "change": [], "drop": []}
    scenario = file_scenario(
        file_plan(1),
        Answer(subtask="plan", steps=[step(json=first)]),
        Answer(subtask="big", steps=[step(json={"subtasks": [part("one")]})]),
        Answer(subtask="big.replan-1", steps=[step(json=patch)]),
        Answer(subtask="big.replan-2", steps=[step(json=nothing)]),
        *(Answer(subtask=f"big.{name}", steps=writes(name)) for name in ("one", "two")),
        Answer(subtask="small", steps=writes("small")),
    )
    result, events = await carry_out(tmp_path, scenario, None, Limits())
    assert result.done
    asked = [(event.scope_id, event.cause) for event in events if isinstance(event, ReplanAsked)]
    assert asked == [("big", ReplanCause.REVIEW)] * 2
    shown = {event.attempt_id: event.messages[1].content for event in events if isinstance(event, AttemptOpened)}
    assert "- big.one [done] big.one: Wrote one." in shown["big.replan-1@1"]
    assert "Wrote two." in shown["big.replan-2@1"]
    assert "two.txt" in branch_files(tmp_path / "repository", "swarm/" + result.run_id)
