"""E60: ways to carry something out through the proxy to the hosts that a task allows. All servers are on loopback."""

import asyncio
import http.server
import ipaddress
import json
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from swarm.core.hosts import AllowedHosts
from swarm.workspace.choosing import probe
from swarm.workspace.egress import Address, EgressProxy, Refused, is_public, read_head
from swarm.workspace.sandbox import Sandbox, SandboxLevel

LOOPBACK = ipaddress.ip_address("127.0.0.1")


class Site(http.server.BaseHTTPRequestHandler):
    """Says who it is; ``/away`` sends the client somewhere private."""

    name = ""

    def do_GET(self) -> None:
        if self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:" + self.path.rpartition("=")[2] + "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        said = json.dumps(
            {"site": self.name, "host": self.headers["Host"], "proxied": "Proxy-Authorization" in self.headers}
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def site(name: str) -> Iterator[int]:
    handler = type("Handler", (Site,), {"name": name})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@asynccontextmanager
async def proxy(
    *hosts: str, answers: Sequence[str] = ("127.0.0.1",), public: bool = False
) -> AsyncIterator[EgressProxy]:
    """Start a proxy in whose world every name has the same addresses, and loopback counts as public unless said."""

    async def resolve(host: str, port: int) -> list[str]:
        return list(answers)

    def permits(address: Address) -> bool:
        return is_public(address) if public else address == LOOPBACK

    started = EgressProxy(AllowedHosts.of(hosts), permits=permits, resolve=resolve)
    await started.start()
    try:
        yield started
    finally:
        await started.close()


async def ask(through: EgressProxy, request: str) -> str:
    """Send bytes to the proxy and return all that comes back."""
    reader, writer = await asyncio.open_unix_connection(through.socket)
    writer.write(request.encode())
    async with asyncio.timeout(10):
        said = await reader.read()
    writer.close()
    return said.decode(errors="replace")


def get(url: str) -> str:
    return f"GET {url} HTTP/1.1\r\nHost: whatever.test\r\nProxy-Authorization: Basic eA==\r\n\r\n"


async def test_an_allowed_host_is_reached() -> None:
    with site("good") as port:
        async with proxy(f"good.test:{port}", f"*.many.test:{port}") as through:
            for host in ("good.test", "GOOD.test", "good.test.", "a.b.many.test"):
                said = await ask(through, get(f"http://{host}:{port}/x?y"))
                assert said.startswith("HTTP/1.0 200")
                assert '"site": "good"' in said
                assert '"proxied": false' in said, "what is meant for the proxy goes no further"
            tunnel = await ask(through, f"CONNECT good.test:{port} HTTP/1.1\r\n\r\nGET / HTTP/1.0\r\n\r\n")
            assert tunnel.startswith("HTTP/1.1 200 Connection established")
            assert '"site": "good"' in tunnel


@pytest.mark.parametrize(
    "target", ["evil.test", "good.test.evil.test", "evilgood.test", "many.test", "xmany.test", "127.0.0.1"]
)
async def test_e60_another_host(target: str) -> None:
    with site("evil") as port:
        async with proxy(f"good.test:{port}", f"*.many.test:{port}") as through:
            said = await ask(through, get(f"http://{target}:{port}/"))
            assert said.startswith("HTTP/1.1 403")
            assert f"swarm: the task does not allow {target}:{port}" in said
            assert "403" in await ask(through, f"CONNECT {target}:{port} HTTP/1.1\r\n\r\n")


async def test_e60_another_port() -> None:
    with site("evil") as port:
        async with proxy("good.test", "good.test:8443") as through:
            assert "403" in await ask(through, get(f"http://good.test:{port}/"))
            assert "403" in await ask(through, f"CONNECT good.test:{port} HTTP/1.1\r\n\r\n")


async def test_e60_a_redirect_to_a_private_address() -> None:
    with site("good") as port, site("inside") as inside:
        async with proxy(f"good.test:{port}") as through:
            moved = await ask(through, get(f"http://good.test:{port}/away?to={inside}"))
            assert "302" in moved
            assert f"Location: http://127.0.0.1:{inside}/" in moved
            followed = await ask(through, get(f"http://127.0.0.1:{inside}/"))
            assert followed.startswith("HTTP/1.1 403")


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
        ),
        *("224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "192.0.0.8"),
        *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1", "100::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::10.0.0.1"),
        *(
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::7f00:1",
            "2002:7f00:1::1",
            "2002:a00:1::",
            "fe80::1%eth0",
        ),
    ],
)
async def test_e60_a_name_that_leads_inside(address: str) -> None:
    """DNS rebinding, metadata services, and IPv4 in all its disguises."""
    assert not is_public(ipaddress.ip_address(address.partition("%")[0]))
    async with proxy("good.test:80", answers=[address], public=True) as through:
        said = await ask(through, get("http://good.test/"))
        assert said.startswith("HTTP/1.1 403")
        assert "leads to an address that is not public" in said


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


async def test_e60_a_name_is_looked_up_once() -> None:
    """The address that was judged is the one that is connected to."""
    asked = 0

    async def rebinding(host: str, port: int) -> list[str]:
        nonlocal asked
        asked += 1
        return ["127.0.0.1"] if asked == 1 else ["127.0.0.2"]

    with site("good") as port:
        through = EgressProxy(
            AllowedHosts.of([f"good.test:{port}"]), permits=lambda a: a == LOOPBACK, resolve=rebinding
        )
        await through.start()
        try:
            assert '"site": "good"' in await ask(through, get(f"http://good.test:{port}/"))
            assert asked == 1
            assert "403" in await ask(through, get(f"http://good.test:{port}/"))
        finally:
            await through.close()


@pytest.mark.parametrize(
    "request_line",
    [
        *("GET http://good.test@evil.test/ HTTP/1.1", "GET http://user:word@good.test/ HTTP/1.1", "GET / HTTP/1.1"),
        *("CONNECT good.test@evil.test:443 HTTP/1.1", "CONNECT good.test HTTP/1.1", "CONNECT good.test:0 HTTP/1.1"),
        *("CONNECT good.test:99999 HTTP/1.1", "CONNECT good.test:443#x HTTP/1.1", "CONNECT good.test\t:443 HTTP/1.1"),
        *("GET ftp://good.test/ HTTP/1.1", "GET file:///etc/passwd HTTP/1.1", "GET http:///x HTTP/1.1"),
        *("GET http://good.test\\@evil.test/ HTTP/1.1", "GET http://good.test%2eevil.test/ HTTP/1.1", "x"),
        *("GET http://g\u00f6\u00f6d.test/ HTTP/1.1", "CONNECT [::1 HTTP/1.1", "GET http://good.test/ HTTP/2.0"),
    ],
)
def test_e60_requests_that_mean_two_things(request_line: str) -> None:
    with pytest.raises(Refused):
        read_head(f"{request_line}\r\nHost: good.test\r\n\r\n".encode())


def test_e60_heads_that_mean_two_things() -> None:
    for header in ("Host : good.test", " folded", "Name: value\x00", "Name: value\rX: y", "no colon"):
        with pytest.raises(Refused):
            read_head(f"GET http://good.test/ HTTP/1.1\r\n{header}\r\n\r\n".encode())
    head = read_head(
        b"GET http://good.test:81/p?q HTTP/1.1\r\nHost: evil.test\r\nX-A: b\r\nConnection: keep-alive\r\n\r\n"
    )
    assert head.first == b"GET /p?q HTTP/1.1\r\nHost: good.test:81\r\nConnection: close\r\nX-A: b\r\n\r\n"


async def test_bounds() -> None:
    with site("good") as port:
        async with proxy(f"good.test:{port}") as through:
            assert "431" in await ask(through, get(f"http://good.test:{port}/{'x' * 20_000}"))
            through.most_bytes = 10
            assert '"site"' not in await ask(through, get(f"http://good.test:{port}/"))


@pytest.mark.parametrize("text", ["", "http://x", "a b", "*", "*.", "x:0", "x:99999", "-x", "x@y", "a..b", "[::1]"])
def test_what_is_no_host(text: str) -> None:
    with pytest.raises(ValueError, match="is not a host"):
        AllowedHosts.of([text])


async def test_a_command_goes_out_through_the_proxy_and_no_other_way(tmp_path: Path) -> None:
    if reason := await probe(Sandbox(SandboxLevel.BWRAP)):
        pytest.skip(reason)
    (tmp_path / "ask.py").write_text(
        "import sys, urllib.request, urllib.error\n"
        "for url in sys.argv[1:]:\n"
        "    direct = url.startswith('direct:')\n"
        "    handler = urllib.request.ProxyHandler({}) if direct else urllib.request.ProxyHandler()\n"
        "    try:\n"
        "        opener = urllib.request.build_opener(handler)\n"
        "        print(opener.open(url.removeprefix('direct:'), timeout=10).read().decode())\n"
        "    except OSError as error:\n"
        "        print(error.read().decode().strip() if hasattr(error, 'read') else 'failed')\n"
    )
    with site("good") as port:
        async with proxy(f"good.test:{port}") as through:
            sandbox = replace(Sandbox(SandboxLevel.BWRAP), proxy=through.socket)
            assert not sandbox.confined
            urls = f"http://good.test:{port}/ http://evil.test:{port}/ direct:http://127.0.0.1:{port}/"
            result = await sandbox.run(tmp_path, f"python3 ask.py {urls}; exit 7", timeout_s=30)
    good, evil, direct = result.output.splitlines()
    assert result.exit_code == 7
    assert '"site": "good"' in good
    assert evil == f"swarm: the task does not allow evil.test:{port}; it allows good.test:{port}"
    assert direct == "failed"
