"""A chat completions server of canned bytes, in a process of its own: what it costs is not the client's.

The path says how it answers: ``/calls-DELAY/v1/...`` with one JSON body after DELAY milliseconds,
``/streams-DELAY-CHUNKS-INTERVAL/v1/...`` with so many events, one every INTERVAL milliseconds, each written by itself,
``/steps-DELAY-CALLS/v1/...`` with a call of the tool ``look``; the CALLS-th reply of a conversation calls ``finish``.
The first event's text is the seconds that the server held the call for. A request of less than WARM_BYTES warms the
client up: a body comes at once, and a stream is short.

    python -m benchmarks.canned_server [--key FILE --certificate FILE]
"""

import argparse
import asyncio
import json
import ssl
import time
from functools import cache
from pathlib import Path
from typing import cast

PIECE = "token "
"""The text of each event but the first and the last."""

WARM_BYTES = 2_000

ANSWER = b'"role":"tool"'
"""What a request holds for each step that its conversation has made."""

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_END = b"0\r\n\r\n"
_USAGE = {"prompt_tokens": 500, "completion_tokens": 200, "total_tokens": 700}


def _framed(text: str) -> bytes:
    data = f"data: {text}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(content: str, *, finish_reason: str | None = None) -> bytes:
    """Return one event of a stream as its HTTP chunk."""
    delta = {"content": content} if content else {}
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return _framed(
        json.dumps(
            {
                "id": "chatcmpl-7f3a9c21d5",
                "object": "chat.completion.chunk",
                "created": 1_760_000_000,
                "model": "canned",
                "system_fingerprint": "fp_1",
                "choices": [choice],
            }
        )
    )


@cache
def completion() -> bytes:
    """Return a whole response with one JSON body."""
    return _whole({"role": "assistant", "content": PIECE * 60}, "stop")


@cache
def step(number: int, calls: int) -> bytes:
    """Return the reply of a conversation's step: a call of a tool, the last one hands in."""
    name, arguments = ("finish", {"summary": "Did it."}) if number >= calls else ("look", {"number": number})
    call = {"name": name, "arguments": json.dumps(arguments)}
    tool_calls = [{"id": f"call_{number}", "type": "function", "function": call}]
    return _whole({"role": "assistant", "content": PIECE * 20, "tool_calls": tool_calls}, "tool_calls")


def _whole(message: dict[str, object], finish_reason: str) -> bytes:
    choices = [{"index": 0, "message": message, "finish_reason": finish_reason}]
    body = json.dumps({"id": "chatcmpl-1", "model": "canned", "choices": choices, "usage": _USAGE}).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


_MIDDLE = event(PIECE)
_LAST = event("", finish_reason="stop") + _framed(json.dumps({"choices": [], "usage": _USAGE})) + _framed("[DONE]")


class Connection(asyncio.Protocol):
    """One client's connection, one request at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._head = bytearray()
        self._missing = 0
        self._said = 0
        self._plan: tuple[str, list[int]] = ("", [])
        self._came_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._said += data.count(ANSWER)  # one on the border of two pieces would be missed: calls are small
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            self._read_head(bytes(self._head[:end]))
            self._missing -= len(self._head) - end - 4
            self._head.clear()
        if not self._missing:
            self._answer()

    def _read_head(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        mode, *numbers = first.split(" ")[1].split("/")[1].split("-")
        self._plan = mode, [int(number) for number in numbers]
        fields = dict(line.lower().split(": ", 1) for line in lines)
        self._missing = int(fields.get("content-length", "0"))
        if self._missing < WARM_BYTES and mode != "steps":
            self._plan = mode, [self._plan[1][0], 3, 1] if mode == "streams" else [0]

    def _answer(self) -> None:
        self._came_at = time.monotonic()
        mode, (delay_ms, *stream) = self._plan
        said, self._said = self._said, 0
        if mode == "steps":
            self._loop.call_later(delay_ms / 1_000, self._send, step(said + 1, stream[0]))
        elif mode == "calls":
            self._loop.call_later(delay_ms / 1_000, self._send, completion())
        else:
            chunks, interval_ms = stream
            self._loop.call_later(delay_ms / 1_000, self._begin, chunks, interval_ms / 1_000)

    def _begin(self, chunks: int, interval_s: float) -> None:
        self._send(HEAD + event(f"{time.monotonic() - self._came_at:.6f} "))
        self._loop.call_later(interval_s, self._go_on, chunks - 1, interval_s)

    def _go_on(self, left: int, interval_s: float) -> None:
        if self._transport.is_closing():
            return
        if left > 1:
            self._send(_MIDDLE)
            self._loop.call_later(interval_s, self._go_on, left - 1, interval_s)
        else:
            self._send(_LAST + _END)

    def _send(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)


async def serve(tls: ssl.SSLContext | None) -> None:
    """Serve on a free port of the loopback, which is printed, until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=2_048, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Run the server."""
    parser = argparse.ArgumentParser(description="Canned chat completions.")
    parser.add_argument("--key", type=Path)
    parser.add_argument("--certificate", type=Path)
    arguments = parser.parse_args()
    tls = None
    if arguments.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(arguments.certificate, arguments.key)
    asyncio.run(serve(tls))


if __name__ == "__main__":
    main()
