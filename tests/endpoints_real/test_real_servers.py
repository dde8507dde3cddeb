"""The client against servers that others wrote: llama.cpp, LiteLLM in front of it, and `transformers serve`."""

import json
from typing import Any

import pytest

from swarm.core.messages import Message, Reply, Role
from swarm.doctor.conclusions import conclude, profile_of
from swarm.doctor.examination import examine
from swarm.errors import AccessDenied, ContextOverflow, ModelNotFound
from swarm.llm import ChatModel, Endpoint, Timeouts, describe_server
from swarm.llm.dialects import Dialect
from swarm.llm.preparation import prepare
from swarm.llm.profile import Profile
from swarm.protocols import ModelAnswer, ModelRequest, ToolSpec
from tests.endpoints_real.conftest import RealServer

pytestmark = [pytest.mark.endpoints, pytest.mark.timeout(600)]

SLOW = Timeouts(first_event_s=300, idle_s=300, total_s=300)
PATH = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
READ_FILE = ToolSpec("read_file", "Read a file.", PATH)
COLOUR = {
    "title": "Choice",
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["teal", "mauve"]}},
    "required": ["colour"],
}
ALL = ["llama", "litellm", "transformers"]
KNOWING = ["llama", "litellm"]  # with a model that has learnt something


@pytest.fixture
def server(request: pytest.FixtureRequest) -> RealServer:
    found: RealServer = request.getfixturevalue(request.param)
    return found


def endpoint_of(server: RealServer, **settings: Any) -> Endpoint:
    defaults: dict[str, Any] = {"api_key": server.key, "model": server.model, "timeouts": SLOW}
    return Endpoint(server.base_url, **(defaults | settings))


async def ask(endpoint: Endpoint, *messages: Message, **settings: Any) -> ModelAnswer:
    model = ChatModel(endpoint, random=lambda: 0.0)
    limit = settings.pop("max_output_tokens", 32)

    async def delayed(error: Exception, seconds: float) -> None:
        raise error

    try:
        return await model.reply(ModelRequest("worker", messages, max_output_tokens=limit, **settings), delayed=delayed)
    finally:
        await model.close()


def says(text: str) -> Message:
    return Message(Role.USER, text)


@pytest.mark.parametrize("server", ALL, indirect=True)
async def test_a_plain_and_a_streamed_reply_have_usage(server: RealServer) -> None:
    whole = Profile(server.base_url, server.model, ways={"streaming": ()})
    for profiles in ({}, {server.model: whole}):
        reply = (await ask(endpoint_of(server, profiles=profiles), says("Say OK."), max_output_tokens=8)).reply
        assert reply.content
        assert reply.usage.input_tokens > 0
        assert not reply.usage.estimated
        assert reply.finish_reason in ("stop", "length")


@pytest.mark.parametrize("server", KNOWING, indirect=True)
async def test_a_call_comes_back_and_its_result_can_be_sent(server: RealServer) -> None:
    asked = says("Read the file notes.txt.")
    first = (await ask(endpoint_of(server), asked, tools=[READ_FILE], max_output_tokens=128)).reply
    assert len(first.tool_calls) == 1, first
    [call] = first.tool_calls
    assert (call.name, set(json.loads(call.arguments))) == ("read_file", {"path"})
    turn = Message(Role.ASSISTANT, reply=first)
    result = Message(Role.TOOL, "The notes are empty.", tool_call_id=call.id)
    second = await ask(endpoint_of(server), asked, turn, result, max_output_tokens=8)
    assert isinstance(second.reply, Reply)


@pytest.mark.parametrize("server", KNOWING, indirect=True)
async def test_one_action_a_turn_is_a_call_too(server: RealServer) -> None:
    profile = Profile(server.base_url, server.model, ways={"tools": ("action", "text")})
    endpoint = endpoint_of(server, profiles={server.model: profile})
    answer = await ask(endpoint, says("Read the file notes.txt."), tools=[READ_FILE], max_output_tokens=128)
    assert [call.name for call in answer.reply.tool_calls] == ["read_file"]


@pytest.mark.parametrize("server", KNOWING, indirect=True)
async def test_a_schema_is_obeyed(server: RealServer) -> None:
    reply = (await ask(endpoint_of(server), says("Which colour has the sea?"), schema=COLOUR)).reply
    assert json.loads(reply.content)["colour"] in ("teal", "mauve")


@pytest.mark.parametrize("server", KNOWING, indirect=True)
async def test_the_second_time_a_prefix_is_cached(server: RealServer) -> None:
    rules = Message(Role.SYSTEM, "Keep every answer short and friendly. " * 12)
    answers = [await ask(endpoint_of(server), rules, says("Say OK."), max_output_tokens=4) for _ in range(2)]
    assert answers[1].reply.usage.cached_tokens > 0


@pytest.mark.parametrize("server", ["litellm", "transformers"], indirect=True)
async def test_an_unknown_model_is_told_apart(server: RealServer) -> None:
    with pytest.raises(ModelNotFound):
        await ask(endpoint_of(server, model="nobody-has-this-one"), says("Say OK."))


async def test_a_wrong_key_is_told_apart_and_not_shown(litellm: RealServer) -> None:
    wrong = "sk-wrong-0123456789abcdef"
    with pytest.raises(AccessDenied) as caught:
        await ask(endpoint_of(litellm, api_key=wrong), says("Say OK."))
    assert wrong not in caught.value.message


@pytest.mark.parametrize("server", KNOWING, indirect=True)
async def test_a_conversation_that_is_too_long_is_told_apart(server: RealServer) -> None:
    with pytest.raises(ContextOverflow):
        await ask(endpoint_of(server), says("word " * 20_000))


@pytest.mark.parametrize(
    ("server", "family"),
    [("llama", "llama.cpp"), ("litellm", "default"), ("transformers", "default")],
    indirect=["server"],
)
async def test_a_server_describes_itself(server: RealServer, family: str) -> None:
    described = await describe_server(endpoint_of(server))
    assert described.status is not None
    if described.models:
        assert server.model in described.models
    assert (described.family or "default") == family
    assert bool(described.context_lengths) == (family == "llama.cpp")


@pytest.mark.parametrize("server", ALL, indirect=True)
async def test_the_doctor_comes_to_its_end_and_its_profile_works(server: RealServer) -> None:
    found = await examine(endpoint_of(server), concurrency=2, say=lambda _: None)
    assert found.fatal is None
    levels = {finding.subject: finding.level.value for finding in conclude(found)}
    assert levels["streaming"] == levels["usage"] == levels["concurrency"] == "good"
    profile = profile_of(found, "2026-11-23")
    if server.name != "transformers":
        assert (levels["schema output"], levels["prefix cache"]) == ("good", "good")
        assert profile.ways["tools"][0] in ("native", "action")
    else:
        assert profile.ways["tools"] == ("text",)
    endpoint = endpoint_of(server, profiles={server.model: profile})
    assert isinstance(endpoint.dialect_of(server.model), Dialect)
    assert (await ask(endpoint, says("Say OK."), max_output_tokens=8)).reply.content


@pytest.mark.parametrize("server", ALL, indirect=True)
async def test_a_run_prepares_itself(server: RealServer, tmp_path: Any) -> None:
    prepared = await prepare(endpoint_of(server), tmp_path, "2026-11-23")
    assert prepared.server.status is not None
    if server.name == "transformers":
        assert prepared.endpoint.dialect_of(server.model).tools[0] != "native"
