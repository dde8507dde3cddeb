"""The seam between the HTTP client and the library that moves its bytes."""

import ssl
from collections.abc import Callable, Mapping
from functools import cache
from typing import Protocol

Take = Callable[[bytes], None]
"""Given the next bytes of a body."""


class Exchange(Protocol):
    """A request whose response has begun."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; names are found in lower case."""
        ...

    async def read(self, take: Take) -> None:
        """Hand over the body as it comes, to its end. Raises the transport's errors, and what ``take`` raises."""
        ...

    def pause(self) -> Callable[[], None]:
        """Leave what arrives in the kernel's buffer, where that can be, until the returned function is called."""
        ...

    async def close(self) -> None:
        """Keep the connection for others when the body was read to its end, and close it otherwise."""
        ...


class Transport(Protocol):
    """Sends requests over connections that it keeps.

    Attributes:
        errors: what it raises when a connection fails or is misused.
        no_connection: those of them that say that no connection came about.
    """

    errors: tuple[type[Exception], ...]
    no_connection: tuple[type[Exception], ...]

    async def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Exchange:
        """Send a request and return once the headers of the response are there. Raises one of ``errors``.

        Args:
            method: the method.
            url: where to.
            body: the body, or nothing.
            headers: what differs from request to request; the others are known to the transport.
        """
        ...

    async def close(self) -> None:
        """Close all connections. Raises one of ``errors``."""
        ...


@cache
def tls_context() -> ssl.SSLContext:
    """Return what all connections trust, whatever the environment says: made once, since that takes 20 ms and more."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=False)
