"""Planners say who does what: the roles of the run's configuration, and no others; judges have a model of their own."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from swarm import Endpoint, Limits, Plan, RunResult, Subtask, Swarm, Task
from swarm.core.events import Event, ModelCalled, NoteRecorded, VerdictGiven
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import file_plan, file_scenario, make_repository, run_swarm
from tests.integration.test_bad_plans import part, plan


async def planned(tmp_path: Path, *answers: dict[str, Any], limits: Limits) -> tuple[RunResult, list[Event]]:
    repository = make_repository(tmp_path / "repository")
    planner = Answer(subtask="plan", steps=[step(json=answer) for answer in answers])
    scenario = file_scenario(file_plan(2), planner).model_copy(update={"models": ["m", "fine"]})
    async with (
        SimulatedEndpoint(scenario) as simulated,
        Swarm(
            Endpoint(simulated.base_url, model="m", models={"writer": "fine"}), home=tmp_path / "home", sandbox="none"
        ) as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository), limits=limits))
        events = [recorded.event async for recorded in run.events()]
        return await run.result(), events


def models(events: list[Event]) -> dict[str, str]:
    return {event.attempt_id: event.model for event in events if isinstance(event, ModelCalled)}


def refusals(events: list[Event]) -> list[str]:
    return [event.verdict.reason for event in events if isinstance(event, VerdictGiven) and "plan@" in event.attempt_id]


async def test_a_planner_names_the_roles_of_its_subtasks(tmp_path: Path) -> None:
    answer = plan(part(0, role="writer"), part(1, role="tester"))
    limits = Limits.model_validate({"roles": {"tester": {"workers": 1}}})
    result, events = await planned(tmp_path, answer, limits=limits)
    assert result.done
    assert {name: view.spec.role for name, view in result.view.subtasks.items()} == {
        "plan": "planner",
        "s0": "writer",
        "s1": "tester",
    }
    assert models(events) == {"plan@1": "m", "s0@1": "fine", "s1@1": "m"}
    assert refusals(events) == []


async def test_a_role_that_the_run_does_not_have_goes_back_to_the_planner(tmp_path: Path) -> None:
    result, events = await planned(
        tmp_path, plan(part(0, role="wizard"), part(1)), plan(part(0, role="writer"), part(1)), limits=Limits()
    )
    assert result.done
    assert refusals(events) == ["subtask 's0' has the role 'wizard', which is not there; work can have: worker, writer"]
    assert models(events)["s0@1"] == "fine"


async def test_a_planner_that_insists_on_a_role_gets_a_worker_and_the_run_says_so(tmp_path: Path) -> None:
    result, events = await planned(tmp_path, plan(part(0, role="wizard"), part(1)), limits=Limits())
    assert result.done
    assert len(refusals(events)) == 1
    assert models(events)["s0@1"] == "m"
    notes = [event.text for event in events if isinstance(event, NoteRecorded)]
    assert "s0: there is no role 'wizard'; worker does it" in notes


async def test_a_given_plan_with_a_role_that_has_no_model_is_noted(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    (only,) = file_plan(1).subtasks
    given = Plan(subtasks=(only.model_copy(update={"role": "wizard"}),))
    async with (
        SimulatedEndpoint(file_scenario(given)) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=given)
        result = await run.result()
    assert result.done
    assert [text for _, text in result.view.notes if "wizard" in text] == [
        "the plan: there is no model for the role 'wizard': there is compactor, judge, planner, worker"
    ]


async def test_judges_are_asked_with_the_model_that_is_named_for_them(tmp_path: Path) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    (only,) = file_plan(1).subtasks
    judged = Plan(subtasks=(Subtask.model_validate({**only.model_dump(), "rubric": "It says done.", "judges": 1}),))
    file = tmp_path / "plan.json"
    file.write_text(judged.model_dump_json(exclude_none=True))
    verdict = step(json={"verdict": "pass", "reasons": ["It does."], "score": 9})
    scenario = file_scenario(judged, Answer(subtask="s0#judge", steps=[verdict])).model_copy(
        update={"models": ["m", "strict"]}
    )
    async with SimulatedEndpoint(scenario) as simulated:
        arguments = ("run", "--plan", str(file), "--repo", str(repository), "--display", "none", "--sandbox", "none")
        endpoint = ("--base-url", simulated.base_url, "--model", "m", "--judge-model", "strict")
        ended = await asyncio.to_thread(run_swarm, *arguments, *endpoint, home=home)
        assert ended.returncode == 0, ended.stderr
        asked = {(call.subtask, call.model) for call in simulated.ledger.calls}
    assert asked == {("s0", "m"), ("s0#judge", "strict")}


@pytest.mark.parametrize(("models", "judged"), [({}, False), ({"judge": "fine"}, True)])
async def test_a_planners_rubric_beside_checks_is_for_judges_with_a_model_of_their_own(
    tmp_path: Path, models: dict[str, str], judged: bool
) -> None:
    repository = make_repository(tmp_path / "repository")
    planner = Answer(subtask="plan", steps=[step(json=plan(part(0, rubric="It is good."), part(1)))])
    judge = Answer(subtask="s0#judge", steps=[step(json={"verdict": "pass", "reasons": ["It is."], "score": 9})])
    scenario = file_scenario(file_plan(2), planner, judge).model_copy(update={"models": ["m", "fine"]})
    async with (
        SimulatedEndpoint(scenario) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m", models=models), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository)))
        result = await run.result()
    assert result.done
    assert bool(result.view.subtasks["s0"].spec.rubric) is judged
    assert ("s0#judge" in {call.subtask for call in simulated.ledger.calls}) is judged
