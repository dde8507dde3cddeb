"""Estimates of a prompt's length that learn from what servers count."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from swarm.core.compaction import size_of
from swarm.core.messages import Message, Reply, Role, ToolCall
from swarm.errors import ContextOverflow
from swarm.llm.estimate import GrowingSize, TokenGauge, characters_of, estimated_tokens
from tests.llm.llm_servers import HELLO, calling, question, serving


def test_a_gauge_learns_from_counted_tokens() -> None:
    gauge, request = TokenGauge(), question("x" * 4_000)
    assert gauge.tokens(request) == 1_000
    gauge.learn(request, 2_000)
    assert gauge.tokens(request) == 2_000
    gauge.learn(request, 1_000)
    assert 1_000 < gauge.tokens(request) < 2_000
    before = gauge.ratio
    for nonsense in (0, -5, 1, 10**9):
        gauge.learn(request, nonsense)
    assert gauge.ratio == before


def test_only_a_gauge_that_has_learned_is_strict() -> None:
    gauge, request = TokenGauge(), question("x" * 4_000, max_output_tokens=500)
    assert not gauge.overflows(request, 900)
    assert gauge.overflows(request, 400)
    gauge.learn(request, 1_000)
    assert gauge.overflows(request, 1_400)
    assert not gauge.overflows(request, 1_500)


def test_all_that_is_sent_counts() -> None:
    assert characters_of(question("four")) == 4


def test_each_message_of_a_growing_conversation_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = 0

    def counting(messages: Sequence[Message]) -> int:
        nonlocal counted
        counted += len(messages)
        return size_of(messages)

    monkeypatch.setattr("swarm.llm.estimate.size_of", counting)
    size, messages = GrowingSize(), [Message(Role.SYSTEM, "rules"), Message(Role.USER, "go")]
    for number in range(1_000):
        reply = Reply("text", "thought", tool_calls=(ToolCall("c", "read_file", "{}"),))
        messages += [Message(Role.ASSISTANT, reply=reply), Message(Role.TOOL, "x" * number, tool_call_id="c")]
        if number % 100 == 0:
            size.of(messages)
            messages[-1] = Message(Role.TOOL, "longer than it was", tool_call_id="c")
        assert size.of(messages) == size_of(messages)
    assert counted < 3 * len(messages)
    shorter = messages[:2] + messages[-4:]
    assert size.of(shorter) == size_of(shorter)
    changed = [Message(Role.SYSTEM, "others"), *shorter[1:]]
    size.forget()
    assert size.of(changed) == size_of(changed)


def test_who_has_counted_the_messages_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swarm.llm.estimate.size_of", lambda _: pytest.fail("counted again"))
    request = replace(question("x" * 4_000), characters=4_000)
    assert estimated_tokens(request) == TokenGauge().tokens(request) == 1_000


async def test_a_prompt_that_cannot_fit_is_not_sent() -> None:
    async with serving(HELLO) as server, calling(server.base_url, context_tokens=1_000) as caller:
        await caller.ask(text="short")
        with pytest.raises(ContextOverflow, match=r"do not fit into the window of 1,000"):
            await caller.ask(text="x" * 100_000)
        assert len(server.received) == 1
