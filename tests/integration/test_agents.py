"""How agents take what models really say: prose, broken calls, giving up, splitting, never stopping."""

from pathlib import Path

import pytest

from swarm import Endpoint, Limits, RunResult, Swarm, Task
from swarm.core.compaction import ConversationCompacted
from swarm.core.events import (
    AgentNudged,
    AttemptEnded,
    AttemptOutcome,
    Event,
    PlanExtended,
    RunOutcome,
    SubtaskHandedBack,
    ToolReturned,
)
from swarm.core.plan import Plan, Subtask, SubtaskKind
from swarm.testing.endpoint import Answer, Fault, Scenario, ScriptedCall, SimulatedEndpoint, Speed, step
from tests.integration.projects import WRITE_IT, branch_files, file_plan, file_scenario, make_repository

FAST = Speed(first_token_ms=(1, 2))


async def carry_out(
    tmp_path: Path, scenario: Scenario, plan: Plan | None, limits: Limits | None = None, *, tools: str = ""
) -> tuple[RunResult, list[Event]]:
    repository = make_repository(tmp_path / "repository")
    async with (
        SimulatedEndpoint(scenario) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m", tools=tools), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository), limits=limits or Limits())
        run = await swarm.submit(task, plan=plan)
        events = [recorded.event async for recorded in run.events()]
        return await run.result(), events


def ends(events: list[Event]) -> list[AttemptEnded]:
    return [event for event in events if isinstance(event, AttemptEnded)]


@pytest.mark.parametrize("tools", ["native", "action", "text"])
async def test_agents_work_however_tools_are_offered(tmp_path: Path, tools: str) -> None:
    once_wrong = Answer(
        subtask="s0",
        attempt=1,
        steps=[
            step("write_file", path="f0.txt", content="wrong"),
            step("finish", summary="claims to be done"),
            step("write_file", path="f0.txt", content="done"),
            step("finish", summary="is done"),
        ],
    )
    result, events = await carry_out(tmp_path, file_scenario(file_plan(1), once_wrong), file_plan(1), tools=tools)
    assert result.done
    assert len(ends(events)) == 1


async def test_f23_prose_is_answered_with_a_nudge(tmp_path: Path) -> None:
    talk = Answer(subtask="s0", steps=[step(text="I shall write the file now."), *WRITE_IT])
    result, events = await carry_out(tmp_path, file_scenario(file_plan(1), talk), file_plan(1))
    assert result.done
    assert [type(event) for event in events].count(AgentNudged) == 1


async def test_nothing_but_prose_fails_the_attempt(tmp_path: Path) -> None:
    talk = Answer(subtask="s0", attempt=1, steps=[step(text="Let us think about it.")])
    result, events = await carry_out(tmp_path, file_scenario(file_plan(1), talk), file_plan(1))
    assert result.done  # the second attempt does it
    assert [event.outcome for event in ends(events)] == [AttemptOutcome.FAILED, AttemptOutcome.INTEGRATED]


async def test_f31_f35_wrong_arguments_and_unknown_tools_are_told_to_the_model(tmp_path: Path) -> None:
    clumsy = Answer(
        subtask="s0",
        steps=[
            step("teleport", where="home"),
            step("read_file", file="wrong name"),
            step("read_file", path="no.txt"),
            *WRITE_IT,
        ],
    )
    result, events = await carry_out(tmp_path, file_scenario(file_plan(1), clumsy), file_plan(1))
    assert result.done
    failed = [event.content for event in events if isinstance(event, ToolReturned) and event.failed]
    assert len(failed) == 3
    assert "teleport" in failed[0]
    assert "read_file" in failed[0]  # it says which tools there are
    assert "path" in failed[1]
    assert "no.txt" in failed[2]


async def test_f30_malformed_json_is_never_executed(tmp_path: Path) -> None:
    fault = Fault(kind="malformed_arguments", share=1.0, subtask="s0")
    result, events = await carry_out(tmp_path, file_scenario(file_plan(1), faults=[fault]), file_plan(1))
    assert result.ended is not None
    assert any(isinstance(event, ToolReturned) and event.failed for event in events)


async def test_f34_several_calls_in_one_reply_are_carried_out_in_order(tmp_path: Path) -> None:
    both = step(
        calls=[
            ScriptedCall(tool="write_file", path="f0.txt", content="almost\n"),
            ScriptedCall(tool="edit_file", path="f0.txt", old="almost", new="done"),
            ScriptedCall(tool="finish", summary="written and mended"),
        ]
    )
    result, _ = await carry_out(tmp_path, file_scenario(file_plan(1), Answer(subtask="s0", steps=[both])), file_plan(1))
    assert result.done
    assert branch_files(tmp_path / "repository", result.branch)["f0.txt"] == "done"


async def test_giving_up_is_tried_again_and_then_fails_with_the_reason(tmp_path: Path) -> None:
    quitter = Answer(subtask="s0", steps=[step("give_up", reason="there is no such file")])
    result, events = await carry_out(
        tmp_path, file_scenario(file_plan(1), quitter), file_plan(1), Limits(max_attempts=2)
    )
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.FAILED
    assert [event.outcome for event in ends(events)] == [AttemptOutcome.GAVE_UP] * 2
    assert "there is no such file" in result.view.subtasks["s0"].reason


async def test_an_agent_that_never_stops_is_stopped(tmp_path: Path) -> None:
    busy = Answer(subtask="s0", steps=[step("list_files")])
    result, events = await carry_out(
        tmp_path, file_scenario(file_plan(1), busy), file_plan(1), Limits(max_attempts=1, max_steps=5)
    )
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.FAILED
    assert "out of steps" in ends(events)[0].reason


async def test_an_agent_that_repeats_itself_is_stopped_before_its_steps_are_used_up(tmp_path: Path) -> None:
    busy = Answer(subtask="s0", attempt=1, steps=[step("list_files")])
    result, events = await carry_out(tmp_path, file_scenario(file_plan(1), busy), file_plan(1))
    assert result.done  # the second attempt does it
    assert ends(events)[0].outcome is AttemptOutcome.STUCK
    assert "the agent was stuck (repeated)" in ends(events)[0].reason


@pytest.mark.parametrize("tools", ["native", "action"])
async def test_at_the_deepest_level_a_split_costs_no_attempt(tmp_path: Path, tools: str) -> None:
    eager = Answer(subtask="s0", steps=[step("split", reason="two things in one", parts=["x", "y"]), *WRITE_IT])
    scenario = file_scenario(file_plan(1), eager)
    result, events = await carry_out(tmp_path, scenario, file_plan(1), Limits(max_depth=0), tools=tools)
    assert result.done
    assert [event.outcome for event in ends(events)] == [AttemptOutcome.INTEGRATED]
    assert any("cannot be divided" in event.content for event in events if isinstance(event, ToolReturned))


async def test_who_insists_on_a_split_at_the_deepest_level_loses_the_attempt(tmp_path: Path) -> None:
    insisting = step("split", reason="two things in one", parts=["x", "y"])
    scenario = file_scenario(file_plan(1), Answer(subtask="s0", attempt=1, steps=[insisting, insisting]))
    result, events = await carry_out(tmp_path, scenario, file_plan(1), Limits(max_depth=0))
    assert result.done
    first, second = ends(events)
    assert (first.outcome, second.outcome) == (AttemptOutcome.REJECTED, AttemptOutcome.INTEGRATED)
    assert "may not be nested deeper" in first.reason


async def test_a_split_goes_to_a_planner_and_its_parts_are_done(tmp_path: Path) -> None:
    plan = file_plan(1)
    parts = {
        "subtasks": [
            {"id": name, "instruction": f"write {name}.txt", "checks": [f"test -f {name}.txt"]} for name in ("x", "y")
        ]
    }
    scenario = Scenario(
        models=["m"],
        speed=FAST,
        answers=[
            Answer(subtask="s0", attempt=1, steps=[step("split", reason="two things in one", parts=["x", "y"])]),
            Answer(subtask="s0", steps=[step(json=parts)]),
            Answer(
                subtask="s0.checks",
                steps=[step("write_file", path="f0.txt", content="done\n"), step("finish", summary="now they pass")],
            ),
            *(
                Answer(
                    subtask=f"s0.{name}",
                    steps=[step("write_file", path=f"{name}.txt", content="1"), step("finish", summary="did")],
                )
                for name in ("x", "y")
            ),
        ],
    )
    result, events = await carry_out(tmp_path, scenario, plan)
    assert result.done
    assert any(isinstance(event, SubtaskHandedBack) for event in events)
    # the subtask's own checks are not lost: the last part carries them
    assert set(result.view.subtasks) == {"s0", "s0.x", "s0.y", "s0.checks"}
    assert {"x.txt", "y.txt"} <= set(branch_files(tmp_path / "repository", result.branch))


async def test_a_plan_subtask_below_a_given_plan_is_expanded(tmp_path: Path) -> None:
    plan = Plan(
        subtasks=(
            Subtask(id="big", instruction="plan this", kind=SubtaskKind.PLAN, role="planner"),
            Subtask(id="after", instruction="then this", depends_on=("big",), checks=("cat part.txt",)),
        )
    )
    parts = {"subtasks": [{"id": "part", "instruction": "write part.txt", "checks": ["cat part.txt"]}]}
    write = [step("write_file", path="part.txt", content="1"), step("finish", summary="did")]
    scenario = Scenario(
        models=["m"],
        speed=FAST,
        answers=[
            Answer(subtask="big", steps=[step(json=parts)]),
            Answer(subtask="big.part", steps=write),
            Answer(subtask="after", steps=[step("read_file", path="part.txt"), step("finish", summary="saw it")]),
        ],
    )
    result, events = await carry_out(tmp_path, scenario, plan)
    assert result.done
    extended = [event for event in events if isinstance(event, PlanExtended) and event.parent_id == "big"]
    assert [subtask.id for subtask in extended[0].subtasks] == ["big.part"]


async def test_a_bad_plan_is_repaired_with_the_validators_words(tmp_path: Path) -> None:
    cycle = {
        "subtasks": [
            {"id": "a", "instruction": "x", "depends_on": ["b"]},
            {"id": "b", "instruction": "x", "depends_on": ["a"]},
        ]
    }
    good = file_plan(2)
    planner = Answer(subtask="plan", steps=[step(json=cycle), step(text="Sorry."), step(plan="plan.json")])
    result, events = await carry_out(tmp_path, file_scenario(good, planner), None)
    assert result.done
    nudges = [event.content for event in events if isinstance(event, AgentNudged)]
    assert "cycle" in nudges[0]
    assert "prose" in nudges[1]


def chatty(text: str = "", output: int = 0, turns: int = 7) -> Answer:
    """Return an answer that reads and says much before it does what it should."""
    command = f"head -c {output} /dev/zero | tr '\\0' x; echo"
    talk = [
        step(text=text, calls=[ScriptedCall(tool="shell", command=f"{command} {number}")]) for number in range(turns)
    ]
    return Answer(subtask="s0", steps=[*talk, *WRITE_IT])


@pytest.mark.parametrize(
    ("answer", "summaries"), [(chatty(output=6_000), 0), (chatty(text="I think. " * 700, output=10), 1)]
)
async def test_f36_a_conversation_that_is_too_long_is_compacted(tmp_path: Path, answer: Answer, summaries: int) -> None:
    notes = Answer(subtask="", steps=[step(text="Notes: nothing is written yet.\n# Replies summarised: 3")])
    scenario = file_scenario(file_plan(1), answer, notes, context_tokens=9_000)
    result, events = await carry_out(tmp_path, scenario, file_plan(1))
    assert result.done
    assert [event.outcome for event in ends(events)] == [AttemptOutcome.INTEGRATED]
    found = [event for event in events if isinstance(event, ConversationCompacted)]
    assert found
    assert any(event.summary.startswith("Notes:") for event in found) == bool(summaries)
    assert all(event.characters < 9_000 * 4 for event in found)


async def test_an_opening_that_never_fits_fails_the_attempt_with_the_reason(tmp_path: Path) -> None:
    scenario = file_scenario(file_plan(1), context_tokens=100)
    result, events = await carry_out(tmp_path, scenario, file_plan(1), Limits(max_attempts=1))
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.FAILED
    assert "context" in ends(events)[0].reason
    assert not any(isinstance(event, ConversationCompacted) for event in events)


async def test_all_of_a_long_output_is_in_the_journal(tmp_path: Path) -> None:
    _, events = await carry_out(tmp_path, file_scenario(file_plan(1), chatty(output=50_000, turns=1)), file_plan(1))
    [long] = [event for event in events if isinstance(event, ToolReturned) and event.full]
    assert "characters left out" in long.content
    assert long.full.count("x") >= 50_000
    assert len(long.content) < 21_000
