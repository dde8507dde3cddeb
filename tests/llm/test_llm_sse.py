"""The event stream parser: the same events for every way in which the bytes are cut."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.errors import ReplyTooLarge
from swarm.llm.sse import EventParser, ServerEvent

LINES = st.sampled_from(
    [
        b"data: {}",
        b"data:tight",
        b"data:",
        b"data",
        b": comment",
        b"event: error",
        b"id: 7",
        b"retry: 9",
        b"nonsense",
        b"",
        b"",
        "data: žluť 🐝".encode(),
        b"data: \xff\xfe",
        b"data: a: b",
    ]
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    body = b"".join(line + draw(ENDS) for line in draw(st.lists(LINES, max_size=12)))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + body + draw(st.sampled_from([b"", b"data: last"]))


def parse(*pieces: bytes) -> list[ServerEvent]:
    parser = EventParser()
    events = [event for piece in pieces for event in parser.feed(piece)]
    return events + parser.close()


@given(bodies(), st.data())
def test_f24_f26_every_split_gives_the_same_events(body: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    pieces = [body[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert parse(*pieces) == parse(body)
    assert parse(*(bytes([byte]) for byte in body)) == parse(body)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_f24_line_ends_spaces_bom_and_a_missing_blank_line(end: str) -> None:
    text = "\ufeff" + end.join(["data:one", "", "event: error", "data: two", "data:  three", "", "data: four"])
    assert parse(text.encode()) == [
        ServerEvent("one"),
        ServerEvent("two\n three", "error"),
        ServerEvent("four"),
    ]


def test_f25_comments_and_blank_lines_are_no_events() -> None:
    assert parse(b": ping\n\n\n: pong\r\n\r\nevent: x\n\ndata:\n\n") == []


def test_f26_bytes_that_are_no_text_become_replacement_characters() -> None:
    assert parse(b"data: \xf0\x9f", b"\x90\x9d\xff\n\n") == [ServerEvent("🐝\ufffd")]


def test_f44_lines_events_and_bodies_have_limits() -> None:
    with pytest.raises(ReplyTooLarge, match="event"):
        EventParser(max_event_bytes=10).feed(b"data: 0123456789")
    with pytest.raises(ReplyTooLarge, match="event"):
        EventParser(max_event_bytes=10).feed(b"data: 012345\n" * 2)
    parser = EventParser(max_body_bytes=10)
    parser.feed(b": 345678\n\n")
    with pytest.raises(ReplyTooLarge, match="larger than 10 bytes"):
        parser.feed(b"\n")


def test_a_drip_of_a_long_line_is_not_quadratic() -> None:
    parser = EventParser()
    for _ in range(200_000):
        parser.feed(b"x")
    assert parser.feed(b"\ndata: " + json.dumps({"a": 1}).encode() + b"\n\n") == [ServerEvent('{"a": 1}')]
