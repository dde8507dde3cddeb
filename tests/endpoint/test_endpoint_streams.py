"""Streams, faults, holds, slots and the ledger over a real socket."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from swarm.errors import UsageError
from swarm.testing.endpoint import Answer, Cache, Fault, Scenario, SimulatedEndpoint, Speed, step
from swarm.testing.endpoint.timing import MAX_CHUNKS

Json = dict[str, Any]
Ask = Callable[..., Json]
Start = Callable[..., Awaitable[SimulatedEndpoint]]
CONTENT = "def parse() -> None: ...\n" * 100
ANSWERS = [
    Answer(subtask="talk", steps=[step(text="Zwölf Boxkämpfer 🥊 " * 50, reasoning="Hm. " * 20)]),
    Answer(steps=[step("write_file", path="p.py", content=CONTENT, text="Writing.")]),
]
PLAIN = Scenario(answers=ANSWERS)


def failing(kind: str, **fields: Any) -> Scenario:
    return Scenario(answers=ANSWERS, faults=[Fault.model_validate({"kind": kind} | fields)])


async def stream(client: httpx2.AsyncClient, url: str, body: Json) -> list[Json]:
    """Read a streamed reply to its end and return its events, which must end with DONE."""
    async with client.stream("POST", f"{url}/chat/completions", json=body | {"stream": True}) as reply:
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith("text/event-stream")
        lines = [line async for line in reply.aiter_lines() if line]
    assert lines[-1] == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]


def joined(events: list[Json]) -> Json:
    """Assemble a stream the way a client does."""
    message: Json = {"content": "", "reasoning_content": "", "arguments": {}, "names": {}, "finish": None}
    for event in events:
        for choice in event["choices"]:
            for field in ("content", "reasoning_content"):
                message[field] += choice["delta"].get(field, "")
            for call in choice["delta"].get("tool_calls", []):
                index, function = call["index"], call["function"]
                message["names"].setdefault(index, function.get("name"))
                message["arguments"][index] = message["arguments"].get(index, "") + function["arguments"]
            message["finish"] = choice["finish_reason"] or message["finish"]
    return message


async def post(client: httpx2.AsyncClient, endpoint: SimulatedEndpoint, body: Json) -> httpx2.Response:
    return await client.post(f"{endpoint.base_url}/chat/completions", json=body)


async def test_a_stream_says_what_a_whole_reply_says(
    start: Start, client: httpx2.AsyncClient, ask: Ask, tools: list[Json]
) -> None:
    endpoint = await start(PLAIN)
    for body in (ask("talk"), ask("parser", tools=tools)):
        whole = (await post(client, endpoint, body)).json()["choices"][0]
        events = await stream(client, endpoint.base_url, body)
        message = joined(events)
        assert len(events) > 3
        assert message["content"] == whole["message"]["content"]
        assert message["reasoning_content"] == whole["message"].get("reasoning_content", "")
        assert message["finish"] == whole["finish_reason"]
        called = whole["message"].get("tool_calls", [])
        assert [message["arguments"][n] for n in range(len(called))] == [c["function"]["arguments"] for c in called]


async def test_usage_comes_last_when_it_is_asked_for(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    endpoint = await start(PLAIN)
    without = await stream(client, endpoint.base_url, ask("talk"))
    asked = await stream(client, endpoint.base_url, ask("talk", stream_options={"include_usage": True}))
    assert not any(event.get("usage") for event in without)
    assert asked[-1]["choices"] == []
    entry = endpoint.ledger.calls[-1]
    assert asked[-1]["usage"] == {
        "prompt_tokens": entry.input_tokens,
        "completion_tokens": entry.output_tokens,
        "total_tokens": entry.input_tokens + entry.output_tokens,
        "prompt_tokens_details": {"cached_tokens": entry.cached_tokens},
    }


async def test_a_slow_stream_has_few_chunks(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    endpoint = await start(Scenario(answers=ANSWERS, speed=Speed(tokens_per_s=2000)))
    events = await stream(client, endpoint.base_url, ask("talk"))
    assert 10 <= len(events) <= MAX_CHUNKS + 4


async def test_cached_tokens_grow_with_the_conversation(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    endpoint = await start(Scenario(answers=ANSWERS, cache=Cache(block_tokens=8)))
    for replies in (0, 1, 2):
        await post(client, endpoint, ask("talk", replies=replies))
    first, second, third = endpoint.ledger.calls
    assert first.cached_tokens == 0
    assert 0 < second.cached_tokens <= first.input_tokens
    assert second.cached_tokens < third.cached_tokens <= second.input_tokens


@pytest.mark.parametrize(
    ("kind", "fields", "status", "code"),
    [
        ("rate_limit", {"retry_after_s": 1.5}, 429, "rate_limit_exceeded"),
        ("quota", {}, 429, "insufficient_quota"),
        ("server_error", {"status": 503}, 503, None),
        ("overloaded", {}, 529, None),
        ("unauthorized", {}, 401, "invalid_api_key"),
        ("not_found", {}, 404, "model_not_found"),
        ("context_overflow", {}, 400, "context_length_exceeded"),
    ],
)
async def test_refusals_hit_the_first_try_only(
    start: Start, client: httpx2.AsyncClient, ask: Ask, kind: str, fields: Json, status: int, code: str | None
) -> None:
    endpoint = await start(failing(kind, **fields))
    refused, passed = await post(client, endpoint, ask(stream=True)), await post(client, endpoint, ask())
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert refused.headers.get("retry-after") == ("1.5" if kind == "rate_limit" else None)
    assert passed.status_code == 200
    seen = [(entry.fault, entry.outcome, entry.status, entry.try_number) for entry in endpoint.ledger.calls]
    assert seen == [(kind, "refused", status, 1), ("", "delivered", 200, 2)]


@pytest.mark.parametrize("streamed", [True, False])
async def test_disconnect_breaks_off_in_the_middle(
    start: Start, client: httpx2.AsyncClient, ask: Ask, streamed: bool
) -> None:
    endpoint = await start(failing("disconnect"))
    received = b""

    async def read() -> None:
        nonlocal received
        async with client.stream("POST", f"{endpoint.base_url}/chat/completions", json=ask(stream=streamed)) as reply:
            assert reply.status_code == 200
            async for part in reply.aiter_raw():
                received += part

    with pytest.raises(httpx2.RemoteProtocolError):
        await read()
    assert received
    assert b"DONE" not in received
    assert (endpoint.ledger.calls[0].outcome, endpoint.ledger.calls[0].fault) == ("aborted", "disconnect")


async def test_reset_comes_before_any_header(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    endpoint = await start(failing("reset"))
    with pytest.raises(httpx2.ReadError):
        await post(client, endpoint, ask())
    assert [(entry.outcome, entry.status) for entry in endpoint.ledger.calls] == [("aborted", 0)]
    assert (await post(client, endpoint, ask())).status_code == 200


@pytest.mark.parametrize("streamed", [True, False])
async def test_stall_is_silent_until_the_client_gives_up(
    start: Start, client: httpx2.AsyncClient, ask: Ask, streamed: bool
) -> None:
    endpoint = await start(failing("stall", seconds=600))
    with pytest.raises(httpx2.ReadTimeout):
        await client.post(f"{endpoint.base_url}/chat/completions", json=ask(stream=streamed), timeout=0.2)
    async with asyncio.timeout(5):
        await endpoint.ledger.wait_until(lambda ledger: len(ledger.calls) == 1)
    assert endpoint.ledger.calls[0].outcome == "aborted"
    assert (await post(client, endpoint, ask())).status_code == 200


async def test_spoiled_completions(start: Start, client: httpx2.AsyncClient, ask: Ask, tools: list[Json]) -> None:
    async def first(kind: str, subtask: str) -> Json:
        reply = await post(client, await start(failing(kind)), ask(subtask, tools=tools))
        choice: Json = reply.json()["choices"][0]
        return choice

    empty = await first("empty", "parser")
    assert (empty["message"]["content"], empty["message"].get("tool_calls")) == ("", None)
    malformed = await first("malformed_arguments", "parser")
    assert malformed["finish_reason"] == "tool_calls"
    with pytest.raises(ValueError, match="Unterminated"):
        json.loads(malformed["message"]["tool_calls"][0]["function"]["arguments"])
    cut = await first("length", "talk")
    assert cut["finish_reason"] == "length"
    assert 0 < len(cut["message"]["content"]) < len("Zwölf Boxkämpfer 🥊 " * 50)


async def test_a_storm_has_a_beginning_and_an_end(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    storm = failing("overloaded", after_calls=2, until_calls=5, times=0, subtask="p*")
    endpoint = await start(storm)
    statuses = [(await post(client, endpoint, ask())).status_code for _ in range(7)]
    assert statuses == [200, 200, 529, 529, 529, 200, 200]
    other = await start(failing("overloaded", times=0, subtask="p*"))
    assert (await post(client, other, ask("talk"))).status_code == 200


async def test_faults_hit_the_same_calls_for_the_same_seed(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    async def hit(seed: int) -> list[int]:
        scenario = failing("rate_limit", share=0.2).model_copy(update={"seed": seed})
        endpoint = await start(scenario)
        replies = [await post(client, endpoint, ask(f"s{n}")) for n in range(100)]
        return [n for n, reply in enumerate(replies) if reply.status_code == 429]

    first = await hit(3)
    assert first == await hit(3)
    assert first != await hit(4)
    assert 8 <= len(first) <= 35


async def test_300_streams_at_once(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    endpoint = await start(PLAIN)
    async with endpoint.hold(at="middle") as hold, asyncio.TaskGroup() as group:
        tasks = [group.create_task(stream(client, endpoint.base_url, ask(f"s{n}"))) for n in range(300)]
        async with asyncio.timeout(30):
            await hold.reached(300)
        assert endpoint.ledger.in_flight == 300
        hold.release()
    finished = [joined(task.result()) for task in tasks]
    assert {message["content"] for message in finished} == {finished[0]["content"]}
    assert (endpoint.ledger.widest, endpoint.ledger.in_flight) == (300, 0)
    assert sorted(entry.subtask for entry in endpoint.ledger.calls) == sorted(f"s{n}" for n in range(300))
    assert {entry.outcome for entry in endpoint.ledger.calls} == {"delivered"}


async def test_slots_queue_the_rest(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    endpoint = await start(Scenario(answers=ANSWERS, speed=Speed(slots=2)))
    async with endpoint.hold(at="middle") as hold, asyncio.TaskGroup() as group:
        tasks = [group.create_task(post(client, endpoint, ask(f"s{n}"))) for n in range(6)]
        async with asyncio.timeout(5):
            await endpoint.ledger.wait_until(lambda ledger: ledger.in_flight == 6)
            await hold.reached(2)
        assert hold.waiting == 2
        hold.release()
    assert [task.result().status_code for task in tasks] == [200] * 6


async def test_a_client_that_leaves_gives_its_slot_back(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    endpoint = await start(Scenario(answers=ANSWERS, speed=Speed(slots=1)))
    async with endpoint.hold(at="middle") as hold:
        leaving = asyncio.create_task(stream(client, endpoint.base_url, ask("a")))
        async with asyncio.timeout(5):
            await hold.reached(1)
            leaving.cancel()
            await endpoint.ledger.wait_until(lambda ledger: len(ledger.calls) == 1)
        assert hold.waiting == 0
    assert endpoint.ledger.calls[0].outcome == "aborted"
    assert (await post(client, endpoint, ask("b"))).status_code == 200


async def test_a_hold_covers_only_its_subtasks(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    endpoint = await start(PLAIN)
    async with endpoint.hold("slow-*") as hold, asyncio.TaskGroup() as group:
        held = group.create_task(post(client, endpoint, ask("slow-1")))
        async with asyncio.timeout(5):
            await hold.reached(1)
            assert (await post(client, endpoint, ask("quick"))).status_code == 200
        assert not held.done()
        hold.release()
    assert held.result().status_code == 200


async def test_leaving_the_endpoint_ends_what_it_holds(client: httpx2.AsyncClient, ask: Ask) -> None:
    async with SimulatedEndpoint(PLAIN) as endpoint, endpoint.hold() as hold:
        waiting = asyncio.create_task(post(client, endpoint, ask()))
        async with asyncio.timeout(5):
            await hold.reached(1)
            await endpoint.__aexit__(None, None, None)
        with pytest.raises(httpx2.RemoteProtocolError):
            await waiting
    assert endpoint.ledger.calls[0].outcome == "aborted"
    with pytest.raises(httpx2.ConnectError):
        await post(client, endpoint, ask())


async def test_the_ledger_file_has_a_line_per_ended_call(
    start: Start, client: httpx2.AsyncClient, ask: Ask, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.jsonl"
    endpoint = await start(failing("rate_limit", subtask="a"), ledger=path)
    for subtask, replies in (("a", 0), ("a", 0), ("a", 1), ("a", 1), ("none", 0)):
        await post(client, endpoint, ask(subtask, replies=replies))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["subtask"], line["step"], line["try_number"], line["outcome"]) for line in lines] == [
        ("a", 0, 1, "refused"),
        ("a", 0, 2, "delivered"),
        ("a", 1, 1, "refused"),
        ("a", 1, 2, "delivered"),
        ("none", 0, 1, "delivered"),
    ]
    assert all(line["started"] <= line["finished"] for line in lines)
    assert lines[0]["digest"] == lines[1]["digest"] != lines[2]["digest"]
    assert endpoint.ledger.delivered_twice() == []
    await post(client, endpoint, ask("a", replies=1))
    assert endpoint.ledger.delivered_twice() == [("a", 1, 1)]


async def test_a_taken_port_or_a_wrong_ledger_is_one_clear_error(start: Start, tmp_path: Path) -> None:
    endpoint = await start(PLAIN)
    port = int(endpoint.base_url.rpartition(":")[2].removesuffix("/v1"))
    with pytest.raises(UsageError, match=str(port)):
        await start(PLAIN, port=port)
    with pytest.raises(UsageError, match="cannot start"):
        await start(PLAIN, ledger=tmp_path / "missing" / "ledger.jsonl")


@pytest.mark.parametrize("junk", [b"\x16\x03\x01hello\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"x" * 200_000])
async def test_bytes_that_are_not_http_end_only_their_connection(
    start: Start, client: httpx2.AsyncClient, ask: Ask, junk: bytes
) -> None:
    endpoint = await start(PLAIN)
    host, port = endpoint.base_url.removeprefix("http://").removesuffix("/v1").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(junk)
    async with asyncio.timeout(5):
        answer = await reader.readline()
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))
    writer.close()
    assert (await post(client, endpoint, ask())).status_code == 200


async def test_expect_continue_and_pipelined_requests(start: Start, ask: Ask) -> None:
    endpoint = await start(PLAIN)
    host, port = endpoint.base_url.removeprefix("http://").removesuffix("/v1").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body = json.dumps(ask("talk")).encode()
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n" % len(body)
    async with asyncio.timeout(5):
        writer.write(head + b"Expect: 100-continue\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(body + b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
        for _ in range(3):
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200")
            length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
    writer.close()
