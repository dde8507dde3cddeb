import dataclasses
import hashlib
import json
import math
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarm.core.events import EVENT_TYPES, AttemptOpened, Event, ModelDelayed, NoteRecorded, ToolReturned, type_name
from swarm.core.messages import Message, Role
from swarm.errors import JournalUnreadable
from swarm.journal import codec
from tests.journal.journal_samples import EVENTS, SAMPLES, any_of


def no_blob(digest: bytes) -> str:
    raise AssertionError(f"unexpected blob {digest.hex()}")


def through(event: Event) -> Event:
    body, blobs = codec.encode(event)
    stored = {digest: (len(data), codec.compress(data)) for digest, data in blobs.items()}
    return codec.decode(7, type_name(event), body, lambda digest: codec.decompress(digest, *stored[digest]))


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_any_event_of_each_type_round_trips(name: str) -> None:
    @settings(max_examples=25, deadline=None)
    @given(any_of(EVENT_TYPES[name]))
    def check(event: Event) -> None:
        assert through(event) == event

    check()


@settings(max_examples=150, deadline=None)
@given(EVENTS)
def test_raw_fields_are_the_events_own(event: Event) -> None:
    body, blobs = codec.encode(event)
    texts = {digest: data.decode("utf-8", "surrogatepass") for digest, data in blobs.items()}
    raw = codec.decode_raw(1, body, texts.__getitem__)
    assert set(raw) == {field.name for field in dataclasses.fields(event)}
    for name, value in raw.items():
        if isinstance(value, str | int | float | None):
            assert value == getattr(event, name)


def test_samples_cover_every_type() -> None:
    assert {type_name(event) for event in SAMPLES} == set(EVENT_TYPES)


def test_a_small_event_is_its_plain_json() -> None:
    body, blobs = codec.encode(NoteRecorded("plain"))
    assert json.loads(body) == {"text": "plain", "subtask_id": "", "request_id": "", "notice": ""}
    assert not blobs


def test_the_same_large_text_is_the_same_blob_wherever_it_stands() -> None:
    prompt = "rules " * 1_000
    first = codec.encode(AttemptOpened("a@1", (Message(Role.SYSTEM, prompt), Message(Role.USER, "one"))))
    second = codec.encode(ToolReturned("b@1", 1, 0, prompt, failed=False, seconds=0.1))
    assert list(first.blobs) == list(second.blobs) == [hashlib.sha256(prompt.encode()).digest()]
    assert len(first.body) < 400


@pytest.mark.parametrize("length", [codec.LARGE - 1, codec.LARGE, codec.LARGE + 1])
def test_the_threshold(length: int) -> None:
    event = NoteRecorded("n" * length)
    assert len(codec.encode(event).blobs) == (1 if length >= codec.LARGE else 0)
    assert through(event) == event


def test_infinity_is_kept() -> None:
    event = ModelDelayed("a@1", 1, "rate_limited", "", math.inf)
    assert through(event) == event


@pytest.mark.parametrize("text", ["\x1f", "\x1f" + "ab" * 32, "\x1f" + "zz" * 32, "\ud800" * 10, "a\udfffb"])
def test_texts_that_look_like_markers_or_cannot_be_utf8(text: str) -> None:
    assert through(NoteRecorded(text)) == NoteRecorded(text)


def test_an_unknown_type_is_refused_by_number_and_name() -> None:
    with pytest.raises(JournalUnreadable, match=r"event 41 .*'run_teleported'") as caught:
        codec.decode(41, "run_teleported", b"{}", no_blob)
    assert "upgrade" in caught.value.hint


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"[]", b"{}", b'{"text": 3}', b'{"text": "\\ud800"}', b'{"text": "a', b"null", b"[" * 9999],
)
def test_a_bad_body_is_refused_by_number(body: bytes) -> None:
    with pytest.raises(JournalUnreadable, match="event 5 "):
        codec.decode(5, "note_recorded", body, no_blob)


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert codec.decode(1, "note_recorded", b'{"text": "x", "colour": "red"}', no_blob) == NoteRecorded("x")


def test_fields_added_since_have_their_defaults() -> None:
    assert codec.decode(1, "note_recorded", b'{"text": "x"}', no_blob) == NoteRecorded("x")


@pytest.mark.parametrize("marker", ["\\u001f", "\\u001fzz", "\\u001f" + "ab" * 31])
def test_a_broken_marker_is_damage(marker: str) -> None:
    with pytest.raises(JournalUnreadable, match="marker"):
        codec.decode(1, "note_recorded", f'{{"text": "{marker}"}}'.encode(), no_blob)


@given(st.binary(max_size=200), st.integers(0, 100))
def test_a_blob_is_checked_before_it_is_believed(stored: bytes, size: int) -> None:
    with pytest.raises(JournalUnreadable, match="damaged"):
        codec.decompress(hashlib.sha256(b"other").digest(), size, stored)


def test_a_blob_never_expands_beyond_its_size() -> None:
    bomb = zlib.compress(b"\0" * 100_000_000)
    with pytest.raises(JournalUnreadable, match="damaged"):
        codec.decompress(hashlib.sha256(b"\0" * 100).digest(), 100, bomb)


def test_the_checksum_covers_everything() -> None:
    base = codec.checksum(1, 2.0, "run_ended", b"{}")
    others = [(2, 2.0, "run_ended", b"{}"), (1, 2.5, "run_ended", b"{}"), (1, 2.0, "run_endet", b"{}")]
    assert base not in [codec.checksum(*other) for other in [*others, (1, 2.0, "run_ended", b"[]")]]


def test_a_blob_is_compressed_where_that_is_worth_it() -> None:
    small, large, random_bytes = b"a" * 3_000, b"a" * codec.COMPRESSED_FROM, random.Random(1).randbytes(50_000)
    assert codec.compress(small) == small
    assert len(codec.compress(large)) < len(large) // 10
    assert codec.compress(random_bytes) == random_bytes
    for data in (small, large):
        assert codec.decompress(hashlib.sha256(data).digest(), len(data), codec.compress(data)) == data.decode()
    old = zlib.compress(small, 1, wbits=13)
    assert codec.decompress(hashlib.sha256(small).digest(), len(small), old) == small.decode()
