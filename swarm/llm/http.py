"""Bytes to and from an endpoint: errors in our words, headers, and when streams are read."""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from types import MappingProxyType, TracebackType
from typing import Self

from swarm.errors import EndpointError, EndpointUnavailable, ReplyIncomplete, ReplyInvalid
from swarm.llm.endpoint import Endpoint
from swarm.llm.pacing import Pacing
from swarm.llm.transport import Exchange, Take, Transport

_KEEPALIVE_S = 30.0
_DNS_WAIT_S = 5.0
_SHORT_BODY_BYTES = 64 * 1024
_MOST_OF_A_PAUSE_BYTES = 64 * 1024
_SHORT_BODY_S = 5.0
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_FAST = all(find_spec(name) is not None for name in ("httptools", "aiohappyeyeballs"))


class ConnectionDropped(EndpointUnavailable):
    """The connection closed before a response: often it was a kept one that the server had just given up."""


class Unreachable(EndpointUnavailable):
    """There was no connection at all: nobody listens there, or the name leads nowhere."""


class Response:
    """A response whose headers have arrived. Leaving its context before the body's end closes the connection.

    Attributes:
        status: the HTTP status.
        headers: the headers, names in lower case.
    """

    __slots__ = ("_errors", "_exchange", "_host", "_pacing", "_sent_at", "_take", "headers", "status")

    def __init__(
        self, exchange: Exchange, host: str, errors: tuple[type[Exception], ...], pacing: Pacing, sent_at: float
    ) -> None:
        self._exchange = exchange
        self._host = host
        self._errors = errors
        self._pacing = pacing
        self._sent_at = sent_at
        self.status = exchange.status
        self.headers: Mapping[str, str] = exchange.headers

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(*self._errors):
            await self._exchange.close()

    async def read(self, take: Take) -> None:
        """Hand over the body as it arrives, or what has arrived now and then where many streams flow.

        Args:
            take: given the next bytes; what it raises ends the reading.

        Raises:
            ReplyInvalid: the body is compressed, which was not asked for.
            ReplyIncomplete: the connection broke.
        """
        encoding = self.headers.get("content-encoding")
        if encoding and encoding.strip().lower() not in ("", "identity"):
            raise ReplyInvalid(f"{self._host} compressed its reply, which was not asked for")
        self._take = take
        self._pacing.opened()
        try:
            await self._exchange.read(self._arrived)
        except self._errors as error:
            raise ReplyIncomplete(f"the connection to {self._host} broke during the reply") from _nameless(error)
        finally:
            self._pacing.closed()

    def _arrived(self, chunk: bytes) -> None:
        self._take(chunk)
        pause_s = self._pacing.pause_s(self._sent_at)
        if pause_s and len(chunk) < _MOST_OF_A_PAUSE_BYTES:  # more is no text that is being written
            self._pacing.after(pause_s, self._exchange.pause())

    async def start_of_body(self) -> bytes:
        """Return the first 64 KiB of a short body, or what there is when it is slow, breaks off or is compressed."""
        body = bytearray()

        def take(chunk: bytes) -> None:
            body.extend(chunk)
            if len(body) >= _SHORT_BODY_BYTES:
                raise _EnoughRead

        with suppress(EndpointError, TimeoutError, _EnoughRead):
            async with asyncio.timeout(_SHORT_BODY_S):
                await self.read(take)
        return bytes(body[:_SHORT_BODY_BYTES])


class _EnoughRead(Exception):
    """More of the body is of no interest."""


class HttpClient:
    """One connection pool for one endpoint, created at the first request.

    It follows no redirects, reads no proxy or certificate settings from the environment, asks for uncompressed
    replies, and sets no limit on connections: the endpoint's gate does. The key travels in a header only.

    Args:
        endpoint: where requests go.
        pacing: when streams are read; by default as their bytes come.
        tls: what to trust; by default the certificate authorities that come with the HTTP library.
    """

    def __init__(self, endpoint: Endpoint, *, pacing: Pacing | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._endpoint = endpoint
        self._pacing = pacing or Pacing(0.0)
        self._tls = tls
        self._host = endpoint.host
        self._base_url = endpoint.base_url
        self._transport: Transport | None = None

    async def request(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] = _NO_HEADERS
    ) -> Response:
        """Send a request, with a JSON body or none, and return the response once its headers are there.

        Use the response as a context.

        Raises:
            ConnectionDropped: the connection closed before a response.
            EndpointUnavailable: no response came.
            ReplyInvalid: the server's certificate is not trusted.
        """
        transport = self._transport = self._transport or self._new_transport()
        sent_at = time.monotonic()
        try:
            exchange = await transport.send(method, self._base_url + path, body, headers)
        except transport.errors as error:
            raise _without_response(error, transport, self._host) from _nameless(error)
        return Response(exchange, self._host, transport.errors, self._pacing, sent_at)

    async def close(self) -> None:
        """Close all connections. Never raises."""
        transport, self._transport = self._transport, None
        if transport is not None:
            with suppress(*transport.errors):
                await transport.close()

    def _new_transport(self) -> Transport:
        headers, connect_s = _headers(self._endpoint), self._endpoint.timeouts.connect_s
        if not _FAST:
            from swarm.llm.transport_httpx import HttpxTransport

            return HttpxTransport(headers, connect_s=connect_s, keepalive_s=_KEEPALIVE_S, tls=self._tls)
        from swarm.llm.transport_httptools import HttptoolsTransport

        return HttptoolsTransport(headers, connect_s=connect_s, keepalive_s=_KEEPALIVE_S, tls=self._tls)


def _headers(endpoint: Endpoint) -> dict[str, str]:
    headers = {
        "accept": "text/event-stream, application/json",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "user-agent": "swarm",
    }
    if endpoint.api_key:
        headers["authorization"] = f"Bearer {endpoint.api_key}"
    return headers


def _without_response(error: Exception, transport: Transport, host: str) -> EndpointError:
    causes = tuple(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return ReplyInvalid(
            f"the certificate of {host} is not trusted",
            hint="Check the host name in the base URL, or have the server's certificate renewed.",
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Unreachable(f"the name of {host} cannot be resolved", retry_after_s=_DNS_WAIT_S)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Unreachable(f"{host} refused the connection")
    if any(isinstance(cause, transport.no_connection) for cause in causes):
        return Unreachable(f"no connection to {host}")
    return ConnectionDropped(f"{host} closed the connection without a response")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and all that led to it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions


def _nameless(error: Exception) -> Exception:
    """Return what may be shown as a cause: the error's type without its words, which may hold header values."""
    return RuntimeError(type(error).__name__)
