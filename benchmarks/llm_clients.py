"""The clients that ``bench_llm`` compares: ours, bare aiohttp, plain httpx2, and a floor of raw asyncio with httptools.

The others do the least that gets a reply: they make the body anew for each call, retry nothing and check nothing.
"""

import asyncio
import contextlib
import json
import random
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

import httpx2

from swarm.core.messages import Message, Reply, Role, ToolCall
from swarm.errors import EndpointError
from swarm.journal.spool import ReplySpool, SpooledCall
from swarm.llm import ChatModel, Endpoint
from swarm.llm.transport import tls_context
from swarm.protocols import ModelRequest, ToolSpec

_PATH = "/chat/completions"
_PARAMETERS = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
TOOLS = tuple(ToolSpec(name, f"{name} of the workspace.", _PARAMETERS) for name in ("read_file", "list_files", "run"))
WIRE_TOOLS = [
    {"type": "function", "function": {"name": tool.name, "description": tool.description, "parameters": _PARAMETERS}}
    for tool in TOOLS
]


@dataclass(slots=True)
class Said:
    """A reply's text, the seconds from sending the request to the first text, and how often some of it came."""

    text: str
    first_s: float
    wakes: int = 0


class Client(Protocol):
    """Asks."""

    async def ask(self, talk: "Talk") -> Said:
        """Return the reply to a conversation."""
        ...


class Talk:
    """One conversation, as ours and as the others hold it."""

    def __init__(self, number: int, *, warming: bool = False) -> None:
        self.number = number
        system = "You are a careful engineer. " * (1 if warming else 60)
        task = f"Subtask {number}: make the tests pass. " + "Mind the style of the code. " * (1 if warming else 20)
        self.messages = [Message(Role.SYSTEM, system), Message(Role.USER, task)]
        self.wire: list[dict[str, Any]] = [
            {"role": "system", "content": system},
            {"role": "user", "content": task},
        ]

    def add_tool_turn(self, turn: int, result: str) -> None:
        """Add one call of a tool and what it returned."""
        call = ToolCall(f"call_{self.number}_{turn}", "read_file", json.dumps({"path": f"src/module_{turn}.py"}))
        reply = Reply(f"Reading module {turn}.", tool_calls=(call,), finish_reason="tool_calls")
        self.messages.append(Message(Role.ASSISTANT, reply.content, reply=reply))
        self.messages.append(Message(Role.TOOL, result, tool_call_id=call.id))
        function = {"name": call.name, "arguments": call.arguments}
        calls = [{"id": call.id, "type": "function", "function": function}]
        self.wire.append({"role": "assistant", "content": reply.content, "tool_calls": calls})
        self.wire.append({"role": "tool", "tool_call_id": call.id, "content": result})

    def body(self) -> bytes:
        """Return the request as the others make it."""
        payload = {"model": "canned", "tools": WIRE_TOOLS, "messages": self.wire, "stream": True}
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(slots=True)
class Reading:
    """The least that reads a reply: a stream's texts, or one body's."""

    began: float = field(default_factory=time.monotonic)
    first_s: float = 0.0
    texts: list[str] = field(default_factory=list)
    rest: bytes = b""
    wakes: int = 0

    def feed(self, data: bytes) -> None:
        *events, self.rest = (self.rest + data).split(b"\n\n")
        for each in events:
            if each.startswith(b"data: ") and each != b"data: [DONE]":
                chunk = json.loads(each[6:])
                for choice in chunk["choices"]:
                    if text := choice["delta"].get("content"):
                        self.texts.append(text)
        if not self.first_s and self.texts:
            self.first_s = time.monotonic() - self.began

    def close(self) -> Said:
        if self.rest:
            self.texts.append(json.loads(self.rest)["choices"][0]["message"]["content"])
        return Said("".join(self.texts), self.first_s, self.wakes)


@asynccontextmanager
async def bare_aiohttp(base_url: str, tls: ssl.SSLContext | None, *_: object) -> AsyncIterator[Client]:
    """Give aiohttp as its documentation shows it, without its limit of connections."""
    import aiohttp

    class BareAiohttp:
        async def ask(self, talk: Talk) -> Said:
            headers = {"content-type": "application/json", "accept-encoding": "identity"}
            body, reading = talk.body(), Reading()
            async with session.post(base_url + _PATH, data=body, headers=headers) as response:
                response.raise_for_status()
                async for data in response.content.iter_any():
                    reading.wakes += 1
                    reading.feed(data)
            return reading.close()

    connector = aiohttp.TCPConnector(limit=0, ssl=tls or True)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session:
        yield BareAiohttp()


@asynccontextmanager
async def plain_httpx2(base_url: str, tls: ssl.SSLContext | None, *_: object) -> AsyncIterator[Client]:
    """Give httpx2 on its own transport, without its limits, which lose requests at these numbers."""

    class PlainHttpx2:
        async def ask(self, talk: Talk) -> Said:
            body, reading = talk.body(), Reading()
            headers = {"content-type": "application/json"}
            async with client.stream("POST", base_url + _PATH, content=body, headers=headers) as response:
                response.raise_for_status()
                async for data in response.aiter_raw():
                    reading.wakes += 1
                    reading.feed(data)
            return reading.close()

    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(limits=limits, timeout=None, verify=tls or True, trust_env=False) as client:
        yield PlainHttpx2()


class RawConnection(asyncio.Protocol):
    """A connection of the floor: requests as bytes, responses through httptools."""

    def __init__(self) -> None:
        import httptools

        self._new_parser = httptools.HttpResponseParser
        self.on_data: Callable[[bytes], object] = bytes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self._reading.wakes += 1
        self._parser.feed_data(data)

    def on_body(self, data: bytes) -> None:
        self.on_data(data)

    def on_message_complete(self) -> None:
        if not self._done.done():
            self._done.set_result(None)

    async def exchange(self, head: bytes, body: bytes, reading: Reading) -> None:
        self._parser = self._new_parser(self)
        self._reading = reading
        self.on_data = reading.feed
        self._done = asyncio.get_running_loop().create_future()
        self._transport.writelines([head % len(body), body])
        await self._done

    def close(self) -> None:
        self._transport.close()


@asynccontextmanager
async def raw_floor(base_url: str, tls: ssl.SSLContext | None, *_: object) -> AsyncIterator[Client]:
    """Give the floor: what a client costs that is nothing but these calls."""
    place = urlsplit(base_url)
    host, port = str(place.hostname), int(place.port or 0)
    idle: list[RawConnection] = []
    head = f"POST {place.path}{_PATH} HTTP/1.1\r\nhost: {place.netloc}\r\ncontent-type: application/json\r\n"
    head += "content-length: %d\r\n\r\n"

    class Raw:
        async def ask(self, talk: Talk) -> Said:
            body, reading = talk.body(), Reading()
            connection = idle.pop() if idle else await self.connect()
            await connection.exchange(head.encode(), body, reading)
            idle.append(connection)
            return reading.close()

        async def connect(self) -> RawConnection:
            loop = asyncio.get_running_loop()
            _, protocol = await loop.create_connection(RawConnection, host, port, ssl=tls)
            return protocol

    yield Raw()
    for connection in idle:
        connection._done = asyncio.get_running_loop().create_future()
        connection._done.set_result(None)
        connection.close()


@asynccontextmanager
async def ours(
    base_url: str, tls: ssl.SSLContext | None, in_flight: int, *, watched: bool = False, spooled: bool = False
) -> AsyncIterator[Client]:
    """Give swarm's own client, as a run uses it.

    Args:
        base_url: where to ask.
        tls: what to trust.
        in_flight: how many calls may be under way.
        watched: read whatever comes when it comes, instead of all streams together.
        spooled: keep what comes on disk, as runs do.
    """

    class Ours:
        async def ask(self, talk: Talk) -> Said:
            with contextlib.ExitStack() as stack:
                counting = _Counting()
                kept = stack.enter_context(spool.call(str(talk.number), 1, "digest")) if spooled else counting
                request = ModelRequest("worker", talk.messages, TOOLS, affinity=f"s{talk.number}@1", spool=kept)
                answer = await model.reply(request, delayed=_delayed)
                if isinstance(kept, SpooledCall):
                    kept.discard()
            return Said(answer.reply.content, answer.first_token_s, counting.wakes)

    endpoint = Endpoint(base_url, model="canned", max_in_flight=in_flight)
    more: dict[str, Any] = {"longest_pause_s": 0.0} if watched else {}
    model = ChatModel(endpoint, random=random.random, tls=tls, **more)
    with tempfile.TemporaryDirectory() as folder:
        spool = ReplySpool(Path(folder))
        try:
            yield Ours()
        finally:
            await model.close()


class _Counting:
    """Counts how often some of a reply came, and keeps nothing."""

    wakes = 0

    def received(self) -> bytes:
        return b""

    def begin(self) -> None:
        pass

    def write(self, data: bytes) -> None:
        self.wakes += bool(data)


async def _delayed(error: EndpointError, seconds: float) -> None:
    raise RuntimeError(f"a call would be delayed by {seconds:.1f} s") from error


def trusting(certificate: Path | None, *, shared: bool) -> ssl.SSLContext | None:
    """Return what to trust beside the usual; ``None`` without a certificate."""
    if certificate is None:
        return None
    context = tls_context() if shared else httpx2.create_ssl_context(trust_env=False)
    context.load_verify_locations(certificate)
    return context


Opening = Callable[..., AbstractAsyncContextManager[Client]]


@asynccontextmanager
async def _watched(base_url: str, tls: ssl.SSLContext | None, in_flight: int) -> AsyncIterator[Client]:
    async with ours(base_url, tls, in_flight, watched=True) as client:
        yield client


@asynccontextmanager
async def _spooled(base_url: str, tls: ssl.SSLContext | None, in_flight: int) -> AsyncIterator[Client]:
    async with ours(base_url, tls, in_flight, spooled=True) as client:
        yield client


CLIENTS: dict[str, Opening] = {
    "raw": raw_floor,
    "aiohttp": bare_aiohttp,
    "httpx2": plain_httpx2,
    "swarm": ours,
    "swarm-watched": _watched,
    "swarm-spooled": _spooled,
}
