"""Bytes to and from an endpoint: the one module that knows the HTTP library."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib.util import find_spec

import httpx2

from swarm.errors import EndpointError, EndpointUnavailable, ReplyIncomplete, ReplyInvalid
from swarm.llm.endpoint import Endpoint

_KEEPALIVE_S = 30.0
_KEPT_CONNECTIONS = 256
_DNS_WAIT_S = 5.0
_SHORT_BODY_BYTES = 64 * 1024
_SHORT_BODY_S = 5.0


class ConnectionDropped(EndpointUnavailable):
    """The connection closed before a response: often it was a kept one that the server had just given up."""


class Response:
    """A response whose headers have arrived.

    Attributes:
        status: the HTTP status.
        headers: the headers, names in lower case.
    """

    def __init__(self, response: httpx2.Response, host: str) -> None:
        self._response = response
        self._host = host
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives.

        Raises:
            ReplyInvalid: the body is compressed, which was not asked for.
            ReplyIncomplete: the connection broke.
        """
        encoding = self.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):
            raise ReplyInvalid(f"{self._host} compressed its reply, which was not asked for")
        try:
            async for chunk in self._response.aiter_raw():
                yield chunk
        except _TRANSPORT_ERRORS as error:
            raise ReplyIncomplete(f"the connection to {self._host} broke during the reply") from _nameless(error)

    async def start_of_body(self) -> bytes:
        """Return the first 64 KiB of a short body, or what there is when it is slow, breaks off or is compressed."""
        body = bytearray()
        with suppress(EndpointError, TimeoutError):
            async with asyncio.timeout(_SHORT_BODY_S):
                async for chunk in self.chunks():
                    body += chunk
                    if len(body) >= _SHORT_BODY_BYTES:
                        break
        return bytes(body[:_SHORT_BODY_BYTES])


class HttpClient:
    """One connection pool for one endpoint, created at the first request.

    It follows no redirects, reads no proxy or certificate settings from the environment, asks for uncompressed
    replies, and sets no limit on connections: the endpoint's gate does. The key travels in a header only.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client: httpx2.AsyncClient | None = None

    @asynccontextmanager
    async def request(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Response]:
        """Send a request, with a JSON body or none, and give the response once its headers are there.

        Leaving the context before the body's end closes the connection.

        Raises:
            ConnectionDropped: the connection closed before a response.
            EndpointUnavailable: no response came.
            ReplyInvalid: the server's certificate is not trusted.
        """
        client = self._client = self._client or _new_client(self._endpoint)
        url = self._endpoint.base_url + path
        request = client.build_request(method, url, content=body or None, headers=dict(headers or {}))
        with _mapped(self._endpoint.host):
            response = await client.send(request, stream=True)
        try:
            yield Response(response, self._endpoint.host)
        finally:
            with suppress(*_TRANSPORT_ERRORS):
                await response.aclose()

    async def close(self) -> None:
        """Close all connections. Never raises."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(*_TRANSPORT_ERRORS):
                await client.aclose()


def _new_client(endpoint: Endpoint) -> httpx2.AsyncClient:
    headers = {
        "accept": "text/event-stream, application/json",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "user-agent": "swarm",
    }
    if endpoint.api_key:
        headers["authorization"] = f"Bearer {endpoint.api_key}"
    # Reading and writing have no limits of their own here: the call's timers cover them.
    timeout = httpx2.Timeout(None, connect=endpoint.timeouts.connect_s)
    limits = httpx2.Limits(
        max_connections=None, max_keepalive_connections=_KEPT_CONNECTIONS, keepalive_expiry=_KEEPALIVE_S
    )
    transport = _aiohttp_transport() if _FAST else None
    return httpx2.AsyncClient(
        headers=headers, timeout=timeout, limits=limits, transport=transport, trust_env=False, follow_redirects=False
    )


def _aiohttp_transport() -> httpx2.AsyncBaseTransport:
    """Return the transport of the extra ``fast``: the same requests for a third of the CPU.

    The session is ours because the transport's own stops at 100 connections and keeps cookies.
    """
    import aiohttp
    from httpx_aiohttp.httpx2 import AiohttpTransport

    context = httpx2.create_ssl_context(trust_env=False)

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEPALIVE_S, ssl=context)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    transport: httpx2.AsyncBaseTransport = AiohttpTransport(verify=context, client=session)
    return transport


def _transport_errors() -> tuple[type[Exception], ...]:
    if not _FAST:
        return (httpx2.TransportError, OSError)
    import aiohttp

    # The transport lets some of aiohttp's errors through as they are.
    return (httpx2.TransportError, OSError, aiohttp.ClientError)


_FAST = find_spec("aiohttp") is not None and find_spec("httpx_aiohttp") is not None
_TRANSPORT_ERRORS = _transport_errors()


@contextmanager
def _mapped(host: str) -> Iterator[None]:
    """Turn the library's errors before the response into ours."""
    try:
        yield
    except _TRANSPORT_ERRORS as error:
        raise _without_response(error, host) from _nameless(error)


def _without_response(error: Exception, host: str) -> EndpointError:
    causes = tuple(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return ReplyInvalid(
            f"the certificate of {host} is not trusted",
            hint="Check the host name in the base URL, or have the server's certificate renewed.",
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return EndpointUnavailable(f"the name of {host} cannot be resolved", retry_after_s=_DNS_WAIT_S)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return EndpointUnavailable(f"{host} refused the connection")
    if isinstance(error, httpx2.ConnectError) or any(isinstance(cause, TimeoutError) for cause in causes):
        return EndpointUnavailable(f"no connection to {host}")
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
