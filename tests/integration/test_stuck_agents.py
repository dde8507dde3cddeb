"""Agents that go round in circles: told, replaced, replaced by a stronger one, and last a person."""

from pathlib import Path

import pytest

from swarm import Endpoint, Limits, RunResult, Swarm, Task
from swarm.core.events import (
    AgentNudged,
    AttemptEnded,
    AttemptOutcome,
    AttemptStarted,
    Event,
    ModelCalled,
    PauseReason,
    PersonWanted,
    PlanPatched,
    ReplanAsked,
)
from swarm.core.limits import StuckLimits
from swarm.core.parts import SubtaskStatus
from swarm.core.replans import ReplanCause
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import WRITE_IT, branch_files, file_plan, file_scenario, make_repository

CIRCLE = step("search", pattern="nothing like this")


async def carry_out(
    tmp_path: Path, *answers: Answer, limits: Limits, strong: str = ""
) -> tuple[RunResult, list[Event]]:
    repository = make_repository(tmp_path / "repository")
    scenario = file_scenario(file_plan(1), *answers).model_copy(update={"models": ["m", "large"]})
    async with (
        SimulatedEndpoint(scenario) as simulated,
        Swarm(
            Endpoint(simulated.base_url, model="m", models={"strong": strong} if strong else {}),
            home=tmp_path / "home",
            sandbox="none",
        ) as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository), limits=limits), plan=file_plan(1))
        events = [recorded.event async for recorded in run.events()]
        return await run.result(), events


async def test_an_agent_that_is_told_that_it_is_stuck_goes_on(tmp_path: Path) -> None:
    answer = Answer(subtask="s0", steps=[*[CIRCLE] * 4, *WRITE_IT])
    result, events = await carry_out(tmp_path, answer, limits=Limits())
    assert result.done
    (told,) = [event for event in events if isinstance(event, AgentNudged)]
    assert told.stuck == "repeated"
    assert sum(isinstance(event, AttemptStarted) for event in events) == 1


async def test_each_rung_is_taken_and_a_person_is_the_last_one(tmp_path: Path) -> None:
    answer = Answer(subtask="s0", steps=[CIRCLE])
    limits = Limits(max_attempts=3, stuck=StuckLimits(repetitions=2))
    result, events = await carry_out(tmp_path, answer, limits=limits, strong="large")
    assert result.paused is not None
    assert result.paused.reason is PauseReason.PERSON
    assert "s0" in result.paused.message
    ended = [event for event in events if isinstance(event, AttemptEnded)]
    assert [event.outcome for event in ended] == [AttemptOutcome.STUCK] * 3
    assert "nothing like this" in ended[0].reason
    started = [event for event in events if isinstance(event, AttemptStarted)]
    assert [event.role for event in started] == ["", "", "strong"]
    assert "nothing like this" in started[1].feedback
    models = {event.attempt_id: event.model for event in events if isinstance(event, ModelCalled)}
    assert models == {"s0@1": "m", "s0@2": "m", "s0@3": "large"}
    assert sum(isinstance(event, AgentNudged) for event in events) == 3
    assert sum(isinstance(event, ModelCalled) for event in events) == 3 * 4
    assert sum(isinstance(event, PersonWanted) for event in events) == 1
    assert result.view.subtasks["s0"].status is SubtaskStatus.WAITING


async def test_a_stronger_model_may_do_it(tmp_path: Path) -> None:
    weak = [Answer(subtask="s0", attempt=number, steps=[CIRCLE]) for number in (1, 2)]
    limits = Limits(stuck=StuckLimits(repetitions=2))
    result, events = await carry_out(tmp_path, *weak, limits=limits, strong="large")
    assert result.done
    assert [event.role for event in events if isinstance(event, AttemptStarted)] == ["", "", "strong"]
    assert result.view.ledger.role("strong").spent.calls > 0


PATCH = {
    "reason": "s0 leads nowhere",
    "add": [
        {
            "id": "other-way",
            "instruction": "Write the word done into f0.txt, without looking for anything.",
            "checks": ["grep -q done f0.txt"],
            "writes": ["f0.txt"],
        }
    ],
    "change": [],
    "drop": [{"id": "s0", "instead": ["other-way"]}],
}
DO_IT = (step("write_file", path="f0.txt", content="done\n"), step("finish", summary="Wrote f0.txt."))


@pytest.mark.parametrize("helps", [True, False])
async def test_after_the_stronger_role_comes_another_plan_and_a_person_only_when_it_does_not_help(
    tmp_path: Path, helps: bool
) -> None:
    repository = make_repository(tmp_path / "repository")
    answers = (
        Answer(subtask="replan-1", steps=[step(json=PATCH)]),
        Answer(subtask="other-way", steps=list(DO_IT) if helps else [CIRCLE]),
        Answer(subtask="s0", steps=[CIRCLE]),
    )
    scenario = file_scenario(file_plan(2, layer=1), *answers).model_copy(update={"models": ["m", "large"]})
    limits = Limits(max_attempts=3, max_replans=1, stuck=StuckLimits(repetitions=2))
    async with (
        SimulatedEndpoint(scenario) as simulated,
        Swarm(
            Endpoint(simulated.base_url, model="m", models={"strong": "large"}), home=tmp_path / "home", sandbox="none"
        ) as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository), limits=limits))
        events = [recorded.event async for recorded in run.events()]
        result = await run.result()
    told = {event.attempt_id for event in events if isinstance(event, AgentNudged)}
    assert {"s0@1", "s0@2", "s0@3"} <= told  # the hint comes first, in each attempt
    started = [(event.attempt_id, event.role) for event in events if isinstance(event, AttemptStarted)]
    assert [each for each in started if each[0].startswith("s0@")] == [("s0@1", ""), ("s0@2", ""), ("s0@3", "strong")]
    (asked,) = [event for event in events if isinstance(event, ReplanAsked)]
    assert (asked.cause, asked.about) == (ReplanCause.STUCK, ("s0",))
    (patched,) = [event for event in events if isinstance(event, PlanPatched)]
    assert patched.attempt_id == "replan-1@1"
    wanted = [event.subtask_id for event in events if isinstance(event, PersonWanted)]
    if helps:
        assert result.done
        assert wanted == []
        assert {"f0.txt", "f1.txt"} <= branch_files(repository, result.branch).keys()
    else:
        assert wanted == ["other-way"]
        assert result.paused is not None
        assert result.paused.reason is PauseReason.PERSON
