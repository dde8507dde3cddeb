"""Prepared bodies are the bytes of the plain encoding, whatever a conversation does between two calls."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.messages import Message, Reply, Role, ToolCall
from swarm.llm.bodies import Bodies
from swarm.llm.codec import Json, encode_message, encode_request, tool_names
from swarm.llm.dialects import Dialect, Refused
from swarm.llm.families import DIALECTS
from swarm.llm.json_text import encoded
from swarm.protocols import ModelRequest
from tests.llm.llm_servers import PLAN_SCHEMA, READ_FILE

DEFAULT = DIALECTS["default"]
TEXTS = st.sampled_from(["", "Hi", "žluť 🐝", "a\ud83d", '"messages":[]', "\\", "line\nline"])
CALLS = st.builds(ToolCall, TEXTS, st.just("read_file"), st.sampled_from(["{}", '{"a":1}', "no JSON"]))
REPLIES = st.builds(
    Reply,
    content=TEXTS,
    reasoning=TEXTS,
    reasoning_field=st.sampled_from(["", "reasoning"]),
    tool_calls=st.lists(CALLS, max_size=2).map(tuple),
)
MESSAGES = st.one_of(
    st.builds(Message, st.sampled_from([Role.SYSTEM, Role.USER]), TEXTS),
    REPLIES.map(lambda reply: Message(Role.ASSISTANT, reply.content, reply=reply)),
    st.builds(Message, st.just(Role.TOOL), TEXTS, tool_call_id=TEXTS),
)
DIALECT = st.sampled_from([*DIALECTS.values(), DEFAULT, DEFAULT.without(Refused("streaming", True))])


@st.composite
def turns(draw: st.DrawFn) -> list[list[Message]]:
    """Draw what a conversation is at each call: it grows, and now and then its end or its beginning changes."""
    found: list[list[Message]] = []
    messages: list[Message] = []
    for _ in range(draw(st.integers(1, 5))):
        kept = draw(st.one_of(st.just(len(messages)), st.integers(0, len(messages))))
        messages = [*messages[:kept], *draw(st.lists(MESSAGES, max_size=3))]
        found.append(messages)
    return found


def ask(messages: list[Message], affinity: str = "s1@1", **settings: Any) -> ModelRequest:
    return ModelRequest("worker", messages, affinity=affinity, **settings)


def prepared(bodies: Bodies, request: ModelRequest, dialect: Dialect) -> bytes:
    body = bodies.body(request, "m", dialect)
    assert body.tools == tool_names(request, dialect)
    return body.data


@given(
    st.lists(st.tuples(turns(), DIALECT, st.sampled_from(["s1@1", "s2@1", ""])), max_size=3),
    st.sampled_from([{}, {"tools": [READ_FILE]}, {"schema": PLAN_SCHEMA}]),
    st.sampled_from([0, 300, 1_000_000]),
)
def test_prepared_bodies_are_the_bytes_of_the_plain_encoding(
    conversations: list[tuple[list[list[Message]], Dialect, str]], settings: dict[str, Any], max_kept: int
) -> None:
    bodies = Bodies(max_kept)
    for calls, dialect, affinity in conversations:
        for messages in calls:
            request = ask(messages, affinity, **settings)
            assert prepared(bodies, request, dialect) == encoded(encode_request(request, "m", dialect))
            assert 0 <= bodies.kept_bytes <= max_kept


def test_a_message_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Message] = []

    def counted(message: Message, dialect: Dialect) -> Json:
        seen.append(message)
        return encode_message(message, dialect)

    monkeypatch.setattr("swarm.llm.bodies.encode_message", counted)
    bodies = Bodies()
    messages = [Message(Role.USER, "Go.")]
    for number in range(20):
        messages = [*messages, Message(Role.USER, str(number))]
        prepared(bodies, ask(messages), DEFAULT)
    assert seen == messages
