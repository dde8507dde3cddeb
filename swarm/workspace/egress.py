"""The only way out of a sandbox: a proxy on a socket of the file system, which lets through what the task allows.

A command has no network. Where its task allows hosts, it finds this proxy's socket, and a program beside it that offers
it as an ordinary HTTP proxy on its own loopback. For each connection the proxy

* takes ``CONNECT host:port`` or a plain ``http://`` request, strictly read, without user names in it;
* asks whether the task allows that host at that port;
* resolves the name itself, once, and connects to one of the addresses found: a name that leads somewhere else a moment
  later leads nowhere. Addresses that are not public (loopback, private, link-local, the metadata services of clouds,
  IPv4 inside of IPv6) are refused, whatever name they bear.

A redirect is followed by the client, if at all, and so asked about again. What is not allowed gets an answer that says
so. The proxy does not look into encrypted connections: a server that an allowed host runs for others can be reached.
"""

import asyncio
import contextlib
import ipaddress
import logging
import re
import shutil
import socket
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from swarm.core.hosts import AllowedHosts
from swarm.text import neutralise_line

log = logging.getLogger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Returns the addresses of a host. Raises OSError."""

MOST_CONNECTIONS = 64
MOST_BYTES = 8 * 1024**3
"""What all commands of a run may receive and send together."""

_HEAD_BYTES = 16 * 1024
_HEAD_S = 10.0
_CONNECT_S = 15.0
_IDLE_S = 120.0
_CHUNK = 64 * 1024
_MOST_ADDRESSES = 4
# Not public, whatever the version of Python knows of them; those of IPv6 that hold an address of IPv4, among others.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("192.0.0.0/24", "192.88.99.0/24"),
        *("::/8", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10"),
    )
)
_REQUEST_LINE = re.compile(rb"([A-Z]{1,20}) ([\x21-\x7e]{1,4096}) HTTP/1\.[01]")
_HEADER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*")
_DROPPED = (b"host", b"connection", b"keep-alive", b"upgrade")


class Wanted(NamedTuple):
    """Where a request wants to go, and what is to be sent there first."""

    host: str
    port: int
    first: bytes


class Refused(Exception):
    """The proxy does not do that; ``status`` is what the client is told."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, and can be no other one in disguise."""
    if any(address.version == network.version and address in network for network in _NEVER):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host as this machine finds them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


@dataclass(slots=True)
class EgressProxy:
    """Lets the commands of one run out to the hosts that its task allows.

    Args:
        allowed: the hosts.
        permits: whether an address may be connected to; only tests, whose servers are on loopback, permit another set.
        resolve: finds a host's addresses.
        most_bytes: what may be received and sent in all.
    """

    allowed: AllowedHosts
    permits: Callable[[Address], bool] = is_public
    resolve: Resolve = resolve
    most_bytes: int = MOST_BYTES
    _folder: Path | None = field(default=None, init=False)
    _server: asyncio.Server | None = field(default=None, init=False)
    _connections: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _moved: int = field(default=0, init=False)

    @property
    def socket(self) -> Path:
        """The socket that commands are shown; there once the proxy is started."""
        assert self._folder is not None
        return self._folder / "proxy"

    async def start(self) -> None:
        """Begin to listen. Raises OSError."""
        # Not in the run's folder: the path of a socket may have about a hundred characters.
        self._folder = Path(tempfile.mkdtemp(prefix="swarm-proxy-"))
        self._server = await asyncio.start_unix_server(self._accept, path=self.socket, limit=_HEAD_BYTES)

    async def close(self) -> None:
        """Stop listening, and end what is still connected."""
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass  # either side went away
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            wanted = await self._wanted(reader)
            far_reader, far_writer = await self._connect(wanted)
        except Refused as refused:
            log.info("a connection out of the sandbox was refused: %s", refused.reason)
            writer.write(_answer(refused))
            await writer.drain()
            return
        try:
            if wanted.first:
                far_writer.write(wanted.first)
            else:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            async with asyncio.TaskGroup() as group:
                group.create_task(self._move(reader, far_writer))
                group.create_task(self._move(far_reader, writer))
        except* (OSError, TimeoutError, Refused):
            pass
        finally:
            far_writer.close()

    async def _wanted(self, reader: asyncio.StreamReader) -> Wanted:
        if len(self._connections) > MOST_CONNECTIONS:
            raise Refused(503, f"there are more than {MOST_CONNECTIONS} connections already")
        try:
            async with asyncio.timeout(_HEAD_S):
                head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            raise Refused(431, "the request's head is too long") from None
        return read_head(head)

    async def _connect(self, wanted: Wanted) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        where = f"{neutralise_line(wanted.host)}:{wanted.port}"
        if not self.allowed.allows(wanted.host, wanted.port):
            raise Refused(403, f"the task does not allow {where}; it allows {self.allowed.words}")
        try:
            found = (await self.resolve(wanted.host, wanted.port))[:_MOST_ADDRESSES]
            addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in found]
        except (OSError, UnicodeError, ValueError) as error:
            raise Refused(502, f"{where} has no address: {error}") from None
        public = [address for address in addresses if self.permits(address)]
        if not public:
            raise Refused(403, f"{where} leads to an address that is not public")
        failure = ""
        for address in public:
            try:
                async with asyncio.timeout(_CONNECT_S):
                    return await asyncio.open_connection(str(address), wanted.port, limit=_CHUNK)
            except OSError as error:
                failure = str(error)
        raise Refused(502, f"{where} cannot be reached: {failure or 'it does not answer'}")

    async def _move(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass bytes on in one direction until that is closed, idle, or more than the run may move."""
        while True:
            async with asyncio.timeout(_IDLE_S):
                data = await reader.read(_CHUNK)
            if not data:
                break
            self._moved += len(data)
            if self._moved > self.most_bytes:
                raise Refused(403, "the run has moved all that it may")
            writer.write(data)
            await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()


def read_head(head: bytes) -> Wanted:
    """Return where a request wants to go.

    Raises:
        Refused: it is not one that the proxy carries out.
    """
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    line = _REQUEST_LINE.fullmatch(lines[0])
    if not line or not all(map(_HEADER.fullmatch, lines[1:])):
        raise Refused(400, "this is not a request that a proxy takes")
    method, target = line[1], line[2].decode()
    if method == b"CONNECT":
        host, port = _authority(target, default=None)
        return Wanted(host, port, b"")
    parts = urlsplit(target)
    if parts.scheme != "http":
        raise Refused(400, "only http:// addresses and CONNECT are taken")
    host, port = _authority(parts.netloc, default=80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [each for each in lines[1:] if not _is_dropped(each)]
    name = parts.netloc.encode()
    first = [method + b" " + path.encode() + b" HTTP/1.1", b"Host: " + name, b"Connection: close", *kept]
    return Wanted(host, port, b"\r\n".join(first) + b"\r\n\r\n")


def _is_dropped(header: bytes) -> bool:
    name = header.partition(b":")[0].lower()
    return name in _DROPPED or name.startswith(b"proxy-")


def _authority(text: str, *, default: int | None) -> tuple[str, int]:
    """Return host and port of ``host:port`` or ``[address]:port``; nothing else may stand there."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?", text)
    if not found or (found[3] is None and default is None):
        raise Refused(400, "this is not a host and a port")
    port = int(found[3]) if found[3] else default
    assert port is not None
    if not 0 < port < 65536:
        raise Refused(400, "there is no such port")
    return (found[1] or found[2]).lower().rstrip("."), port


def _answer(refused: Refused) -> bytes:
    body = f"swarm: {refused.reason}\n".encode()
    head = f"HTTP/1.1 {refused.status} Refused\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body


def proxies(hosts: Iterable[str]) -> EgressProxy | None:
    """Return a proxy for the hosts that a task allows, None when it allows none."""
    allowed = AllowedHosts.of(hosts)
    return EgressProxy(allowed) if allowed.rules else None
