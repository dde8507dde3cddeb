"""The transport of the extra ``fast``: aiohttp by its own interface, for a fraction of the processor time."""

import ssl
from collections.abc import Callable, Mapping

import aiohttp
from yarl import URL


class AiohttpExchange:
    """Implements :class:`swarm.llm.transport.Exchange`."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self.read = response.content.readany

    def pause(self) -> Callable[[], None]:
        """Stop reading the connection; at the body's end there is none any more."""
        connection = self._response.connection
        transport = connection.transport if connection is not None else None
        if transport is None:
            return _nothing
        # Whatever ends the call meanwhile closes the connection, and resuming a closed one does nothing.
        transport.pause_reading()
        return transport.resume_reading

    async def close(self) -> None:
        """Give the connection back or close it; the body's end has given it back already."""
        self._response.close()


class AiohttpTransport:
    """Implements :class:`swarm.llm.transport.Transport`. Keeps no cookies and has no limit of connections.

    Args:
        connect_s: until a connection stands.
        keepalive_s: for how long an unused connection is kept.
        tls: what to trust; ``None``, where nothing is encrypted, stands for what the library trusts by default.
    """

    errors: tuple[type[Exception], ...] = (aiohttp.ClientError, OSError)
    no_connection: tuple[type[Exception], ...] = (aiohttp.ClientConnectorError, TimeoutError)

    def __init__(self, *, connect_s: float, keepalive_s: float, tls: ssl.SSLContext | None) -> None:
        # Reading and writing have no limits of their own here: the call's timers cover them.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=keepalive_s, ssl=tls or True),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect_s),
            auto_decompress=False,
        )
        self._urls: dict[str, URL] = {}

    async def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> AiohttpExchange:
        """Send a request and return once the headers of the response are there."""
        target = self._urls.get(url)
        if target is None:
            target = self._urls[url] = URL(url)
        response = await self._session.request(
            method, target, data=body or None, headers=headers, allow_redirects=False
        )
        return AiohttpExchange(response)

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()


def _nothing() -> None:
    pass
