"""Replies that are cut, mislabelled or late, over real sockets: what a client makes of them."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from swarm.errors import EndpointUnavailable, ModelNotFound, ReplyIncomplete, ReplyInvalid, ReplyTooLarge
from swarm.llm import Timeouts
from tests.llm.llm_servers import (
    HELLO,
    READ_FILE,
    SAYS_HELLO,
    Exchange,
    Handler,
    calling,
    chattering,
    chunk,
    error,
    event,
    response,
    serving,
    silence,
    stream,
)

BODY = b"".join(SAYS_HELLO)


def in_pieces(body: bytes, size: int) -> Handler:
    return stream(*(body[start : start + size] for start in range(0, len(body), size)))


def calls_of(*deltas: object, finish: str = "tool_calls") -> Handler:
    """A stream whose every event holds one entry of ``tool_calls``."""
    events = [event(chunk({"tool_calls": [delta]})) for delta in deltas]
    return stream(*events, event(chunk({}, finish)), b"data: [DONE]\n\n")


async def reply_to(*handlers: Handler, **settings: Any) -> Any:
    async with serving(*handlers) as server, calling(server.base_url) as caller:
        return (await caller.ask(tools=[READ_FILE], **settings)).reply


@pytest.mark.parametrize("size", [1, 7, 4_096])
@pytest.mark.parametrize(
    "body",
    [
        BODY,
        BODY.replace(b"\n", b"\r\n"),
        BODY.replace(b"\n", b"\r"),
        BODY.replace(b"data: ", b"data:"),
        b"\xef\xbb\xbf" + BODY,
        BODY.replace(b', "choices"', b',\ndata: "choices"'),
        BODY.removesuffix(b"\n\n"),
    ],
    ids=["plain", "crlf", "cr", "no-space", "bom", "two-lines", "no-blank-line"],
)
async def test_f24_a_stream_reads_the_same_however_it_is_cut_and_written(body: bytes, size: int) -> None:
    reply = await reply_to(in_pieces(body, size))
    assert (reply.content, reply.finish_reason, reply.usage.output_tokens) == ("Hello", "stop", 3)


async def test_f25_comments_and_empty_events_are_passed_over() -> None:
    noise = b": ping\n\n\n\n: \n\nevent: ping\n\ndata:\n\n"
    reply = await reply_to(stream(*(noise + piece for piece in SAYS_HELLO)))
    assert reply.content == "Hello"


async def test_f26_characters_cut_by_chunks_are_whole_and_bytes_that_are_none_are_replaced() -> None:
    said = json.dumps(chunk({"content": "Grüße 🐝 "}), ensure_ascii=False).encode()
    broken = json.dumps(chunk({"content": "?!"}, "stop")).encode().replace(b"?", b"\xff\xfe")
    body = b"data: " + said + b"\n\ndata: " + broken + b"\n\ndata: [DONE]\n\n"
    reply = await reply_to(in_pieces(body, 1))
    assert reply.content == "Grüße 🐝 \ufffd\ufffd!"


async def test_f20_f21_a_reply_at_its_length_limit_says_so() -> None:
    half = {"index": 0, "id": "a", "function": {"name": "read_file", "arguments": '{"path": "a'}}
    reply = await reply_to(calls_of(half, finish="length"))
    assert reply.finish_reason == "length"
    # What was cut is never completed: it is no JSON, and no tool takes it.
    assert [call.arguments for call in reply.tool_calls] == ['{"path": "a']


@pytest.mark.parametrize("ids", [("same", "same"), ("", ""), (None, None)])
async def test_f32_f33_calls_without_ids_of_their_own_get_them_the_same_way_each_time(ids: Sequence[Any]) -> None:
    deltas = [
        {"index": index, "id": given, "function": {"name": "read_file", "arguments": json.dumps({"path": name})}}
        for index, (given, name) in enumerate(zip(ids, "ab", strict=True))
    ]
    first, second = [await reply_to(calls_of(*deltas)) for _ in range(2)]
    assert [call.arguments for call in first.tool_calls] == ['{"path": "a"}', '{"path": "b"}']
    assert len({call.id for call in first.tool_calls}) == 2
    assert all(call.id for call in first.tool_calls)
    assert first.tool_calls == second.tool_calls


async def test_f33_a_name_that_comes_late_and_pieces_that_interleave_go_where_they_belong() -> None:
    deltas: list[object] = [
        {"index": 0, "id": "a", "function": {"arguments": ""}},
        {"index": 1, "id": "b", "function": {"name": "read_file", "arguments": '{"path"'}},
        {"index": 0, "function": {"name": "read_file"}},
        {"index": 0, "function": {"arguments": '{"path": "x"}'}},
        {"index": 1, "function": {"arguments": ': "y"}'}},
    ]
    reply = await reply_to(calls_of(*deltas))
    assert [(call.id, call.name, call.arguments) for call in reply.tool_calls] == [
        ("a", "read_file", '{"path": "x"}'),
        ("b", "read_file", '{"path": "y"}'),
    ]


@pytest.mark.parametrize(
    "usage",
    [None, {}, {"prompt_tokens": -3, "completion_tokens": 4}, {"prompt_tokens": 10**12}, {"prompt_tokens": "many"}],
    ids=["none", "empty", "negative", "absurd", "text"],
)
async def test_f47_token_counts_that_cannot_be_true_are_estimated_and_marked(usage: Any) -> None:
    said = event(chunk({"content": "Hello" * 8}, "stop"))
    reply = await reply_to(stream(said, event({"choices": [], "usage": usage}), b"data: [DONE]\n\n"))
    assert reply.usage.estimated
    assert reply.usage.input_tokens > 10
    assert reply.usage.output_tokens == 10


async def test_f47_fewer_tokens_than_a_text_can_have_are_not_believed() -> None:
    said = event(chunk({"content": "Hello" * 1_000}, "stop"))
    usage = event({"choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 2}})
    reply = await reply_to(stream(said, usage, b"data: [DONE]\n\n"))
    assert reply.usage.estimated
    assert reply.usage.output_tokens == 1_250


async def test_f48_the_model_that_answered_is_recorded_whatever_was_asked_for() -> None:
    message = {"role": "assistant", "content": "Hello"}
    other = {"model": "another-model", "choices": [{"message": message, "finish_reason": "stop"}]}
    async with serving(response(200, other)) as server, calling(server.base_url, model="m") as caller:
        answer = await caller.ask()
    assert (answer.model, answer.reply.model) == ("m", "another-model")


async def test_f48_where_the_model_is_insisted_on_no_other_one_is_taken() -> None:
    def says(model: str) -> Handler:
        message = {"role": "assistant", "content": "Hello"}
        return response(200, {"model": model, "choices": [{"message": message, "finish_reason": "stop"}]})

    async with (
        serving(says("family/coder-2026"), says("another-model")) as server,
        calling(server.base_url, model="coder", pin_model=True) as caller,
    ):
        assert (await caller.ask()).reply.model == "family/coder-2026"  # its name with more to it
        with pytest.raises(ModelNotFound, match="says that another-model answered"):
            await caller.ask()
        with pytest.raises(ModelNotFound):
            await caller.ask()
        assert len(server.received) == 2  # it is told to everybody at once


async def test_f49_an_answer_that_comes_after_its_time_is_not_taken() -> None:
    """The late answer goes to a connection that is closed: it can be mistaken for nobody's."""
    gone = asyncio.Event()

    async def answer_late(exchange: Exchange) -> None:
        await silence(exchange)  # until the client has given up
        gone.set()
        words = BODY.replace(b"Hel", b"Late")
        await exchange.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(words), words))

    brief = Timeouts(connect_s=2, first_event_s=0.3, idle_s=5, total_s=10)
    late = stream(then=answer_late)
    async with serving(late, HELLO) as server, calling(server.base_url, timeouts=brief) as caller:
        first = await caller.ask()
        await asyncio.wait_for(gone.wait(), 5)
        second = await caller.ask()
    # What the server may have read and written for nothing is booked, by estimate.
    assert first.lost.estimated
    assert first.lost.input_tokens == -(-len(server.received[0].body) // 4)
    assert second.lost.total_tokens == 0
    assert (first.reply.content, first.tries, second.reply.content, second.tries) == ("Hello", 2, "Hello", 1)


async def test_f17_a_byte_at_a_time_is_no_progress() -> None:
    """Whole events keep a reply alive, not bytes: a server that drips is left long before the total."""

    async def drip(exchange: Exchange) -> None:
        while True:
            await exchange.send(b"1\r\nd\r\n")
            await asyncio.sleep(0.02)

    timeouts = Timeouts(connect_s=5, first_event_s=20, idle_s=0.4, total_s=60)
    dripping = stream(*SAYS_HELLO[:2], then=drip)
    async with serving(dripping, HELLO) as server, calling(server.base_url, timeouts=timeouts) as caller:
        assert (await caller.ask()).tries == 2
    fault, _ = caller.delays[0]
    assert isinstance(fault, EndpointUnavailable)
    assert "waited for more of the reply" in fault.message


async def test_f22_a_reply_of_nothing_but_usage_is_asked_for_again_twice_and_then_handed_on_as_it_is() -> None:
    nothing = stream(event({"choices": [], "usage": {"prompt_tokens": 3}}), b"data: [DONE]\n\n")
    async with serving(nothing, nothing, HELLO, nothing) as server, calling(server.base_url) as caller:
        assert (await caller.ask()).tries == 3
        answer = await caller.ask()
    assert isinstance(caller.delays[0][0], ReplyIncomplete)
    assert (answer.reply.content, answer.reply.tool_calls, answer.tries) == ("", (), 3)
    assert len(server.received) == 6


async def test_f18_what_a_reply_that_was_cut_has_taken_is_booked_by_estimate() -> None:
    said = event(chunk({"content": "x" * 400}))
    async with serving(stream(said, end=False), HELLO) as server, calling(server.base_url) as caller:
        answer = await caller.ask()
    assert (answer.reply.content, answer.lost.output_tokens) == ("Hello", 100)
    assert answer.lost.input_tokens == -(-len(server.received[0].body) // 4)


async def test_f14_a_model_that_never_begins_is_waited_for_twice() -> None:
    """Each wait is as long as a person's coffee: the third one is somebody else's."""
    brief = Timeouts(connect_s=2, first_event_s=0.2, idle_s=5, total_s=10)
    async with serving(silence) as server, calling(server.base_url, timeouts=brief) as caller:
        with pytest.raises(EndpointUnavailable, match="took too long"):
            await caller.ask()
    assert len(server.received) == 2


async def test_f29_a_web_page_is_asked_for_once_more_before_it_is_held_to_be_no_endpoint() -> None:
    page = response(200, b"<!DOCTYPE html><html>Sign in, secret 4711</html>", content_type="text/html")
    async with serving(page, HELLO, page) as server, calling(server.base_url) as caller:
        assert (await caller.ask()).tries == 2
        with pytest.raises(ReplyInvalid, match="web page") as caught:
            await caller.ask()
    assert len(server.received) == 4
    assert "4711" not in f"{caught.value.message} {caller.delays}"


async def test_f44_a_reply_that_never_ends_is_cut_and_tried_once_more() -> None:
    endless = stream(then=chattering(b"data: " + b"x" * 1_000_000, 0))
    async with serving(endless) as server, calling(server.base_url) as caller:
        with pytest.raises(ReplyTooLarge):
            await caller.ask()
        await server.wait_until_idle()
    assert len(server.received) == 2


@pytest.mark.parametrize(
    "refusal",
    [
        error(400, "The response was filtered due to the prompt triggering our content management policy."),
        error(400, "no", code="content_filter"),
        error(400, "Content Exists Risk", type="invalid_request_error"),
        stream(event(chunk({}, "content_filter")), b"data: [DONE]\n\n"),
        stream(event({"error": {"message": "Output data may contain inappropriate content."}})),
    ],
    ids=["words", "code", "deepseek", "finish-reason", "in-stream"],
)
async def test_f37_a_filter_is_an_answer_and_no_fault_of_the_endpoint(refusal: Handler) -> None:
    async with serving(refusal) as server, calling(server.base_url) as caller:
        answer = await caller.ask()
    assert (answer.reply.finish_reason, answer.reply.content, answer.tries) == ("content_filter", "", 1)
    assert len(server.received) == 1
