"""Agents that go round in circles: told, replaced, replaced by a stronger one, and last a person."""

from pathlib import Path

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
)
from swarm.core.limits import StuckLimits
from swarm.core.parts import SubtaskStatus
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import WRITE_IT, file_plan, file_scenario, make_repository

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
