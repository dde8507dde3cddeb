"""What servers do to a connection, below the level of chat completions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from swarm.errors import EndpointUnavailable, ReplyIncomplete
from swarm.llm import Endpoint
from swarm.llm.http import ConnectionDropped, HttpClient, Unreachable
from tests.llm.llm_servers import Exchange, FaultServer, Handler, serving

pytest.importorskip("httptools", reason="the extra `fast` is not installed")

HEAD = b"HTTP/1.1 200 OK\r\n"
OK = HEAD + b"content-length: 2\r\n\r\nok"
PATH = "/chat/completions"


def sends(*pieces: bytes, keep: bool = True) -> Handler:
    async def handle(exchange: Exchange) -> bool:
        for piece in pieces:
            await exchange.send(piece)
            await asyncio.sleep(0.001)
        return keep

    return handle


@asynccontextmanager
async def asking(*handlers: Handler) -> AsyncIterator[tuple[FaultServer, HttpClient]]:
    async with serving(*handlers) as server:
        client = HttpClient(Endpoint(server.base_url))
        try:
            yield server, client
        finally:
            await client.close()


async def post(client: HttpClient, body: bytes = b"{}", **headers: str) -> tuple[int, Any, bytes]:
    received = bytearray()
    async with await client.request("POST", PATH, body=body, headers=headers) as response:
        await response.read(received.extend)
    return response.status, response.headers, bytes(received)


async def test_a_connection_is_kept_for_the_next_request() -> None:
    async with asking(sends(OK)) as (server, client):
        assert [(await post(client))[2] for _ in range(3)] == [b"ok"] * 3
        assert server.connections == 1
    assert [exchange.body for exchange in server.received] == [b"{}"] * 3


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"connection: close\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        OK + OK,  # a second response that nobody asked for
        OK + b"nonsense",
    ],
)
async def test_a_connection_that_may_not_be_used_again_is_closed(answer: bytes) -> None:
    async with asking(sends(answer)) as (server, client):
        assert [(await post(client))[2] for _ in range(2)] == [b"ok"] * 2
        assert server.connections == 2
        await server.wait_until_idle()


async def test_what_comes_on_an_unused_connection_is_never_a_response() -> None:
    more = asyncio.Event()

    async def answers_twice(exchange: Exchange) -> bool:
        await exchange.send(OK)
        await more.wait()
        await exchange.send(HEAD + b"content-length: 4\r\n\r\nevil")
        return True

    async with asking(answers_twice, sends(OK)) as (server, client):
        await post(client)
        more.set()
        await server.wait_until_idle()
        assert (await post(client))[2] == b"ok"
        assert server.connections == 2


async def test_a_body_without_a_size_ends_with_its_connection() -> None:
    async with asking(sends(HEAD + b"\r\n", b"a", b"b", keep=False)) as (_, client):
        assert (await post(client))[2] == b"ab"


@pytest.mark.parametrize("size", [b"content-length: 9", b"transfer-encoding: chunked"])
async def test_a_body_that_stops_before_its_end_is_incomplete(size: bytes) -> None:
    start = b"2\r\nab\r\n" if b"chunked" in size else b"ab"
    async with asking(sends(HEAD + size + b"\r\n\r\n" + start, keep=False)) as (_, client):
        with pytest.raises(ReplyIncomplete):
            await post(client)


async def test_what_comes_before_the_response_is_passed_over() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    async with asking(sends(early + early, b"HTTP/1.1 100 Continue\r\n\r\n" + OK)) as (server, client):
        status, headers, body = await post(client)
        assert (status, body, "link" in headers) == (200, b"ok", False)
        await post(client)
        assert server.connections == 1


async def test_headers_are_found_in_lower_case_and_repeated_ones_are_joined() -> None:
    answer = HEAD + b"X-A: 1\r\nx-a: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-trailer: 1\r\n\r\n"
    async with asking(sends(answer)) as (server, client):
        for _ in range(2):
            _, headers, body = await post(client)
            assert (headers["x-a"], body, "x-trailer" in headers) == ("1, 2", b"ok", False)
        assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
        HEAD + b"content-length: 2\r\ncontent-length: 3\r\n\r\nok",
        HEAD + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\nok",
        HEAD + b"x: " + b"a" * 400_000,
        HEAD + b"x: a\r\n" * 100_000,
    ],
)
async def test_what_is_no_response_ends_the_connection(answer: bytes) -> None:
    async with asking(sends(answer)) as (server, client):
        with pytest.raises(ConnectionDropped):
            await post(client)
        await server.wait_until_idle()


async def test_an_endless_trailer_is_not_read() -> None:
    start = HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
    async with asking(sends(start, *[b"x: a\r\n" * 10_000] * 10)) as (_, client):
        with pytest.raises(ReplyIncomplete):
            await post(client)


async def test_a_body_that_nobody_reads_stays_in_the_kernel() -> None:
    sent = 0

    async def floods(exchange: Exchange) -> bool:
        nonlocal sent
        await exchange.send(HEAD + b"content-length: 100000000\r\n\r\n")
        for _ in range(1_000):
            await exchange.send(b"x" * 100_000)
            sent += 100_000
        return True

    async with asking(floods) as (server, client):
        async with await client.request("POST", PATH, body=b"{}"):
            before = -1
            while before != sent:  # until the server can send no more
                before = sent
                await asyncio.sleep(0.05)
            assert sent < 50_000_000
        await server.wait_until_idle()


async def test_what_the_reader_raises_ends_the_reading_and_the_connection() -> None:
    def refuse(_: bytes) -> None:
        raise LookupError("enough")

    async with asking(sends(HEAD + b"content-length: 9\r\n\r\n", b"ok")) as (server, client):
        with pytest.raises(LookupError, match="enough"):
            async with await client.request("POST", PATH, body=b"{}") as response:
                await response.read(refuse)
        await server.wait_until_idle()


async def test_a_cancelled_request_leaves_no_connection() -> None:
    async with asking(sends(HEAD)) as (server, client):
        task = asyncio.create_task(post(client))
        await server.wait_for_requests(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.wait_until_idle()


async def test_a_server_that_accepts_nothing_is_unreachable() -> None:
    client = HttpClient(Endpoint("http://127.0.0.1:9/v1"))
    with pytest.raises(Unreachable, match="refused"):
        await post(client)
    with pytest.raises(EndpointUnavailable):
        await post(client)
    await client.close()


@pytest.mark.parametrize("host", ["žluť.invalid", "a" * 70 + ".invalid", "ž..invalid"])
async def test_a_name_that_leads_nowhere_is_unreachable(host: str) -> None:
    client = HttpClient(Endpoint(f"http://{host}:9/v1"))
    with pytest.raises(Unreachable):
        await post(client)
    await client.close()


async def test_names_and_paths_beyond_ascii_are_sent_as_servers_expect_them() -> None:
    async with serving(sends(OK)) as server:
        client = HttpClient(Endpoint(server.base_url + "/žluť/a%20b"))
        await post(client)
        await client.close()
    assert server.received[0].path == "/v1/%C5%BElu%C5%A5/a%20b/chat/completions"


async def test_a_header_with_a_line_break_is_never_sent() -> None:
    async with asking(sends(OK)) as (server, client):
        with pytest.raises(ValueError, match="line break"):
            await post(client, evil="a\r\nx: y")
        assert server.received == []


async def test_bytes_come_out_as_they_were_sent() -> None:
    body = bytes(range(256)) * 8_000

    async def echoes(exchange: Exchange) -> bool:
        await exchange.send(HEAD + b"transfer-encoding: chunked\r\n\r\n")
        for start in range(0, len(exchange.body), 9_999):
            piece = exchange.body[start : start + 9_999]
            await exchange.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        await exchange.send(b"0\r\n\r\n")
        return True

    async with asking(echoes) as (server, client):
        answers = await asyncio.gather(*(post(client, body) for _ in range(4)))
        assert all(answer[2] == body for answer in answers)
        await asyncio.gather(*(post(client) for _ in range(4)))
        assert server.connections == 4
