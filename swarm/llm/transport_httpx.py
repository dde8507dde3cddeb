"""The transport that is always there: httpx2 on its own connections."""

import ssl
from collections.abc import Callable, Mapping

import httpx2

from swarm.llm.transport import Take, tls_context

_KEPT_CONNECTIONS = 256


class HttpxExchange:
    """Implements :class:`swarm.llm.transport.Exchange`."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers

    async def read(self, take: Take) -> None:
        """Hand over the body as it comes."""
        async for chunk in self._response.aiter_raw():
            take(chunk)

    def pause(self) -> Callable[[], None]:
        """Do nothing: pieces that have arrived are handed out one by one, so pauses would only pile up."""
        return _nothing

    async def close(self) -> None:
        """Give the connection back or close it."""
        await self._response.aclose()


class HttpxTransport:
    """Implements :class:`swarm.llm.transport.Transport`.

    Args:
        headers: those of every request.
        connect_s: until a connection stands.
        keepalive_s: for how long an unused connection is kept.
        tls: what to trust.
    """

    errors: tuple[type[Exception], ...] = (httpx2.TransportError, OSError)
    no_connection: tuple[type[Exception], ...] = (httpx2.ConnectError, TimeoutError)

    def __init__(
        self, headers: Mapping[str, str], *, connect_s: float, keepalive_s: float, tls: ssl.SSLContext | None
    ) -> None:
        self._headers = dict(headers)
        # Reading and writing have no limits of their own here: the call's timers cover them.
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(None, connect=connect_s),
            limits=httpx2.Limits(
                max_connections=None, max_keepalive_connections=_KEPT_CONNECTIONS, keepalive_expiry=keepalive_s
            ),
            verify=tls or tls_context(),
            trust_env=False,
            follow_redirects=False,
        )

    async def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> HttpxExchange:
        """Send a request and return once the headers of the response are there."""
        request = self._client.build_request(method, url, content=body or None, headers={**self._headers, **headers})
        return HttpxExchange(await self._client.send(request, stream=True))

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def _nothing() -> None:
    pass
