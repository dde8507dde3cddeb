"""Raw socket servers that answer exactly as a test tells them, however wrong that is."""

import asyncio
import contextlib
import json
import math
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from swarm.core.messages import Message, Role
from swarm.errors import EndpointError
from swarm.llm import ChatModel, Endpoint, Timeouts
from swarm.protocols import ModelRequest, ToolSpec

QUICK = Timeouts(connect_s=2, first_event_s=5, idle_s=5, total_s=10, silence_s=math.inf)
READ_FILE = ToolSpec("read_file", "Read a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
PLAN_SCHEMA = {"title": "SubmitPlan", "type": "object", "properties": {"subtasks": {"type": "array"}}}


@dataclass
class Exchange:
    """One request that a server received, and the connection to answer it on."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    connection: int

    @property
    def payload(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.body)
        return value

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


Handler = Callable[[Exchange], Awaitable[bool | None]]
"""Answers one request; returns True to keep the connection."""


@dataclass
class FaultServer:
    """Answers the n-th request with the n-th handler; the last one goes on for ever."""

    handlers: list[Handler]
    base_url: str = ""
    received: list[Exchange] = field(default_factory=list)
    open_connections: int = 0
    connections: int = 0
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def wait_for_requests(self, count: int) -> None:
        async with self.arrived:
            await self.arrived.wait_for(lambda: len(self.received) >= count)

    async def wait_until_idle(self) -> None:
        async with self.arrived:
            await self.arrived.wait_for(lambda: self.open_connections == 0)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        try:
            await self._serve(reader, writer, self.connections)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.open_connections -= 1
            async with self.arrived:
                self.arrived.notify_all()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip().split("\r\n")
            method, path, _ = first.split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            exchange = Exchange(method, path, headers, body, reader, writer, connection)
            handler = self.handlers[min(len(self.received), len(self.handlers) - 1)]
            async with self.arrived:
                self.received.append(exchange)
                self.arrived.notify_all()
            if not await handler(exchange):
                return


@asynccontextmanager
async def serving(*handlers: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[FaultServer]:
    faults = FaultServer(list(handlers))
    server = await asyncio.start_server(faults.serve, "127.0.0.1", 0, backlog=1_024, ssl=tls)
    host, port = server.sockets[0].getsockname()[:2]
    faults.base_url = f"{'https' if tls else 'http'}://{host}:{port}/v1"
    try:
        yield faults
    finally:
        server.close()


def chunk(delta: Mapping[str, Any] | None = None, finish_reason: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": dict(delta or {}), "finish_reason": finish_reason}
    return {"id": "c1", "object": "chat.completion.chunk", "model": "m", "choices": [choice], **more}


def event(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


SAYS_HELLO = (
    event(chunk({"role": "assistant", "content": ""})),
    event(chunk({"content": "Hel"})),
    event(chunk({"content": "lo"})),
    event(chunk({}, "stop")),
    event({"id": "c1", "choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3}}),
    b"data: [DONE]\n\n",
)


def response(status: int, body: bytes | Mapping[str, Any] = b"", **headers: str) -> Handler:
    """A complete response; header names are written with underscores."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def handle(exchange: Exchange) -> bool:
        lines = [f"HTTP/1.1 {status} X", f"content-length: {len(data)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await exchange.send("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        return True

    return handle


def error(status: int, message: str = "no", **more: Any) -> Handler:
    headers = more.pop("headers", {})
    return response(status, {"error": {"message": message, **more}}, **headers)


def stream(*pieces: bytes, end: bool = True, then: Handler | None = None, encoding: str = "") -> Handler:
    """A chunked event stream; without its end the connection is cut, or handed to another handler."""

    async def handle(exchange: Exchange) -> bool | None:
        extra = f"content-encoding: {encoding}\r\n".encode() if encoding else b""
        await exchange.send(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n" + extra + b"transfer-encoding: chunked\r\n\r\n"
        )
        for piece in pieces:
            await exchange.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        if then is not None:
            return await then(exchange)
        if end:
            await exchange.send(b"0\r\n\r\n")
        return end

    return handle


HELLO = stream(*SAYS_HELLO)


async def silence(exchange: Exchange) -> None:
    """Say nothing until the client goes away."""
    with contextlib.suppress(ConnectionError):
        await exchange.reader.read()


def chattering(piece: bytes, interval_s: float = 0.01) -> Handler:
    """Send a piece of a chunked body again and again until the client goes away."""

    async def handle(exchange: Exchange) -> None:
        while True:
            await exchange.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            await asyncio.sleep(interval_s)

    return handle


async def hang_up(exchange: Exchange) -> None:
    """Close the connection without a word."""


async def reset(exchange: Exchange) -> None:
    """Reset the connection."""
    connection = exchange.writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.writer.transport.abort()


@dataclass
class FakeTime:
    """A clock that only sleeping moves, and what was slept. Each sleep leaves servers ``real_s`` seconds to answer."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)
    real_s: float = 0.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(self.real_s)
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Caller:
    """A model with a fake clock, and what it reported of its waits."""

    model: ChatModel
    time: FakeTime
    delays: list[tuple[EndpointError, float]] = field(default_factory=list)

    async def delayed(self, fault: EndpointError, seconds: float) -> None:
        self.delays.append((fault, seconds))

    async def ask(self, **settings: Any) -> Any:
        return await self.model.reply(question(**settings), delayed=self.delayed)


@asynccontextmanager
async def calling(base_url: str, *, jitter: float = 0.0, **settings: Any) -> AsyncIterator[Caller]:
    defaults: dict[str, Any] = {"api_key": "sk-test-0123456789abcdef", "model": "m", "timeouts": QUICK}
    endpoint = Endpoint(base_url, **(defaults | settings))
    time = FakeTime()
    model = ChatModel(endpoint, random=lambda: jitter, clock=time.clock, sleep=time.sleep)
    try:
        yield Caller(model, time)
    finally:
        await model.close()


def question(text: str = "Hi", **settings: Any) -> ModelRequest:
    messages = settings.pop("messages", [Message(Role.USER, text)])
    return ModelRequest(settings.pop("role", "worker"), messages, **settings)
