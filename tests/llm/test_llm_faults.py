"""What an error means, and whether and when a call is made again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.errors import (
    AccessDenied,
    ContextOverflow,
    EndpointError,
    EndpointUnavailable,
    ModelNotFound,
    QuotaExhausted,
    RateLimited,
    ReplyIncomplete,
    ReplyInvalid,
    RequestRejected,
)
from swarm.llm.faults import classify, parse_retry_after, read_complaint
from swarm.llm.redaction import presentable
from swarm.llm.retry import MAX_TRIES, MAX_WAITED_S, next_wait
from swarm.text import neutralise_line

OVERFLOWS = [
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
    "the request exceeds the available context size, try increasing it",
    "prompt is too long: 210000 tokens > 200000 maximum",
    "Input is too long for requested model.",
    "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576)",
    "Please reduce the length of the messages or completion.",
    "Requested token count exceeds the model's maximum context length of 8192 tokens",
    "The prompt is longer than the model's context length",
]


def classified(status: int, body: object = b"", **headers: str) -> EndpointError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    document = read_complaint(status, {name.replace("_", "-"): value for name, value in headers.items()}, data)
    return classify(document, host="h", secrets=("topsecret",))


@pytest.mark.parametrize("text", OVERFLOWS)
@pytest.mark.parametrize("status", [400, 413, 500])
def test_f36_overflow_in_many_wordings(status: int, text: str) -> None:
    assert isinstance(classified(status, {"error": {"message": text}}), ContextOverflow)
    assert isinstance(classified(status, {"object": "error", "message": text}), ContextOverflow)
    assert isinstance(classified(status, {"error": text}), ContextOverflow)
    assert isinstance(classified(status, text.encode()), ContextOverflow)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (classified(401), AccessDenied),
        (classified(403, {"error": {"message": "forbidden"}}), AccessDenied),
        (classified(403, {"error": {"message": "no access", "code": "model_not_found"}}), ModelNotFound),
        (classified(400, {"error": {"message": "API key not valid. Please pass a valid API key."}}), AccessDenied),
        (classified(402), QuotaExhausted),
        (classified(400, {"error": {"message": "Your credit balance is too low"}}), QuotaExhausted),
        (classified(429, {"error": {"message": "You exceeded your current quota"}}), QuotaExhausted),
        (classified(429, {"error": {"message": "You exceeded your current quota"}}, retry_after="3"), RateLimited),
        (classified(429, {"error": {"message": "x", "code": 429, "status": "RESOURCE_EXHAUSTED"}}), RateLimited),
        (classified(404, {"detail": "Not Found"}), RequestRejected),
        (classified(404, {"error": {"message": "model 'x' not found"}}), ModelNotFound),
        (classified(422, {"detail": [{"loc": ["body", "x"], "msg": "field required"}]}), RequestRejected),
        (classified(501, {"error": {"message": "not implemented"}}), RequestRejected),
        (classified(503, {"error": {"message": "Loading model"}}), EndpointUnavailable),
        (classified(503, b"", retry_after="4"), RateLimited),
        (classified(529), RateLimited),
        (classified(520, b"<html>cloud</html>"), EndpointUnavailable),
        (classified(302), ReplyInvalid),
        (classified(204), ReplyInvalid),
        (classified(500, b"\xff\xfe" * 100), EndpointUnavailable),
        (classified(500, b"[" * 100_000), EndpointUnavailable),
        (classified(500, [{"error": {"message": "listed"}}]), EndpointUnavailable),
    ],
)
def test_f04_f08_f38_f39_f40_kinds(error: EndpointError, kind: type[EndpointError]) -> None:
    assert type(error) is kind
    assert error.status is not None


def test_messages_are_short_clean_and_hold_no_secret() -> None:
    error = classified(400, {"error": {"message": "a topsecret\x1b]0;x\x07\u202e\nb " + "c" * 9_000}})
    assert error.message.startswith("h answered 400: a [redacted]")
    assert len(error.message) < 330
    assert error.message.isprintable()
    for shape in ("sk-proj-abcdefghijklmnop", "Bearer abcdefghijklmnop", "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl"):
        assert "[redacted]" in presentable(f"your key {shape} is wrong")
    assert presentable("no key, nothing to hide") == "no key, nothing to hide"


@given(st.integers(100, 599), st.binary(max_size=200), st.text(max_size=20))
def test_no_response_breaks_the_classifier(status: int, body: bytes, retry_after: str) -> None:
    error = classified(status, body, retry_after=retry_after)
    assert neutralise_line(error.message) == error.message
    assert error.retry_after_s is None or error.retry_after_s >= 0


DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after": "0"}, 0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:37 GMT", "date": DATE}, 60),
        ({"retry-after": "Sun, 06 Nov 1994 08:00:00 GMT", "date": DATE}, 0),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:37 GMT"}, None),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:37 GMT", "date": "today"}, None),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:37", "date": DATE}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_f02_f43_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_retry_after(headers) == seconds


random_numbers = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 12), random_numbers)
def test_passing_faults_have_full_jitter_and_an_end(tries: int, number: float) -> None:
    for error in (EndpointUnavailable("x"), ReplyIncomplete("x")):
        wait = next_wait(error, tries, lambda: number)
        if tries >= MAX_TRIES:
            assert wait is None
        else:
            assert wait == number * min(60, 0.5 * 2 ** (tries - 1))


@given(st.integers(1, 12), random_numbers, st.none() | st.floats(0, 2_000), st.floats(0, 1_000))
def test_throttled_calls_wait_at_least_what_was_asked(
    throttles: int, number: float, asked: float | None, waited: float
) -> None:
    error = RateLimited("x", retry_after_s=asked)
    wait = next_wait(error, MAX_TRIES + 1, lambda: number, throttles=throttles, waited_s=waited)
    if wait is None:
        assert waited + 1.25 * max(asked or 0, 60) > MAX_WAITED_S
    else:
        assert waited + wait <= MAX_WAITED_S
        assert max(0.5, asked) <= wait <= 1.25 * max(0.5, asked) if asked is not None else 2.5 <= wait <= 60


@pytest.mark.parametrize(
    "kind", [QuotaExhausted, AccessDenied, ModelNotFound, ContextOverflow, RequestRejected, ReplyInvalid]
)
def test_other_faults_are_never_retried(kind: type[EndpointError]) -> None:
    assert next_wait(kind("x"), 1, lambda: 0.5) is None
