"""Replies put together from what servers really send."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarm.core.limits import Usage
from swarm.core.messages import Reply, ToolCall
from swarm.errors import ReplyIncomplete, ReplyInvalid, ReplyTooLarge
from swarm.llm.assembler import ReplyAssembler, split_thinking
from swarm.llm.faults import Complaint
from swarm.llm.plain_reply import plain_reply
from swarm.llm.reader import ReplyReader
from tests.llm.llm_servers import chunk

END = chunk({}, "stop")


def assemble(*chunks: dict[str, Any], tools: tuple[str, ...] = (), request_bytes: int = 400) -> Reply:
    assembler = ReplyAssembler(tools=tools, request_bytes=request_bytes)
    for value in chunks:
        assembler.feed(value)
    return assembler.finish()


def calls(*deltas: dict[str, Any], apart: bool = True) -> tuple[ToolCall, ...]:
    """Assemble call deltas, one a chunk or all in one."""
    chunks = [chunk({"tool_calls": [delta]}) for delta in deltas] if apart else [chunk({"tool_calls": list(deltas)})]
    return assemble(*chunks, chunk({}, "tool_calls")).tool_calls


def delta(index: int | None = None, call_id: str | None = None, name: str | None = None, text: Any = None) -> Any:
    parts = {"index": index, "id": call_id, "function": {"name": name, "arguments": text}}
    return {key: value for key, value in parts.items() if value is not None}


A, B = '{"path": "a"}', '{"path": "b"}'


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize(
    "deltas",
    [
        [delta(0, "1", "read", ""), delta(0, None, None, A[:5]), delta(0, None, None, A[5:]), delta(1, "2", "read", B)],
        [delta(0, "1", None, ""), delta(0, None, "read", A), delta(1, "2", "read", B)],
        [delta(0, "1", "read", A), delta(0, "2", "read", B)],
        [delta(None, "1", "read", A), delta(None, "2", "read", B)],
        [delta(None, "1", "read", A[:3]), delta(None, "1", None, A[3:]), delta(None, "2", "read", B)],
        [delta(None, "1", "read", A[:3]), delta(None, None, None, A[3:]), delta(None, "2", "read", B)],
        [delta(0, "1", "read", {"path": "a"}), delta(1, "2", "read", {"path": "b"})],
        [delta(0, "1", "read", ""), delta(1, "2", "read", ""), delta(1, None, None, B), delta(0, None, None, A)],
        [delta(0, "1", "read", A[:4]), delta(0, "1", "read", A[4:]), delta(1, "2", "read", B)],
    ],
)
def test_f33_f34_calls_are_told_apart(deltas: list[Any], apart: bool) -> None:
    assert calls(*deltas, apart=apart) == (ToolCall("1", "read", A), ToolCall("2", "read", B))


@pytest.mark.parametrize(
    "deltas",
    [
        [delta(None, None, "read", A), delta(None, None, "read", B)],
        [delta(None, "x", "read", A), delta(None, "x", "read", B)],
        [delta(0, None, "read", A), delta(0, None, "read", B)],
        [delta(0, "x", "read", A), delta(1, "x", "read", B)],
        [delta(0, "", "read", A), delta(1, "", "read", B)],
    ],
)
def test_f32_f33_missing_and_repeated_ids_are_made_up_the_same_way_each_time(deltas: list[Any]) -> None:
    found = calls(*deltas)
    assert [(call.name, call.arguments) for call in found] == [("read", A), ("read", B)]
    assert len({call.id for call in found}) == 2
    assert all(call.id for call in found)
    assert calls(*deltas) == found


def test_f33_a_call_that_never_got_a_name_is_not_returned() -> None:
    with pytest.raises(ReplyIncomplete):
        calls(delta(0, "1", None, A))


def test_a_call_without_arguments_has_an_empty_object() -> None:
    assert calls(delta(0, "1", "list")) == (ToolCall("1", "list", "{}"),)


def test_f44_calls_and_arguments_have_limits() -> None:
    with pytest.raises(ReplyTooLarge, match="more than 64"):
        calls(*(delta(index, str(index), "read", A) for index in range(65)))
    with pytest.raises(ReplyTooLarge, match="arguments"):
        calls(*(delta(0, "1", "read", "x" * 500_000) for _ in range(3)))


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_is_kept_apart_under_its_own_name(field: str) -> None:
    reply = assemble(
        chunk({"role": "assistant", field: "", "content": None}), chunk({field: "a"}), chunk({field: "b\n"}),
        chunk({"content": "c"}), END,
    )  # fmt: skip
    assert (reply.reasoning, reply.reasoning_field, reply.content) == ("ab\n", field, "c")


def test_reasoning_that_is_empty_or_said_twice() -> None:
    assert assemble(chunk({"reasoning_content": ""}), END).reasoning_field == "reasoning_content"
    assert assemble(chunk({"reasoning_content": None}), END).reasoning_field == ""
    both = assemble(chunk({"reasoning_content": "a", "reasoning": "a"}), END)
    assert (both.reasoning, both.reasoning_field) == ("a", "reasoning_content")
    later = assemble(chunk({"reasoning_content": ""}), chunk({"reasoning": "b"}), END)
    assert (later.reasoning, later.reasoning_field) == ("b", "reasoning")


def test_thinking_at_the_start_of_the_text_is_reasoning() -> None:
    reply = assemble(chunk({"content": "<think>\nhm"}), chunk({"content": "</think>\n\nDone <think>"}), END)
    assert (reply.reasoning, reply.reasoning_field, reply.content) == ("\nhm", "", "Done <think>")
    assert split_thinking("a <think>b</think>") == ("", "a <think>b</think>")
    assert split_thinking("<think>never ends") == ("never ends", "")
    assert split_thinking("<thinking>a</thinking>b") == ("a", "b")


def test_thinking_that_the_chat_template_opened_ends_at_its_tag() -> None:
    assert split_thinking("hm\nhm\n</think>\n\nDone") == ("hm\nhm\n", "Done")
    for text in ("the tag </think> ends it", '{"a": "\n</think>\n"}', "x <think>\n</think>\n", "none"):
        assert split_thinking(text) == ("", text)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 90, "completion_tokens": 9}, (90, 0, 9, 0)),
        ({"prompt_tokens": 90, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": 64}}, (90, 64, 9, 0)),
        ({"prompt_tokens": 90, "completion_tokens": 9, "prompt_cache_hit_tokens": 64}, (90, 64, 9, 0)),
        ({"prompt_tokens": 90, "completion_tokens": 9, "cached_tokens": 64}, (90, 64, 9, 0)),
        (
            {"input_tokens": 90, "output_tokens": 9, "input_tokens_details": {"cached_tokens": 64},
             "output_tokens_details": {"reasoning_tokens": 5}},
            (90, 64, 9, 5),
        ),
        (
            {"prompt_tokens": 90, "completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 50}},
            (90, 0, 9, 9),
        ),
        ({"prompt_tokens": 90, "completion_tokens": 9, "prompt_tokens_details": None}, (90, 0, 9, 0)),
        ({"prompt_tokens": 90, "output_tokens": 9, "prompt_tokens_details": {"cache_read_tokens": 3}}, (90, 3, 9, 0)),
        (
            {"prompt_tokens": 90, "completion_tokens": 9, "total_tokens": 149,
             "completion_tokens_details": {"reasoning_tokens": 50}},
            (90, 0, 59, 50),
        ),
    ],
)  # fmt: skip
def test_usage_in_every_known_shape(usage: dict[str, Any], expected: tuple[int, ...]) -> None:
    for last in ({"choices": [], "usage": usage}, chunk({}, "stop", usage=usage)):
        got = assemble(chunk({"content": "x"}), END, last).usage
        assert (got.input_tokens, got.cached_tokens, got.output_tokens, got.reasoning_tokens) == expected
        assert not got.estimated


def test_usage_elsewhere() -> None:
    usage = {"prompt_tokens": 7, "completion_tokens": 2}
    choice = {"index": 0, "delta": {}, "finish_reason": "stop", "usage": usage}
    timings = {"prompt_n": 3, "cache_n": 4, "predicted_n": 2}
    for last in ({"choices": [choice]}, END | {"x_groq": {"usage": usage}}, END | {"timings": timings}):
        got = assemble(last).usage
        assert (got.input_tokens, got.output_tokens, got.estimated) == (7, 2, False)


@pytest.mark.parametrize(
    "usage",
    [None, {}, "many", {"prompt_tokens": -1, "completion_tokens": 3}, {"prompt_tokens": 10**12, "completion_tokens": 1},
     {"prompt_tokens": float("nan"), "completion_tokens": 1}, {"prompt_tokens": 5, "completion_tokens": "x"},
     {"prompt_tokens": 20_000, "completion_tokens": 1}],
)  # fmt: skip
def test_f47_missing_or_absurd_usage_is_estimated(usage: Any) -> None:
    got = assemble(chunk({"content": "12345678"}), END, {"choices": [], "usage": usage}).usage
    assert (got.input_tokens, got.output_tokens, got.estimated) == (100, 2, True)


def test_f18_f22_a_reply_needs_an_end() -> None:
    cases: list[list[dict[str, Any]]] = [
        [],
        [chunk({"content": "x"})],
        [chunk({"content": "x"}, "error")],
        [{"choices": []}],
    ]
    for chunks in cases:
        with pytest.raises(ReplyIncomplete):
            assemble(*chunks)


def test_f23_an_empty_reply_is_a_reply() -> None:
    assert assemble(END) == Reply(model="m", usage=assemble(END).usage)


def test_f27_error_events() -> None:
    for value in ({"error": {"message": "x", "code": 429}}, {"object": "error", "message": "x", "code": 429}):
        with pytest.raises(Complaint) as caught:
            assemble(value)
        assert caught.value.document.status == 429
    assert assemble(chunk({"content": "x"}, "stop", error=None)).content == "x"


def test_only_the_first_choice_counts() -> None:
    other = {"index": 1, "delta": {"content": "no"}, "finish_reason": None}
    assert assemble({"choices": [other]}, chunk({"content": "yes"}), END).content == "yes"


@pytest.mark.parametrize("value", [[], "x", 3, None])
def test_events_that_are_no_objects_are_refused(value: Any) -> None:
    with pytest.raises(ReplyInvalid):
        ReplyAssembler().feed(value)


@pytest.mark.parametrize(
    "junk",
    [{"choices": 3}, {"choices": [3]}, {"choices": [{"delta": 3}]}, chunk({"content": {"a": 1}}),
     chunk({"tool_calls": 3}), chunk({"tool_calls": [3]}), chunk({"tool_calls": []}),
     {"choices": [{"delta": {"content": 5}}]}],
)  # fmt: skip
def test_junk_in_a_chunk_is_passed_over(junk: dict[str, Any]) -> None:
    assert assemble(junk, chunk({"content": "x"}), END).content == "x"


CALL = {"name": "read_file", "arguments": {"path": "a"}}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (json.dumps(CALL), ""),
        (json.dumps({"name": "read_file", "parameters": {"path": "a"}}), ""),
        (json.dumps({"tool": "read_file", "arguments": {"path": "a"}}), ""),
        (json.dumps({"type": "function", "function": CALL}), ""),
        (json.dumps({"name": "read_file", "arguments": '{"path": "a"}'}), ""),
        ("I read it.\n```json\n" + json.dumps(CALL, indent=2) + "\n```\n", "I read it."),
        ("Now: <tool_call>\n" + json.dumps(CALL) + "\n</tool_call>", "Now:"),
        ("<think>hm</think>\n" + json.dumps(CALL), ""),
    ],
)
def test_a_call_printed_as_text_is_a_call(text: str, left: str) -> None:
    reply = assemble(chunk({"content": text}), END, tools=("read_file",))
    [call] = reply.tool_calls
    assert (call.name, json.loads(call.arguments)) == ("read_file", {"path": "a"})
    assert (reply.content, reply.finish_reason) == (left, "stop")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"name": "rm", "arguments": {}}),
        json.dumps({"name": "read_file"}),
        json.dumps({"name": "read_file", "arguments": [1]}),
        "Call it like this: " + json.dumps(CALL),
        f"```json\n{json.dumps(CALL)}\n```\nor\n```json\n{json.dumps(CALL)}\n```",
        "<tool_call>{broken</tool_call>",
        json.dumps(CALL)[:-1],
        "{" * 50_000,
    ],
)
def test_what_only_looks_like_a_call_stays_text(text: str) -> None:
    reply = assemble(chunk({"content": text}), END, tools=("read_file",))
    assert (reply.tool_calls, reply.content) == ((), text)


def test_printed_calls_need_tools_and_no_real_call() -> None:
    text = chunk({"content": json.dumps(CALL)})
    assert assemble(text, END).tool_calls == ()
    real = chunk({"tool_calls": [delta(0, "1", "read_file", B)]}, "tool_calls")
    assert [call.id for call in assemble(text, real, tools=("read_file",)).tool_calls] == ["1"]


IDS = st.sampled_from(["1", "1", "2", "3", "", None, 7])
CALL_ENTRIES: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {
        "id": IDS,
        "function": st.fixed_dictionaries({"name": IDS, "arguments": st.sampled_from([A, B, "{", "", None, {}])}),
    },
    optional={"index": st.sampled_from([0, 0, 1, "1", None]), "type": st.just("function")},
)
NO_TEXT: st.SearchStrategy[Any] = st.sampled_from([None, "", 3, [], {}, [{"text": "Part"}]])
WHOLE_MESSAGES = st.fixed_dictionaries(
    {"content": st.sampled_from(["Hi", "<think>so</think>Hi", "Oh\n</think>\nHi", "I <think", " Hi", A]) | NO_TEXT},
    optional={
        "tool_calls": st.lists(CALL_ENTRIES | st.just("call"), max_size=3) | NO_TEXT,
        "reasoning_content": st.just("Hm") | NO_TEXT,
        "reasoning": st.just("Hm") | NO_TEXT,
    },
)
ENDS = st.sampled_from(["tool_calls", "tool_calls", "stop", "abort", "", None, {"type": "stop"}])
WHOLE_CHOICES = st.fixed_dictionaries(
    {"message": WHOLE_MESSAGES | NO_TEXT, "finish_reason": ENDS},
    optional={"index": st.sampled_from([0, 0, 1, None]), "delta": WHOLE_MESSAGES | NO_TEXT, "text": NO_TEXT},
)
COMPLETIONS = st.fixed_dictionaries(
    {"choices": st.lists(WHOLE_CHOICES | st.just("choice"), min_size=1, max_size=2) | NO_TEXT},
    optional={
        "id": IDS,
        "model": IDS,
        "object": st.sampled_from(["chat.completion", "error"]),
        "type": st.sampled_from(["message", "error"]),
        "error": st.sampled_from([None, {}, "no", {"message": "no", "code": 500}]),
        "usage": st.sampled_from([None, 3, {"prompt_tokens": 9, "completion_tokens": 4}, {"prompt_tokens": -1}]),
        "x_groq": st.just({"usage": {"prompt_tokens": 8, "completion_tokens": 4}}),
    },
)


def outcome(take: Callable[[ReplyAssembler], None], tools: tuple[str, ...]) -> object:
    """Return what an assembler makes of what it takes, or how it fails."""
    assembler = ReplyAssembler(tools=tools, request_bytes=400)
    try:
        take(assembler)
        reply = assembler.finish()
    except (ReplyIncomplete, ReplyInvalid, Complaint) as error:
        return type(error), str(error)
    return reply, assembler.finished, assembler.has_output, assembler.output_characters, assembler.reported_usage


@settings(max_examples=200)
@given(COMPLETIONS, st.sampled_from([(), ("1", "2")]))
def test_a_whole_completion_is_read_as_the_chunks_of_a_stream_are(completion: Any, tools: tuple[str, ...]) -> None:
    def as_stream(assembler: ReplyAssembler) -> None:
        assembler.feed(completion)
        assembler.end()

    assert outcome(lambda assembler: assembler.take_whole(completion), tools) == outcome(as_stream, tools)


def test_a_whole_completion_that_calls_tools_takes_the_short_way() -> None:
    """Otherwise the test above compares nothing."""
    call = {"index": 0, "id": "1", "type": "function", "function": {"name": "read_file", "arguments": A}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    completion = {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    expected = Reply(
        tool_calls=(ToolCall("1", "read_file", A),), finish_reason="stop", usage=Usage(100, 0, 4, estimated=True)
    )
    assert plain_reply(completion, None, request_bytes=400) == expected


def test_f26_f28_the_reader_gives_the_same_reply_for_every_split() -> None:
    whole = json.dumps(
        {"id": "c", "model": "m", "choices": [{"message": {"content": "žluť"}, "finish_reason": "stop"}]}
    )
    streamed = "\ufeff\r\n: hi\r\n\r\ndata: " + json.dumps(chunk({"content": "žluť"}, "stop"), ensure_ascii=False)
    for body in (b"\n \n" + whole.encode(), b"\xef\xbb\xbf" + whole.encode(), streamed.encode()):
        for size in range(1, 40):
            reader = ReplyReader(ReplyAssembler())
            for start in range(0, len(body), size):
                reader.feed(body[start : start + size])
            assert reader.close().content == "žluť"


TEXT = st.text(max_size=12)
DELTAS = st.one_of(
    st.fixed_dictionaries({"content": TEXT}),
    st.fixed_dictionaries({"reasoning_content": TEXT}),
    st.fixed_dictionaries({"reasoning": TEXT}),
    st.builds(
        lambda index, text: {"tool_calls": [delta(index, f"c{index}", "read_file", text)]}, st.integers(0, 2), TEXT
    ),
)


@settings(deadline=None)
@given(st.lists(DELTAS, max_size=8), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.data())
def test_every_split_of_the_bytes_gives_the_same_reply(
    deltas: list[dict[str, Any]], end: str, marked: bool, data: st.DataObject
) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 2}}
    events = [*map(chunk, deltas), chunk({}, "stop"), {"choices": [], "usage": usage}]
    lines = [f"data: {json.dumps(event, ensure_ascii=marked)}{end}{end}" for event in events]
    body = (f": hello{end}{end}" + "".join(lines) + (f"data: [DONE]{end}{end}" if marked else "")).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=9)))
    pieces = [body[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    whole = read(body)
    assert (whole.usage.input_tokens, whole.usage.cached_tokens) == (9, 2)
    assert read(*pieces) == read(*(bytes([byte]) for byte in body)) == whole


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"choices": [', ReplyIncomplete),
        (b'{"hello": 1}', ReplyInvalid),
        (b"[1]", ReplyInvalid),
        (b"{" + b'"a":{' * 100_000, ReplyInvalid),
        (b"<html>", ReplyInvalid),
        (b"", ReplyIncomplete),
        (b"hello", ReplyIncomplete),
        (b'data: {"choices"\n\n', ReplyIncomplete),
        (b"data: " + b"[" * 100_000 + b"\n\n", ReplyIncomplete),
        (b'{"error": {"message": "no"}}', Complaint),
    ],
)
def test_bodies_that_are_no_reply(body: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        read(body)


def read(*pieces: bytes) -> Reply:
    reader = ReplyReader(ReplyAssembler(tools=("read_file",), request_bytes=400))
    for piece in pieces:
        reader.feed(piece)
    return reader.close()
