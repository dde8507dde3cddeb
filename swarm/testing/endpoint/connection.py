"""One HTTP/1.1 connection: h11 does the framing, asyncio streams the bytes."""

import asyncio
import socket
import struct
from dataclasses import dataclass

import h11

_READ_BYTES = 64 * 1024
_MAX_HEADER_BYTES = 64 * 1024
_IDLE_S = 300.0
_CLOSE_S = 2.0
_MAX_PIPELINED_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A complete request. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class BadRequest(Exception):
    """What came in is no HTTP request that can be served; the connection ends after the reply."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Connection:
    """Reads requests and writes replies, one after the other.

    Args:
        reader: where the client's bytes arrive.
        writer: where ours go.
        max_body_bytes: longer bodies are refused.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, max_body_bytes: int) -> None:
        self._reader = reader
        self._writer = writer
        self._max_body_bytes = max_body_bytes
        self._protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEADER_BYTES)
        self.status = 0

    async def next_request(self) -> HttpRequest | None:
        """Read the next request; None when the client is gone or has been silent for minutes.

        Raises:
            BadRequest: what came in cannot be served.
            ConnectionError: the connection broke.
        """
        self.status = 0
        try:
            async with asyncio.timeout(_IDLE_S):
                head = await self._next_event()
                if not isinstance(head, h11.Request):
                    return None
                return await self._rest_of(head)
        except TimeoutError:
            return None
        except h11.RemoteProtocolError as error:
            raise BadRequest(error.error_status_hint, f"Not a valid HTTP request: {error}") from None

    async def departure(self) -> None:
        """Return when the client closes the connection, or misuses it, while a reply is being made."""
        pipelined = 0
        while pipelined <= _MAX_PIPELINED_BYTES:
            try:
                data = await self._reader.read(_READ_BYTES)
            except ConnectionError:
                return
            if not data:
                return
            self._protocol.receive_data(data)
            pipelined += len(data)

    async def send_whole(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send a complete reply.

        Raises:
            ConnectionError: the client is gone.
        """
        self.status = status
        head = h11.Response(status_code=status, headers=[*headers, ("content-length", str(len(body)))])
        await self._send(head, h11.Data(data=body), h11.EndOfMessage())

    async def send_first(self, status: int, headers: list[tuple[str, str]], data: bytes) -> None:
        """Send the head of a reply and a part of its body, which is chunked unless a header has its length.

        Raises:
            ConnectionError: the client is gone.
        """
        self.status = status
        await self._send(h11.Response(status_code=status, headers=headers), h11.Data(data=data))

    async def send(self, data: bytes) -> None:
        """Send a part of the body, and wait while the client is slow to read.

        Raises:
            ConnectionError: the client is gone.
        """
        await self._send(h11.Data(data=data))

    async def send_last(self, data: bytes) -> None:
        """Send the last part of the body and the end of the reply.

        Raises:
            ConnectionError: the client is gone.
        """
        await self._send(h11.Data(data=data), h11.EndOfMessage())

    def ready_for_next(self) -> bool:
        """Make ready for another request; False when the connection has to end."""
        if self._protocol.our_state is not h11.DONE or self._protocol.their_state is not h11.DONE:
            return False
        self._protocol.start_next_cycle()
        return True

    @property
    def can_reply(self) -> bool:
        """Whether no byte of a reply has been sent yet, so that an error reply is possible."""
        return self._protocol.our_state in {h11.IDLE, h11.SEND_RESPONSE}

    async def close(self) -> None:
        """Close the connection once what was written is out, or soon if the client does not read."""
        self._writer.close()
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._writer.wait_closed()
        except (ConnectionError, TimeoutError):
            self._writer.transport.abort()

    def reset(self) -> None:
        """End the connection with a TCP reset; what was not sent is lost."""
        raw: socket.socket | None = self._writer.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def _next_event(self) -> h11.Event | type[h11.PAUSED]:
        while True:
            event = self._protocol.next_event()
            if event is not h11.NEED_DATA:
                return event  # type: ignore[return-value]
            if self._protocol.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[]))
            self._protocol.receive_data(await self._reader.read(_READ_BYTES))

    async def _rest_of(self, head: h11.Request) -> HttpRequest:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head.headers}
        declared = headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > self._max_body_bytes:
            raise BadRequest(413, f"The body is longer than {self._max_body_bytes} bytes.")
        body = bytearray()
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Data):
                body += event.data
                if len(body) > self._max_body_bytes:
                    raise BadRequest(413, f"The body is longer than {self._max_body_bytes} bytes.")
            else:
                break
        path = head.target.decode("latin-1").partition("?")[0]
        return HttpRequest(head.method.decode("latin-1"), path, headers, bytes(body))

    async def _send(self, *events: h11.Event) -> None:
        self._writer.write(b"".join(self._protocol.send(event) or b"" for event in events))
        await self._writer.drain()
