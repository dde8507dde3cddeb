"""Streams are read together where there are many, and never later than a share of the time that they took anyway."""

import asyncio
import time

import pytest

from swarm.errors import ReplyIncomplete
from swarm.llm import Endpoint
from swarm.llm.http import HttpClient
from swarm.llm.pacing import LONGEST_PAUSE_S, Pacing
from tests.llm.llm_servers import Exchange, Handler, chunk, event, serving

LONG_AGO = -1_000.0


def with_streams(count: int, pacing: Pacing | None = None) -> Pacing:
    pacing = pacing or Pacing()
    for _ in range(count):
        pacing.opened()
    return pacing


def test_few_streams_are_read_as_their_bytes_come() -> None:
    assert with_streams(10).pause_s(LONG_AGO) == 0
    pacing = with_streams(300)
    assert pacing.pause_s(LONG_AGO) == LONGEST_PAUSE_S
    for _ in range(295):
        pacing.closed()
    assert pacing.pause_s(LONG_AGO) == 0


def test_a_pause_is_a_small_share_of_the_time_since_the_request() -> None:
    pacing = with_streams(1_000)
    assert pacing.pause_s(time.monotonic()) == 0
    assert 0 < pacing.pause_s(time.monotonic() - 1.0) <= 0.1
    assert with_streams(1_000, Pacing(0.0)).pause_s(LONG_AGO) == 0


async def test_pauses_that_end_in_the_same_tick_end_together() -> None:
    pacing, both = Pacing(), asyncio.Event()
    resumed: list[tuple[int, float]] = []
    began = asyncio.get_running_loop().time()

    def resume(number: int) -> None:
        resumed.append((number, asyncio.get_running_loop().time() - began))
        if len(resumed) == 2:
            both.set()

    pacing.after(0.03, lambda: resume(1))
    pacing.after(0.03, lambda: resume(2))
    await both.wait()
    assert [number for number, _ in resumed] == [1, 2]
    assert all(seconds >= 0.03 for _, seconds in resumed)


@pytest.mark.parametrize("fast", [True, False])
async def test_a_paused_stream_loses_nothing_and_its_connection_is_kept(
    fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("swarm.llm.http._FAST", fast)
    pieces = [event(chunk({"content": f"{number} "})) for number in range(40)]
    pieces += [event(chunk({}, "stop")), b"data: [DONE]\n\n"]

    async def answer(exchange: Exchange) -> bool:
        await exchange.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        for piece in pieces:
            await exchange.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            await asyncio.sleep(0.005)
        await exchange.send(b"0\r\n\r\n")
        return True

    monkeypatch.setattr("swarm.llm.pacing._SHARE_OF_ELAPSED", 1.0)
    async with serving(answer) as server:
        client = HttpClient(Endpoint(server.base_url), pacing=with_streams(300))
        for _ in range(2):
            received: list[bytes] = []
            async with await client.request("POST", "/chat/completions", body=b"{}") as response:
                await response.read(received.append)
            assert b"".join(received) == b"".join(pieces)
            assert len(received) < len(pieces) / 2 if fast else len(received) == len(pieces)
        assert server.connections == 1
        await client.close()


def paused_at_each_piece(base_url: str) -> HttpClient:
    return HttpClient(Endpoint(base_url), pacing=with_streams(300))


def in_pieces(*pieces: bytes, head: bytes = b"", cut: bool = False) -> Handler:
    """Send a body in pieces, longer apart than ticks, and close the connection; ``cut``: by a reset."""

    async def answer(exchange: Exchange) -> bool:
        await exchange.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
        for piece in pieces:
            await exchange.send(piece)
            await asyncio.sleep(0.03)
        if cut:
            exchange.writer.transport.abort()
        return False

    return answer


async def test_the_end_of_a_body_without_a_length_is_seen_in_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swarm.llm.pacing._SHARE_OF_ELAPSED", 1.0)
    async with serving(in_pieces(b"a" * 9, b"b" * 9)) as server:
        client = paused_at_each_piece(server.base_url)
        received = bytearray()
        async with await client.request("POST", "/chat/completions", body=b"{}") as response:
            await response.read(received.extend)
        assert received == b"a" * 9 + b"b" * 9
        await client.close()


async def test_a_connection_that_breaks_in_a_pause_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swarm.llm.pacing._SHARE_OF_ELAPSED", 1.0)
    async with serving(in_pieces(b"a" * 9, head=b"content-length: 99\r\n", cut=True)) as server:
        client = paused_at_each_piece(server.base_url)
        async with await client.request("POST", "/chat/completions", body=b"{}") as response:
            with pytest.raises(ReplyIncomplete):
                await response.read(bytearray().extend)
        await client.close()


async def test_a_body_of_many_megabytes_comes_whole_where_streams_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swarm.llm.pacing._SHARE_OF_ELAPSED", 1.0)
    body = bytes(8 * 1024 * 1024)
    async with serving(in_pieces(body, head=b"content-length: %d\r\n" % len(body))) as server:
        client = paused_at_each_piece(server.base_url)
        received = bytearray()
        async with await client.request("POST", "/chat/completions", body=b"{}") as response:
            await response.read(received.extend)
        assert received == body
        await client.close()
