"""Every fault of an endpoint, over real sockets. F numbers are those of the reliability list."""

import asyncio
import gzip
import json
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

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
    ReplyTooLarge,
    RequestRejected,
)
from swarm.llm import Timeouts, describe_server, http
from swarm.llm.retry import MAX_TRIES
from tests.llm.llm_servers import (
    HELLO,
    PLAN_SCHEMA,
    READ_FILE,
    SAYS_HELLO,
    Exchange,
    calling,
    chattering,
    chunk,
    error,
    event,
    hang_up,
    reset,
    response,
    serving,
    silence,
    stream,
)


@pytest.fixture(params=["fast", "plain"], autouse=True)
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs over both transports, where the extra ``fast`` is installed."""
    if request.param == "plain":
        monkeypatch.setattr(http, "_FAST", False)
    elif not http._FAST:
        pytest.skip("the extra `fast` is not installed")


FAST = Timeouts(connect_s=1, first_event_s=0.5, idle_s=0.3, total_s=1)

IDLE = Timeouts(connect_s=5, first_event_s=20, idle_s=0.3, total_s=60)


async def test_a_streamed_reply_is_put_together_and_measured() -> None:
    async with serving(HELLO) as server, calling(server.base_url) as caller:
        answer = await caller.ask()
    assert (answer.reply.content, answer.reply.finish_reason, answer.tries) == ("Hello", "stop", 1)
    assert (answer.reply.usage.input_tokens, answer.reply.usage.output_tokens) == (12, 3)
    [request] = server.received
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == "Bearer sk-test-0123456789abcdef"
    assert request.headers["accept-encoding"] == "identity"
    assert request.payload["stream_options"] == {"include_usage": True}


async def test_connections_are_kept_and_a_stale_one_is_replaced_at_once() -> None:
    """F13: the server gives a kept connection up just as it is used again."""
    async with serving(HELLO, HELLO, hang_up, HELLO) as server, calling(server.base_url) as caller:
        for _ in range(3):
            assert (await caller.ask()).reply.content == "Hello"
    assert [exchange.connection for exchange in server.received] == [1, 1, 1, 2]
    assert caller.delays == []


async def test_f01_retry_after_is_a_lower_bound_and_costs_no_try() -> None:
    throttled = [error(429, "slow down", headers={"retry_after": "20"})] * (MAX_TRIES + 2)
    async with serving(*throttled, HELLO) as server, calling(server.base_url, jitter=0.9) as caller:
        answer = await caller.ask()
    assert answer.tries == MAX_TRIES + 3
    assert len(caller.delays) == MAX_TRIES + 2
    assert all(isinstance(fault, RateLimited) and 20 <= wait <= 25 for fault, wait in caller.delays)
    assert caller.time.slept == [wait for _, wait in caller.delays]


async def test_f02_a_date_is_read_against_the_servers_own_clock() -> None:
    headers = {"retry_after": "Sun, 06 Nov 1994 08:50:07 GMT", "date": "Sun, 06 Nov 1994 08:49:37 GMT"}
    async with serving(error(429, headers=headers), HELLO) as server, calling(server.base_url) as caller:
        await caller.ask()
    assert [wait for _, wait in caller.delays] == [30]


@pytest.mark.parametrize("value", ["-5", "soon", "nan", "1e999"])
async def test_f02_a_nonsense_retry_after_counts_as_none(value: str) -> None:
    async with serving(error(429, headers={"retry_after": value}), HELLO) as server, calling(server.base_url) as caller:
        await caller.ask()
    assert [wait for _, wait in caller.delays] == [2.5]


async def test_f02_a_huge_retry_after_is_not_waited_for_and_stops_the_others() -> None:
    refuse = error(429, headers={"retry_after": "86400"})
    async with serving(refuse) as server, calling(server.base_url) as caller:
        for _ in range(3):
            with pytest.raises(RateLimited) as caught:
                await caller.ask()
            assert 86_400 <= (caught.value.retry_after_s or 0) < 86_410
    assert len(server.received) == 1
    assert caller.time.slept == []


async def test_f03_bare_429_backs_off_from_five_seconds_for_fifteen_minutes_at_most() -> None:
    async with serving(error(429)) as server, calling(server.base_url, jitter=1.0) as caller:
        with pytest.raises(RateLimited):
            await caller.ask()
    assert [wait for _, wait in caller.delays][:4] == [5, 10, 20, 40]
    assert 700 < sum(caller.time.slept) <= 900


@pytest.mark.parametrize(
    "answer",
    [
        error(429, "You exceeded your current quota", type="insufficient_quota", code="insufficient_quota"),
        error(429, "Your account is suspended due to insufficient balance", type="exceeded_current_quota_error"),
        error(402, "Insufficient Balance", type="unknown_error"),
        error(403, "You've reached your usage limit for this billing cycle. Your quota will be refreshed."),
    ],
)
async def test_f04_an_empty_account_is_not_asked_twice(answer: Any) -> None:
    async with serving(answer) as server, calling(server.base_url) as caller:
        with pytest.raises(QuotaExhausted):
            await caller.ask()
    assert len(server.received) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 409, 425])
async def test_f05_f06_f07_f09_passing_faults_are_retried(status: int) -> None:
    async with serving(error(status), error(status), HELLO) as server, calling(server.base_url, jitter=0.5) as caller:
        assert (await caller.ask()).tries == 3
    assert [wait for _, wait in caller.delays] == [0.25, 0.5]
    assert len(server.received) == 3


async def test_f05_retries_end() -> None:
    async with serving(error(500, "broken")) as server, calling(server.base_url, jitter=0.99) as caller:
        with pytest.raises(EndpointUnavailable, match="answered 500: broken"):
            await caller.ask()
    assert len(server.received) == MAX_TRIES
    assert all(wait < 60 for _, wait in caller.delays)


@pytest.mark.parametrize(
    "answer",
    [
        error(503, headers={"retry_after": "7"}),
        error(529, headers={"retry_after": "7"}),
        error(500, "The model is overloaded", headers={"retry_after": "7"}),
    ],
)
async def test_f07_f08_overload_is_throttling(answer: Any) -> None:
    async with serving(answer, HELLO) as server, calling(server.base_url) as caller:
        await caller.ask()
    assert [(fault.code, wait) for fault, wait in caller.delays] == [("rate_limited", 7)]


async def test_f08_f27_an_error_inside_a_stream_is_classified_by_its_code() -> None:
    overloaded = stream(SAYS_HELLO[1], event({"error": {"message": "busy", "type": "overloaded_error"}}))
    broken = stream(SAYS_HELLO[1], b"event: error\n" + event({"message": "oops", "code": 502}))
    quota = stream(event({"error": {"message": "empty", "code": "insufficient_quota"}}))
    async with serving(overloaded, broken, quota) as server, calling(server.base_url) as caller:
        with pytest.raises(QuotaExhausted):
            await caller.ask()
    assert [fault.code for fault, _ in caller.delays] == ["rate_limited", "endpoint_unavailable"]


async def test_f10_connection_refused_is_retried() -> None:
    async with serving(HELLO) as server:
        base_url = server.base_url
    async with calling(base_url) as caller:
        with pytest.raises(EndpointUnavailable, match="refused the connection"):
            await caller.ask()
    assert len(caller.delays) == MAX_TRIES - 1


async def test_f11_an_unknown_name_is_retried_slowly() -> None:
    async with calling("http://no-such-host.invalid/v1") as caller:
        with pytest.raises(EndpointUnavailable, match="cannot be resolved"):
            await caller.ask()
    assert all(wait >= 5 for _, wait in caller.delays)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
async def test_f12_a_certificate_that_is_not_trusted_is_not_tried_again(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout"]
    subprocess.run(["openssl", *new, key, "-out", certificate], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    async with serving(HELLO, tls=tls) as server, calling(server.base_url) as caller:
        with pytest.raises(ReplyInvalid, match="is not trusted"):
            await caller.ask()
    assert server.received == []
    assert caller.delays == []


@pytest.mark.parametrize("fault", [hang_up, reset])
async def test_f13_a_connection_lost_before_the_headers_is_retried(fault: Any) -> None:
    async with serving(HELLO, fault, fault, HELLO) as server, calling(server.base_url) as caller:
        await caller.ask()
        assert (await caller.ask()).tries == 3
    assert len(caller.delays) == 1


async def test_f14_a_server_that_never_begins_is_left() -> None:
    async with serving(silence, HELLO) as server, calling(server.base_url, timeouts=FAST) as caller:
        assert (await caller.ask()).reply.content == "Hello"
        assert "took too long; waited for the response" in caller.delays[0][0].message


async def test_f15_a_stalled_stream_is_left() -> None:
    stalled = stream(*SAYS_HELLO[:2], then=silence)
    async with serving(stalled, HELLO) as server, calling(server.base_url, timeouts=IDLE) as caller:
        assert (await caller.ask()).reply.content == "Hello"
        assert "waited for more of the reply" in caller.delays[0][0].message


async def test_f16_comments_keep_a_queued_call_alive_up_to_the_total() -> None:
    async def answer_late(exchange: Exchange) -> None:
        for _ in range(30):
            await exchange.send(b"e\r\n: keep-alive\n\n\r\n")
            await asyncio.sleep(0.04)
        for piece in SAYS_HELLO:
            await exchange.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        await exchange.send(b"0\r\n\r\n")

    patient = Timeouts(connect_s=1, first_event_s=1, idle_s=1, total_s=60)
    async with serving(stream(then=answer_late)) as server, calling(server.base_url, timeouts=patient) as caller:
        assert (await caller.ask()).tries == 1


async def test_f16_comments_do_not_keep_a_reply_alive_that_has_begun() -> None:
    stalled = stream(*SAYS_HELLO[:2], then=chattering(b": keep-alive\n\n"))
    async with serving(stalled, HELLO) as server, calling(server.base_url, timeouts=IDLE) as caller:
        assert (await caller.ask()).tries == 2


async def test_f17_a_drip_ends_at_the_total() -> None:
    dripping = stream(then=chattering(b":"))
    brief = Timeouts(connect_s=1, first_event_s=5, idle_s=5, total_s=0.6)
    async with serving(dripping, HELLO) as server, calling(server.base_url, timeouts=brief) as caller:
        assert (await caller.ask()).reply.content == "Hello"
        assert "waited for the end of the reply" in caller.delays[0][0].message


@pytest.mark.parametrize("end", [True, False])
async def test_f18_a_reply_cut_in_prose_is_thrown_away(end: bool) -> None:
    cut = stream(*SAYS_HELLO[:2], end=end)
    async with serving(cut, HELLO) as server, calling(server.base_url) as caller:
        assert (await caller.ask()).reply.content == "Hello"
    assert isinstance(caller.delays[0][0], ReplyIncomplete)


async def test_f19_a_call_cut_in_its_arguments_is_never_returned() -> None:
    head = {"index": 0, "id": "a", "function": {"name": "read_file", "arguments": '{"path": "a'}}
    cut = stream(event(chunk({"tool_calls": [head]})))
    marked = stream(event(chunk({"tool_calls": [head]})), b"data: [DONE]\n\n")
    async with serving(cut, marked, HELLO) as server, calling(server.base_url) as caller:
        assert (await caller.ask(tools=[READ_FILE])).reply.tool_calls == ()
    assert [fault.code for fault, _ in caller.delays] == ["reply_incomplete"] * 2


async def test_a_reply_that_breaks_after_its_turn_ended_is_kept() -> None:
    async with serving(stream(*SAYS_HELLO[:4], end=False)) as server, calling(server.base_url) as caller:
        answer = await caller.ask()
    assert answer.reply.content == "Hello"
    assert answer.reply.usage.estimated


async def test_f22_no_choices_at_all_is_retried() -> None:
    empty = stream(event({"choices": []}), b"data: [DONE]\n\n")
    async with serving(empty, HELLO) as server, calling(server.base_url) as caller:
        assert (await caller.ask()).tries == 2


async def test_f28_a_completion_in_answer_to_a_stream_request_is_accepted() -> None:
    message = {"role": "assistant", "content": "Hello"}
    whole = {"model": "m", "choices": [{"message": message, "finish_reason": "stop"}], "usage": {}}
    labelled = response(200, whole, content_type="text/plain")
    mislabelled = response(200, b"".join(SAYS_HELLO), content_type="application/json")
    async with serving(labelled, mislabelled) as server, calling(server.base_url) as caller:
        for _ in range(2):
            assert (await caller.ask()).reply.content == "Hello"


async def test_f29_a_web_page_is_no_endpoint_and_never_shown() -> None:
    page = b"<!DOCTYPE html><html>Sign in, secret 4711</html>"
    async with serving(response(200, page)) as server, calling(server.base_url) as caller:
        with pytest.raises(ReplyInvalid, match="web page"):
            await caller.ask()
    async with serving(response(502, page), HELLO) as server, calling(server.base_url) as caller:
        await caller.ask()
        [(fault, _)] = caller.delays
        assert fault.code == "endpoint_unavailable"
        assert "4711" not in fault.message


async def test_f36_f39_f40_are_told_apart_and_not_retried() -> None:
    cases: list[tuple[Any, type[EndpointError]]] = [
        (error(400, "This model's maximum context length is 8192 tokens"), ContextOverflow),
        (error(413, "too big"), ContextOverflow),
        (error(500, "the request exceeds the available context size"), ContextOverflow),
        (error(404, "The model `x` does not exist", code="model_not_found"), ModelNotFound),
        (error(404, "not found"), RequestRejected),
        (error(400, "messages: bad role"), RequestRejected),
    ]
    for answer, kind in cases:
        async with serving(answer) as server, calling(server.base_url) as caller:
            with pytest.raises(kind):
                await caller.ask()
            assert len(server.received) == 1


async def test_f38_two_hundred_agents_and_a_wrong_key_cost_one_request() -> None:
    async with serving(error(401, "Incorrect API key")) as server, calling(server.base_url) as caller:
        caller.time.real_s = 0.1
        results = await asyncio.gather(*(caller.ask() for _ in range(200)), return_exceptions=True)
        assert all(isinstance(result, AccessDenied) for result in results)
        with pytest.raises(AccessDenied):
            await caller.ask()
    assert len(server.received) == 1


async def test_f40_what_is_refused_by_name_is_left_out_for_good() -> None:
    def picky(exchange: Exchange) -> Any:
        payload = exchange.payload
        if "stream_options" in payload:
            return error(400, "Unrecognized request argument supplied: stream_options")
        if payload.get("tool_choice") == "required":
            return error(400, "tool_choice 'required' is incompatible with thinking enabled")
        if "max_tokens" in payload:
            text = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            return error(400, text, param="max_tokens", code="unsupported_parameter")
        return HELLO

    async def handle(exchange: Exchange) -> bool | None:
        result: bool | None = await picky(exchange)(exchange)
        return result

    async with serving(handle) as server, calling(server.base_url) as caller:
        first = await caller.ask(tools=[READ_FILE], max_output_tokens=9)
        second = await caller.ask(tools=[READ_FILE], max_output_tokens=9)
    assert (first.tries, second.tries, caller.delays) == (4, 1, [])
    payload = server.received[-1].payload
    assert payload["tool_choice"] == "auto"
    assert payload["max_completion_tokens"] == 9
    assert "max_tokens" not in payload


async def test_f40_many_agents_learn_once() -> None:
    async def handle(exchange: Exchange) -> bool | None:
        refused = exchange.payload.get("tool_choice") == "required"
        answer = error(400, "tool_choice must be auto or none") if refused else HELLO
        return await answer(exchange)

    async with serving(handle) as server, calling(server.base_url) as caller:
        answers = await asyncio.gather(*(caller.ask(tools=[READ_FILE]) for _ in range(20)))
    assert all(answer.reply.content == "Hello" for answer in answers)
    assert {exchange.payload["tool_choice"] for exchange in server.received} == {"required", "auto"}
    assert len(server.received) <= 40


async def test_f40_a_shape_is_asked_for_in_the_next_best_way() -> None:
    ways: list[str] = []

    async def handle(exchange: Exchange) -> bool | None:
        payload = exchange.payload
        if "response_format" in payload:
            ways.append(payload["response_format"]["type"])
            return await error(400, "response_format is not supported")(exchange)
        if "tools" in payload:
            ways.append(payload["tools"][0]["function"]["name"])
            return await error(400, "this model does not support tools")(exchange)
        ways.append("text")
        return await HELLO(exchange)

    async with serving(handle) as server, calling(server.base_url) as caller:
        assert (await caller.ask(role="planner", schema=PLAN_SCHEMA)).reply.content == "Hello"
    assert ways == ["json_schema", "submit_plan", "text"]


async def test_f44_an_endless_line_and_an_endless_stream_are_cut() -> None:
    async with serving(stream(then=chattering(b"data: " + b"x" * 1_000_000, 0))) as server:
        async with calling(server.base_url) as caller:
            with pytest.raises(ReplyTooLarge, match="event of the reply is larger"):
                await caller.ask()
        await server.wait_until_idle()


async def test_f45_compression_that_was_not_asked_for_is_refused() -> None:
    bomb = gzip.compress(b"\0" * 1_000_000)
    async with serving(stream(bomb, encoding="gzip")) as server, calling(server.base_url) as caller:
        with pytest.raises(ReplyInvalid, match="compressed"):
            await caller.ask()


async def test_f46_redirects_are_not_followed() -> None:
    async with serving(HELLO) as other:
        moved = response(307, location=other.base_url + "/chat/completions")
        async with serving(moved) as server, calling(server.base_url) as caller:
            with pytest.raises(ReplyInvalid) as caught:
                await caller.ask()
        assert "final base URL" in caught.value.hint
        assert other.received == []


async def test_f50_an_echoed_key_and_control_characters_never_reach_a_message() -> None:
    text = "key sk-test-0123456789abcdef\x1b[31m and sk-other-zyxwvutsrqponm" + "x" * 10_000
    async with serving(error(400, text)) as server, calling(server.base_url) as caller:
        with pytest.raises(RequestRejected) as caught:
            await caller.ask()
    message = caught.value.message
    assert "0123456789" not in message
    assert "zyxwv" not in message
    assert "\x1b" not in message
    assert len(message) < 400


async def test_f50_the_key_is_in_no_representation_or_cause() -> None:
    async with calling("http://127.0.0.1:9/v1") as caller:
        with pytest.raises(EndpointUnavailable) as caught:
            await caller.ask()
    fault: BaseException | None = caught.value
    while fault is not None:
        assert "sk-test" not in repr(fault)
        fault = fault.__cause__


async def test_a_cancelled_call_gives_its_slot_and_its_connection_back() -> None:
    async with serving(HELLO, silence, stream(SAYS_HELLO[1], then=silence), HELLO) as server:
        async with calling(server.base_url, max_in_flight=1) as caller:
            await caller.ask()
            for count in (2, 3):
                call = asyncio.create_task(caller.ask())
                await server.wait_for_requests(count)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
            assert (await caller.ask()).reply.content == "Hello"
        await server.wait_until_idle()


async def test_calls_wait_for_a_slot() -> None:
    held = asyncio.Event()

    async def wait_then_say_hello(exchange: Exchange) -> bool | None:
        await held.wait()
        return await HELLO(exchange)

    async with serving(HELLO, wait_then_say_hello) as server, calling(server.base_url, max_in_flight=3) as caller:
        await caller.ask()
        async with asyncio.TaskGroup() as group:
            for _ in range(10):
                group.create_task(caller.ask())
            await server.wait_for_requests(4)
            for _ in range(20):
                await asyncio.sleep(0)
            assert len(server.received) == 4
            held.set()
    assert len(server.received) == 11


async def test_more_than_a_hundred_connections_at_once() -> None:
    everyone = asyncio.Barrier(300)

    async def together(exchange: Exchange) -> bool | None:
        await everyone.wait()
        rest = b"".join(SAYS_HELLO[1:])
        await exchange.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(rest), rest))
        return True

    late = stream(SAYS_HELLO[0], then=together)
    async with serving(HELLO, late) as server, calling(server.base_url, timeouts=Timeouts()) as caller:
        await caller.ask()
        answers = await asyncio.gather(*(caller.ask() for _ in range(300)))
    assert len(answers) == 300


async def test_affinity_says_nothing_of_its_value() -> None:
    async with serving(HELLO) as server, calling(server.base_url, dialect="openai") as caller:
        await caller.ask(affinity="run-17/parser")
        await caller.ask(affinity="run-17/parser")
    first, second = server.received
    assert first.headers["x-session-id"] == second.headers["x-session-id"] == first.payload["prompt_cache_key"]
    assert "parser" not in json.dumps(first.headers) + first.body.decode()


async def test_a_server_describes_itself() -> None:
    listed = response(200, {"data": [{"id": "a"}, {"id": 3}, "x"]}, server="llama.cpp", x_simulated="true")
    async with serving(listed) as server, calling(server.base_url) as caller:
        described = await describe_server(caller.model._endpoint)
    assert (described.models, described.software, described.simulated) == (("a",), "llama.cpp", True)
    async with calling("http://127.0.0.1:9/v1") as caller:
        assert (await describe_server(caller.model._endpoint)).status is None


async def test_a_temperature_is_sent_only_when_one_is_named_and_later_attempts_are_warmer() -> None:
    async with serving(HELLO, HELLO, HELLO) as server:
        async with calling(server.base_url) as caller:
            await caller.ask()
        async with calling(server.base_url, temperature=0.0) as caller:
            await caller.ask()
            await caller.ask(variation=2)
    assert [exchange.payload.get("temperature") for exchange in server.received] == [None, 0.0, 0.4]
