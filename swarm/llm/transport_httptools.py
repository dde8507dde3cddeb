"""The transport of the extra ``fast``: asyncio's connections and httptools, which is the parser of Node.js.

A body goes from the socket through the parser to its reader in one step, with no queue, task or wake-up between them:
hundreds of streams cost what their bytes cost.
"""

import asyncio
import os
import socket
import ssl
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from itertools import chain
from typing import Any, NamedTuple, cast
from urllib.parse import quote, urlsplit

import httptools
from aiohappyeyeballs import start_connection

from swarm.llm.transport import Take, tls_context

_MOST_UNREAD_BYTES = 256 * 1024
_MOST_BETWEEN_BYTES = 256 * 1024
_PIECE_BYTES = 64 * 1024
_MOST_PIECES = 4
_NEXT_ADDRESS_S = 0.25
_BROKEN = (httptools.HttpParserError, httptools.HttpParserUpgrade)


class NotConnected(OSError):
    """No connection came about; the cause says why."""


class Connection(asyncio.Protocol):
    """A connection, which carries one exchange at a time. Its ``on_`` methods are called by the parser.

    Attributes:
        origin: where it leads; set by whoever opens it.
        usable: another exchange can follow.
        complete: no more is to come of the response.
        idle_since: when it was given back.
        status: the response's, likewise ``headers``, with names in lower case.
    """

    origin: "_Origin"

    def __init__(self) -> None:
        self.usable = False
        self.complete = True
        self.idle_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._file = -1
        self._parser: Any = httptools.HttpResponseParser(self)  # of one response after the other, like the connection
        self._reset()
        self._waiter.set_result(None)

    def _reset(self) -> None:
        self._waiter: asyncio.Future[None] = self._loop.create_future()
        self._take: Take | None = None
        self._error: Exception | None = None
        self._unread: list[bytes] = []
        self._between = 0
        self._has_headers = self._has_end = self._paused = self._waits = False
        self.status = 0
        self.headers: dict[str, str] = {}

    def send(self, request: bytes) -> Awaitable[None]:
        """Send a request; what is returned is over once the headers of its response are there. Both raise OSError."""
        if self.transport.is_closing():
            raise ConnectionResetError("the connection was closed")
        self._reset()
        self.usable = self.complete = False
        self.transport.write(request)
        return self._waiter

    async def read(self, take: Take) -> None:
        """Hand over the body as it comes, to its end. Raises OSError, and what ``take`` raises."""
        self._take = take
        if self._unread:
            self._hand_over()
        if self._error is not None:
            raise self._error
        if not self.complete:
            self._waiter = self._loop.create_future()
            self.resume()
            await self._waiter

    def pause(self) -> None:
        """Leave what arrives in the kernel's buffer."""
        if not self.complete:
            self._waits = True
            if not self._paused:
                self._paused = True
                self.transport.pause_reading()

    def catch_up(self) -> None:
        """Take in at once what has arrived during a pause; if another one follows, the event loop hears of none of it.

        To have it watch the connection for a moment costs more than to read.
        """
        for _ in range(_MOST_PIECES):
            data = self._arrived()
            if not data:
                break  # nothing, or the end, of which the event loop tells
            self._waits = False
            self.data_received(data)
            if len(data) < _PIECE_BYTES:
                break
        if not (self._waits and data):
            self.resume()

    def _arrived(self) -> bytes:
        """Return what the kernel holds of a paused connection, as far as it can be had without waiting."""
        if self.complete or not self._paused or self._file < 0 or self.transport.is_closing():
            return b""
        try:
            return os.read(self._file, _PIECE_BYTES)
        except OSError:
            return b""

    def resume(self) -> None:
        """Read on."""
        if self._paused:
            self._paused = False
            self.transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast("asyncio.Transport", transport)
        encrypted = transport.get_extra_info("sslcontext") is not None
        self._file = -1 if encrypted else transport.get_extra_info("socket").fileno()

    def data_received(self, data: bytes) -> None:
        """Take what has come through the parser to the reader."""
        if self.complete:
            self.abort()  # nobody asked
            return
        broken: Exception | None = None
        try:
            self._parser.feed_data(data)
        except _BROKEN as error:
            broken = error
            self.usable = False
        self._between = 0 if self._unread else self._between + len(data)
        if self._between > _MOST_BETWEEN_BYTES:
            broken = ConnectionError("the server sends much that is no body")
        if self._unread:
            self._hand_over()
        if broken is not None and not self.complete:
            self._break_off(broken)
        elif self.complete or (self._has_headers and self._take is None):
            self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        """End the response: in order where nothing else would tell of the body's end."""
        self.usable = False
        self._file = -1
        if self.complete:
            return
        if self._has_headers and not self._has_end and error is None:
            self.complete = True
            self._wake()
        else:
            self._break_off(error or ConnectionResetError("the connection was closed"))

    def on_message_begin(self) -> None:
        """Note a response. A second one was not asked for."""
        if self.complete:
            self.usable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header. What stands after the body is none."""
        if not self._has_headers:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            before = self.headers.get(key)
            self.headers[key] = text if before is None else f"{before}, {text}"

    def on_headers_complete(self) -> None:
        """Note that the body follows, or that the response is still to come."""
        if self.complete:
            return
        self.status = self._parser.get_status_code()
        if self.status < 200:
            self.headers.clear()
            return
        self._has_headers = True
        self._has_end = "content-length" in self.headers or "chunked" in self.headers.get("transfer-encoding", "")

    def on_body(self, data: bytes) -> None:
        """Keep a piece of the body until the parser is through with what has come."""
        if not self.complete:
            self._unread.append(data)

    def on_message_complete(self) -> None:
        """Note the response's end."""
        if self._has_headers and not self.complete:
            self.complete = True
            self.usable = self._parser.should_keep_alive()

    def abort(self) -> None:
        """Close the connection at once."""
        self.usable = False
        self.transport.abort()

    def _hand_over(self) -> None:
        """Give the reader what has come; while there is none keep it, within bounds."""
        if self._take is None:
            if not self._paused and sum(map(len, self._unread)) > _MOST_UNREAD_BYTES:
                self.pause()
            return
        unread, self._unread = self._unread, []
        try:
            self._take(unread[0] if len(unread) == 1 else b"".join(unread))
        except Exception as error:  # noqa: BLE001 - whoever waits for the body raises it
            self._break_off(error)

    def _break_off(self, error: Exception) -> None:
        self._error = error
        self.complete = True
        self.abort()
        self._wake()

    def _wake(self) -> None:
        if not self._waiter.done():
            if self._error is None:
                self._waiter.set_result(None)
            else:
                self._waiter.set_exception(self._error)


class HttptoolsExchange:
    """Implements :class:`swarm.llm.transport.Exchange`."""

    __slots__ = ("_connection", "_transport", "headers", "read", "status")

    def __init__(self, connection: Connection, transport: "HttptoolsTransport") -> None:
        self._connection = connection
        self._transport = transport
        self.status = connection.status
        self.headers: Mapping[str, str] = connection.headers
        self.read = connection.read

    def pause(self) -> Callable[[], None]:
        """Stop reading the connection, unless there is nothing more to come."""
        self._connection.pause()
        return self._connection.catch_up

    async def close(self) -> None:
        """Give the connection back, or close it before the body's end."""
        self._transport.take_back(self._connection)


class HttptoolsTransport:
    """Implements :class:`swarm.llm.transport.Transport`. Has no limit of connections.

    Args:
        headers: those of every request.
        connect_s: until a connection stands.
        keepalive_s: for how long an unused connection is kept.
        tls: what to trust.
    """

    errors: tuple[type[Exception], ...] = (OSError, *_BROKEN)
    no_connection: tuple[type[Exception], ...] = (NotConnected,)

    def __init__(
        self, headers: Mapping[str, str], *, connect_s: float, keepalive_s: float, tls: ssl.SSLContext | None
    ) -> None:
        self._headers = headers
        self._connect_s = connect_s
        self._keepalive_s = keepalive_s
        self._tls = tls
        self._places: dict[str, _Place] = {}
        self._idle: defaultdict[_Origin, deque[Connection]] = defaultdict(deque)
        self._open: set[Connection] = set()

    async def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> HttptoolsExchange:
        """Send a request and return once the headers of the response are there."""
        place = self._places.get(url)
        if place is None:
            place = self._places[url] = _Place(url, self._headers)
        request = place.request(method, body, headers)
        connection = self._unused(place.origin) or await self._connect(place.origin)
        self._open.add(connection)
        try:
            await connection.send(request)
        except BaseException:
            self.take_back(connection)
            raise
        return HttptoolsExchange(connection, self)

    async def close(self) -> None:
        """Close all connections."""
        for connection in (*self._open, *chain.from_iterable(self._idle.values())):
            connection.abort()
        self._open.clear()
        self._idle.clear()
        await asyncio.sleep(0)  # the event loop closes them in its next round

    def _unused(self, origin: "_Origin") -> Connection | None:
        """Return the connection that was used last, if there is one that can be used again."""
        idle = self._idle[origin]
        while idle:
            connection = idle.pop()
            if connection.usable and time.monotonic() - connection.idle_since < self._keepalive_s:
                return connection
            connection.abort()
        return None

    async def _connect(self, origin: "_Origin") -> Connection:
        tls = (self._tls or tls_context()) if origin.secure else None
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_s):
                addresses = await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
                connected = await start_connection(addresses, happy_eyeballs_delay=_NEXT_ADDRESS_S)
                _, connection = await loop.create_connection(
                    Connection, sock=connected, ssl=tls, server_hostname=origin.host if tls else None
                )
        except (OSError, TimeoutError, UnicodeError) as error:  # the last: no name of a host
            raise NotConnected(f"no connection to {origin.host}") from error
        connection.origin = origin
        return connection

    def take_back(self, connection: Connection) -> None:
        """Keep a connection whose response was read to its end, and close any other, and those long unused."""
        self._open.discard(connection)
        if not (connection.complete and connection.usable):
            connection.abort()
            return
        connection.resume()
        now = connection.idle_since = time.monotonic()
        idle = self._idle[connection.origin]
        idle.append(connection)
        while idle[0].idle_since < now - self._keepalive_s:
            idle.popleft().abort()


class _Origin(NamedTuple):
    host: str
    port: int
    secure: bool


class _Place:
    """What requests to one URL have in common.

    Args:
        url: the URL.
        headers: those of every request.

    Raises:
        NotConnected: the URL names no host.
        ValueError: a header holds a line break.
    """

    __slots__ = ("_common", "_heads", "_target", "origin")

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        self.origin = _Origin(parts.hostname or "", parts.port or (443 if secure else 80), secure)
        try:
            host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise NotConnected(f"{self.origin.host} is no name of a host") from error
        self._target = quote(parts.path, safe="/%:@!$&'()*+,;=") or "/"
        self._common = _lines({"host": host, **headers})
        self._heads: dict[str, bytes] = {}

    def request(self, method: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Return a request's bytes. Raises ValueError for headers that would end before they should."""
        head = self._heads.get(method)
        if head is None:
            head = self._heads[method] = f"{method} {self._target} HTTP/1.1\r\n".encode("latin-1") + self._common
        size = b"content-length: %d\r\n" % len(body) if body else b""
        return b"".join((head, _lines(headers), size, b"\r\n", body))


def _lines(headers: Mapping[str, str]) -> bytes:
    text = ""
    for name, value in headers.items():
        line = f"{name}: {value}"
        if "\n" in line or "\r" in line:
            raise ValueError("a header holds a line break")
        text += line + "\r\n"
    return text.encode("latin-1")
