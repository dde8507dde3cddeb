"""A response that an earlier process received: whole ones are replies, others never are."""

import json

import pytest

from swarm.core.messages import Message, Role
from swarm.errors import EndpointError
from swarm.llm import ChatModel, Endpoint
from swarm.llm.assembler import ReplyAssembler
from swarm.llm.faults import Complaint
from swarm.llm.reader import read_reply
from swarm.protocols import ModelRequest


def event(delta: dict[str, object], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "c", "model": "m", "choices": [choice]}).encode() + b"\n\n"


CALL = {"index": 0, "id": "1", "type": "function", "function": {"name": "read_file", "arguments": '{"path": "a"}'}}
TURN = event({"content": "Let me look."}) + event({"tool_calls": [CALL]}) + event({}, "tool_calls")
USAGE = b'data: {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}}\n\n'
STREAM = TURN + USAGE + b"data: [DONE]\n\n"
BODY = json.dumps({"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}).encode()


class Received:
    """What a spool holds of a call, and what is asked of it."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def received(self) -> bytes:
        return self.body

    def begin(self) -> None: ...

    def write(self, data: bytes) -> None: ...


def test_a_stream_is_whole_exactly_when_the_turn_has_ended() -> None:
    turn_ends_at = len(TURN) - 1  # the event's own line end is enough
    for length in range(len(STREAM) + 1):
        try:
            reply = read_reply(STREAM[:length], ReplyAssembler())
        except (EndpointError, Complaint):
            assert length <= turn_ends_at
            continue
        assert length >= turn_ends_at - 1
        assert [call.arguments for call in reply.tool_calls] == ['{"path": "a"}']


def test_a_body_is_whole_at_its_last_byte_only() -> None:
    for length in range(len(BODY)):
        with pytest.raises((EndpointError, Complaint)):
            read_reply(BODY[:length], ReplyAssembler())
    assert read_reply(BODY, ReplyAssembler()).content == "Hello"


async def ask(body: bytes) -> bool:
    """Ask a model that nothing listens for; return whether the answer came from what was received."""
    model = ChatModel(Endpoint("http://127.0.0.1:9/v1", model="m"), random=lambda: 0.0, sleep=no_wait)
    request = ModelRequest("worker", (Message(Role.USER, "hi"),), spool=Received(body))
    try:
        answer = await model.reply(request, delayed=nobody_hears)
    except EndpointError:
        return False
    finally:
        await model.close()
    assert answer.reply.usage.total_tokens == 12
    return answer.adopted


async def no_wait(_: float) -> None: ...


async def nobody_hears(_: EndpointError, __: float) -> None: ...


async def test_a_whole_one_is_the_answer_and_nothing_is_asked() -> None:
    assert await ask(STREAM)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        TURN[:-30],
        b'data: {"error": {"message": "overloaded", "code": 503}}\n\n',
        b"<html>",
        event({"content": "x"}, "error"),
        b"\xff" * 100,
    ],
)
async def test_anything_else_is_asked_again(body: bytes) -> None:
    assert not await ask(body)
