"""Events that repeat one another but for a text are read quickly, and exactly as any others."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarm.core.messages import Reply
from swarm.errors import ReplyIncomplete, ReplyTooLarge
from swarm.llm import reader as reader_module
from swarm.llm.assembler import ReplyAssembler
from swarm.llm.reader import ReplyReader
from tests.llm.llm_servers import chunk

DONE = [chunk({}, "stop")]
TEXT = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["content", '"', '","content":"', "\\", "\n\n", "data: ", "}", "\N{SNOWMAN}", "c1", "žluť"]),
)


def delta_of(kind: str, text: str) -> dict[str, Any]:
    if kind in ("content", "reasoning", "reasoning_content"):
        return {"role": "assistant", kind: text}
    call: dict[str, Any] = {"index": 0, "function": {"arguments": text}}
    if kind == "named":
        call = {"index": 0, "id": "c", "function": {"name": "read_file", "arguments": text}}
    return {"content": None if kind == "nothing beside" else text, "tool_calls": [call]}


KINDS = st.sampled_from(["content", "reasoning", "reasoning_content", "arguments", "nothing beside", "named"])
MORE = st.sampled_from([{}, {}, {}, {"usage": {"prompt_tokens": 3}}, {"obfuscation": "x"}, {"model": "other"}])
RUNS = st.lists(st.tuples(KINDS, st.lists(TEXT, max_size=6), MORE), max_size=4)


@settings(deadline=None)
@given(RUNS, st.booleans(), st.integers(1, 500))
def test_recurring_events_are_read_like_any_others(
    runs: list[tuple[str, list[str], dict[str, Any]]], ascii_only: bool, size: int
) -> None:
    chunks = [chunk(delta_of(kind, text), **more) for kind, texts, more in runs for text in texts] + DONE
    slowly = ReplyAssembler(request_bytes=400)
    for each in chunks:
        slowly.feed(json.loads(json.dumps(each)))
    body = "".join(f"data: {json.dumps(each, ensure_ascii=ascii_only)}\n\n" for each in chunks).encode()
    assert outcome(lambda: read(body, size)) == outcome(slowly.finish)


def outcome(make: Any) -> Reply | str:
    try:
        found: Reply = make()
    except ReplyIncomplete as error:
        return error.message
    return found


def read(body: bytes, size: int) -> Reply:
    reader = ReplyReader(ReplyAssembler(request_bytes=400))
    for start in range(0, len(body), size):
        reader.feed(body[start : start + size])
    return reader.close()


@pytest.mark.parametrize("kind", ["content", "reasoning", "reasoning_content", "nothing beside"])
def test_hardly_any_event_is_read_in_whole(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read_whole: list[str] = []

    def decoded(text: str) -> object:
        read_whole.append(text)
        return json.loads(text)

    monkeypatch.setattr(reader_module, "decoded", decoded)
    texts = [f'line "{number}"\n' for number in range(200)]
    chunks = [chunk({"role": "assistant", "content": ""})]
    chunks += [chunk({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "read_file"}}]})]
    chunks += [chunk(delta_of(kind, text)) for text in texts]
    body = "".join(f"data: {json.dumps(each)}\n\n" for each in chunks + DONE).encode()
    reply = read(body, 10_000)
    assert "".join(texts) in (reply.content, reply.reasoning, reply.tool_calls[0].arguments)
    assert len(read_whole) < 12  # the first three, the last one, and those that were cut in two


@pytest.mark.parametrize(
    "event",
    [
        b'"a","other":"b"',  # more than one string between the known bytes
        b'"a',
        b"",
        b"5",
        b"null",
        b'"a\\ud800"',
        b'"a\xff"',
        b'"a"}}]}\n\ndata: {"x": "',
    ],
)
def test_what_only_begins_and_ends_alike_is_read_in_whole(event: bytes) -> None:
    around = json.dumps(chunk({"content": "known"})).encode().split(b'"known"')
    known = b"data: " + b'"known"'.join(around) + b"\n\n"
    strange = b"data: " + event.join(around) + b"\n\n"
    last = f"data: {json.dumps(DONE[0])}\n\n".encode()
    contents = []
    for body in (known + strange + known + last, known + b": a comment\n" + strange + known + last):
        try:
            contents.append(read(body, len(body)).content)
        except ReplyIncomplete as error:
            contents.append(error.message)
    assert contents[0] == contents[1]


def test_limits_hold_for_recurring_events_too() -> None:
    event = f"data: {json.dumps(chunk({'content': 'x' * 1_000}))}\n\n".encode()
    reader = ReplyReader(ReplyAssembler(), max_body_bytes=10_000)
    with pytest.raises(ReplyTooLarge):
        feed_often(reader, event)
    call = {"index": 0, "id": "c", "function": {"name": "read_file", "arguments": "x" * 100_000}}
    reader = ReplyReader(ReplyAssembler())
    with pytest.raises(ReplyTooLarge):
        feed_often(reader, f"data: {json.dumps(chunk({'tool_calls': [call]}))}\n\n".encode())


def feed_often(reader: ReplyReader, event: bytes) -> None:
    for _ in range(20):
        reader.feed(event)
