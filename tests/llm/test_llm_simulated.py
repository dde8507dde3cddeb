"""The client against the simulated endpoint: what the parts agree on."""

import asyncio
import json

import pytest

from swarm.core.messages import Message, Reply, Role
from swarm.errors import AccessDenied, ModelNotFound
from swarm.llm import describe_server
from swarm.protocols import ToolSpec
from swarm.testing.endpoint import Answer, Fault, Features, Scenario, SimulatedEndpoint, step
from tests.llm.llm_servers import PLAN_SCHEMA, READ_FILE, calling

FINISH = ToolSpec("finish", "End.", {"type": "object", "properties": {"summary": {"type": "string"}}})


def opening(subtask: str = "parser") -> list[Message]:
    return [Message(Role.SYSTEM, "Rules."), Message(Role.USER, f"# Subtask: {subtask}\nDo it.")]


SCENARIO = Scenario(
    models=["m"],
    answers=[
        Answer(
            subtask="*",
            steps=[
                step(tool="read_file", path="a.py", reasoning="Look first."),
                step(tool="finish", summary="Done {this}."),
            ],
        )
    ],
)


async def test_a_conversation_goes_on_step_by_step() -> None:
    async with SimulatedEndpoint(SCENARIO) as endpoint, calling(endpoint.base_url, model="m") as caller:
        messages = opening()
        first = (await caller.ask(messages=messages, tools=[READ_FILE])).reply
        messages += [Message(Role.ASSISTANT, reply=first)]
        messages += [Message(Role.TOOL, "x = 1", tool_call_id=call.id) for call in first.tool_calls]
        second = (await caller.ask(messages=messages, tools=[READ_FILE])).reply
    assert [(call.name, call.arguments) for call in first.tool_calls] == [("read_file", '{"path":"a.py"}')]
    assert (first.reasoning, first.usage.estimated) == ("Look first.", False)
    assert [call.name for call in second.tool_calls] == ["finish"]
    assert second.usage.cached_tokens <= second.usage.input_tokens


@pytest.mark.parametrize(
    "features",
    [Features(tools=False), Features(tools=False, json_schema=False), Features(stream=False, usage=False)],
)
async def test_what_the_server_does_not_have_is_done_without(features: Features) -> None:
    scenario = SCENARIO.model_copy(update={"features": features})
    async with SimulatedEndpoint(scenario) as endpoint, calling(endpoint.base_url, model="m") as caller:
        messages = opening()
        first = (await caller.ask(messages=messages, tools=[READ_FILE, FINISH])).reply
        messages += [Message(Role.ASSISTANT, reply=first)]
        messages += [Message(Role.TOOL, "x = 1", tool_call_id=call.id) for call in first.tool_calls]
        second = (await caller.ask(messages=messages, tools=[READ_FILE, FINISH])).reply
    assert [(call.name, json.loads(call.arguments)) for call in first.tool_calls] == [("read_file", {"path": "a.py"})]
    assert [call.name for call in second.tool_calls] == ["finish"]
    assert caller.delays == []


async def test_a_shape_comes_back_in_each_way_that_the_server_knows() -> None:
    plan = '{"subtasks": []}'
    for features in (Features(), Features(json_schema=False), Features(json_schema=False, tools=False)):
        answers = [Answer(subtask="*", steps=[step(text=plan)])]
        scenario = Scenario(models=["m"], answers=answers, features=features)
        async with SimulatedEndpoint(scenario) as endpoint, calling(endpoint.base_url, model="m") as caller:
            answer = await caller.ask(role="planner", messages=opening(), schema=PLAN_SCHEMA)
            assert isinstance(answer.reply, Reply)
            assert answer.reply.content == plan


async def test_faults_pass_and_every_reply_is_bought_once() -> None:
    kinds = ["rate_limit", "server_error", "overloaded", "disconnect", "reset"]
    faults = [Fault(kind=kind, subtask=f"{kind}-*") for kind in kinds]
    scenario = SCENARIO.model_copy(update={"faults": faults})
    async with SimulatedEndpoint(scenario) as endpoint, calling(endpoint.base_url, model="m") as caller:
        async with asyncio.TaskGroup() as group:
            for kind in kinds:
                for number in range(5):
                    group.create_task(caller.ask(messages=opening(f"{kind}-{number}"), tools=[READ_FILE]))
        delivered = [entry.subtask for entry in endpoint.ledger.calls if entry.outcome == "delivered"]
    assert len(delivered) == len(set(delivered)) == 25


async def test_three_hundred_agents_at_once() -> None:
    async with SimulatedEndpoint(SCENARIO) as endpoint, calling(endpoint.base_url, model="m") as caller:
        async with endpoint.hold() as hold, asyncio.TaskGroup() as group:
            group.create_task(caller.ask(messages=opening("first"), tools=[READ_FILE]))
            await hold.reached(1)
            hold.release()
            for number in range(300):
                group.create_task(caller.ask(messages=opening(f"s{number}"), tools=[READ_FILE]))
        assert len(endpoint.ledger.calls) == 301
        assert endpoint.ledger.in_flight == 0


async def test_keys_models_and_descriptions() -> None:
    async with SimulatedEndpoint(SCENARIO, api_key="right-key") as endpoint:
        async with calling(endpoint.base_url, model="m", api_key="wrong-key") as caller:
            with pytest.raises(AccessDenied):
                await caller.ask(messages=opening())
        async with calling(endpoint.base_url, model="other", api_key="right-key") as caller:
            with pytest.raises(ModelNotFound):
                await caller.ask(messages=opening())
            described = await describe_server(caller.model._endpoint)
    assert (described.models, described.simulated) == (("m",), True)
