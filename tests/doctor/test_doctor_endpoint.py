"""What the doctor finds out about endpoints that can do much, little, or nothing."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from swarm.doctor.conclusions import conclude, context_length, profile_of
from swarm.doctor.examination import Examination, examine, most_requests
from swarm.doctor.findings import Finding, Level
from swarm.errors import AccessDenied, EndpointUnavailable, ModelNotFound
from swarm.llm import Endpoint
from swarm.llm.probe_tools import choose_tool_mode
from swarm.llm.profile import known_dialect, parse_profile
from tests.doctor.capable_server import MODEL, CapableServer
from tests.llm.llm_servers import (
    QUICK,
    Exchange,
    Handler,
    chattering,
    chunk,
    error,
    event,
    hang_up,
    response,
    serving,
    stream,
)

KEY = "sk-test-0123456789abcdef"


async def examined(server: Handler, concurrency: int = 0) -> Examination:
    async with serving(server) as faults:
        endpoint = Endpoint(faults.base_url, api_key=KEY, model=MODEL, timeouts=QUICK)
        found = await examine(endpoint, concurrency=concurrency, say=lambda _: None)
        assert found.spent.calls <= most_requests(concurrency)
        return found


def levels(found: Examination) -> dict[str, str]:
    return {finding.subject: finding.level.value for finding in conclude(found)}


def finding(found: Examination, subject: str) -> Finding:
    return next(finding for finding in conclude(found) if finding.subject == subject)


async def test_a_server_that_can_do_everything() -> None:
    server = CapableServer(models=[{"id": MODEL, "owned_by": "vllm", "max_model_len": 32_768}])
    found = await examined(server, concurrency=4)
    assert set(levels(found).values()) == {"good"}
    profile = profile_of(found, "2026-11-23")
    assert (profile.family, profile.context_length, profile.concurrency) == ("vllm", 32_768, 4)
    assert dict(profile.ways) == {
        "tools": ("native", "action", "text"),
        "tool_choice": ("required", "auto"),
        "structured": ("json_schema", "tool", "json_object", "text"),
        "output_limit": ("max_tokens", "max_completion_tokens"),
        "streaming": (True,),
        "stream_usage": (True,),
        "parallel_calls": (True,),
        "sampling": ("temperature",),
    }
    assert parse_profile(profile.to_toml(), "p") == profile
    assert "x-ratelimit-limit-requests 500" in finding(found, "rate limits").found
    assert found.spent.input_tokens == 20 * found.spent.calls - 20  # the call of an unknown model is free


async def test_a_server_that_ignores_what_it_does_not_have() -> None:
    server = CapableServer(
        tools="printed", obeys_choice=False, schema="ignored", streams=False, usage=None, models=None, headers={}
    )
    found = await examined(server)
    less = {subject for subject, level in levels(found).items() if level == "less"}
    assert less == {
        "server", "streaming", "usage", "prefix cache", "tool calls", "tool_choice", "schema output", "context",
    }  # fmt: skip
    ways = profile_of(found, "").ways
    assert (ways["tools"], ways["tool_choice"], ways["structured"], ways["streaming"]) == (
        ("text",),
        ("auto",),
        ("text",),
        (),
    )
    assert all(finding.instead for finding in conclude(found) if finding.level is Level.LESS)


async def test_a_server_that_refuses_what_it_does_not_have() -> None:
    refuses = ("stream_options", "temperature", "max_tokens", "parallel_tool_calls", "tool_choice")
    found = await examined(CapableServer(tools="refused", schema="refused", refuses=refuses))
    assert found.fatal is None
    ways = profile_of(found, "").ways
    assert (ways["output_limit"], ways["stream_usage"], ways["sampling"]) == (("max_completion_tokens",), (), ())
    assert (ways["tools"], ways["structured"]) == (("text",), ("text",))
    assert levels(found)["temperature"] == "less"


async def test_calls_printed_as_text_with_a_schema_that_holds_are_actions() -> None:
    found = await examined(CapableServer(tools="printed"))
    profile = profile_of(found, "")
    assert profile.ways["tools"] == ("action", "text")
    assert "held to a JSON Schema" in finding(found, "tool calls").instead
    assert known_dialect(profile.base_url, "", profile).tools == ("action", "text")


@pytest.mark.parametrize(
    ("passed", "schema", "first"),
    [(2, None, "native"), (2, False, "native"), (1, True, "action"), (0, None, "action"), (1, False, "text")],
)
def test_the_mode_is_chosen_by_what_works(passed: int, schema: bool | None, first: str) -> None:
    assert choose_tool_mode(passed, schema=schema)[0] == first


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("This model's maximum context length is 8192 tokens. However, you requested 100000012 tokens", 8_192),
        ("max_tokens must be less than the context window of 131,072", 131_072),
        ("the 4096-token context is too small", 4_096),
        ("max_tokens is too large: 100000000. This model supports at most 16384 completion tokens", 0),
        ("", 0),
    ],
)
async def test_the_window_is_read_from_a_refusal_that_costs_nothing(words: str, length: int) -> None:
    found = await examined(CapableServer(window=words))
    assert context_length(found) == length
    assert profile_of(found, "").ways["output_limit"] == ("max_tokens", "max_completion_tokens")


async def test_the_ladder_ends_at_the_first_refusal() -> None:
    class Waiting(CapableServer):
        async def _send(self, exchange: Any, message: Mapping[str, Any]) -> bool | None:
            await asyncio.sleep(0.05)  # calls of one rung are under way together
            return await super()._send(exchange, dict(message))

    found = await examined(Waiting(most_at_once=2), concurrency=16)
    assert [rung.calls for rung in found.ladder] == [1, 2, 4]
    assert (found.ladder[-1].refused, profile_of(found, "").concurrency) == (2, 2)
    assert "2 of 4 calls at once refused, 2 are fine" in finding(found, "concurrency").found


@pytest.mark.parametrize(
    ("handler", "kind", "code"),
    [
        (error(401, f"wrong key {KEY}"), AccessDenied, 3),
        (error(404, "model m does not exist"), ModelNotFound, 3),
        (error(503, "Loading model"), EndpointUnavailable, 4),
        (hang_up, EndpointUnavailable, 4),
    ],
)
async def test_what_ends_the_examination(handler: Handler, kind: type, code: int) -> None:
    found = await examined(handler)
    assert isinstance(found.fatal, kind)
    assert found.fatal is not None
    assert found.fatal.exit_code == code
    assert found.spent.calls <= 2
    shown = conclude(found)
    assert shown[-1].level is Level.PROBLEM
    assert KEY not in str([finding.as_object() for finding in shown])


async def test_a_connection_that_breaks_later_is_not_taken_for_a_missing_ability() -> None:
    server, broken = CapableServer(), 0

    async def flaky(exchange: Any) -> bool | None:
        nonlocal broken
        if b'"tool_choice":"required"' in exchange.body:
            broken += 1
            return None
        return await server(exchange)

    found = await examined(flaky)
    assert broken == 2  # a connection that closes without a word is dialled once more
    assert "not clear" in finding(found, "tool_choice").found
    assert "tool_choice" not in profile_of(found, "").ways
    assert "structured" not in profile_of(found, "").ways


async def test_no_more_is_asked_than_was_announced() -> None:
    found = await examined(response(400, {"error": {"message": "max_tokens stream_options stream is not supported"}}))
    assert found.fatal is not None
    assert found.spent.calls <= most_requests(0)


async def test_a_gateway_is_known_by_the_headers_of_its_replies() -> None:
    found = await examined(CapableServer(models=[{"id": MODEL}], headers={"x_litellm_version": "1"}))
    assert profile_of(found, "").family == "litellm"


async def test_a_model_that_never_ends_is_cut_off() -> None:
    server = CapableServer()

    async def endless(exchange: Exchange) -> bool | None:
        if exchange.body and exchange.payload.get("max_tokens", 0) > 1_000_000:
            return await stream(then=chattering(event(chunk({"content": "x "}))))(exchange)
        return await server(exchange)

    found = await examined(endless)
    assert "cut off" in str(found.seen["endless"].error)
    assert context_length(found) == 0
    assert levels(found)["context"] == "less"
