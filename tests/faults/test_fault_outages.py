"""Endpoints that flap, throttle, run on another clock or show the wrong certificate, over real sockets."""

import asyncio
import contextlib
import shutil
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from swarm.core.breaker import FAILURES_IN_A_ROW
from swarm.core.events import EndpointState
from swarm.errors import ReplyInvalid
from swarm.llm import ChatModel, Endpoint, http
from tests.llm.llm_servers import HELLO, QUICK, Caller, Exchange, FakeTime, calling, error, hang_up, serving

_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj")
OPENSSL = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")


async def test_f03_a_bare_429_halves_what_may_be_in_flight() -> None:
    limits: list[float] = []

    async def handle(exchange: Exchange) -> bool | None:
        refuse = len(server.received) == 41
        return await (error(429) if refuse else HELLO)(exchange)

    async with serving(handle) as server, calling(server.base_url) as caller:
        window = caller.model._gate.pressure.window("m")
        await asyncio.gather(*(caller.ask() for _ in range(40)))
        limits.append(window.limit)
        await caller.ask()
        limits.append(window.limit)
    before, after = limits
    assert after <= before / 2 + 1
    assert before > 10


async def test_f41_a_flapping_endpoint_is_left_alone_and_looked_at_by_one_call() -> None:
    """Nobody asks while it is down, whoever waits spends no try, and one call finds out that it is back."""
    failed: list[float] = []

    async def handle(exchange: Exchange) -> bool | None:
        now = caller.time.now
        is_down = len(server.received) > 40 and now < 1_060
        failed.extend([now] * is_down)
        return await (error(500) if is_down else HELLO)(exchange)

    async with serving(handle) as server, calling(server.base_url, max_in_flight=8) as caller:
        await asyncio.gather(*(caller.ask() for _ in range(40)))
        answers = await asyncio.gather(*(caller.ask() for _ in range(30)))
    # Those that were on their way when it went down, then one at a time after 5, 10, 20 and 40 s.
    assert FAILURES_IN_A_ROW <= len(failed) <= 8 + 4
    assert len(server.received) == 70 + len(failed)
    assert len([moment for moment in failed if moment > 1_005]) <= 4
    assert max(answer.tries for answer in answers) <= 1 + 4


async def test_f41_its_states_are_told() -> None:
    down = [error(500)] * FAILURES_IN_A_ROW
    async with serving(HELLO, *down, HELLO) as server, calling(server.base_url) as caller:
        told: list[EndpointState] = []

        async def listen() -> None:
            async for change in caller.model.watch.changes():
                told[len(told) :] = [change.state]

        listener = asyncio.create_task(listen())
        await asyncio.sleep(0)
        await caller.ask()
        await caller.ask()
        while EndpointState.READY not in told:
            await asyncio.sleep(0.001)
        listener.cancel()
    assert told == [EndpointState.DOWN, EndpointState.READY]


async def test_f43_a_wall_clock_that_jumps_changes_no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours goes back by a day with every reading, the server's says 1994: thirty seconds are thirty seconds."""
    readings = iter(range(10**6))
    monkeypatch.setattr(time, "time", lambda: 1e9 - 86_400 * next(readings))
    headers = {"retry_after": "Sun, 06 Nov 1994 08:50:07 GMT", "date": "Sun, 06 Nov 1994 08:49:37 GMT"}
    async with serving(hang_up, error(429, headers=headers), HELLO) as server, calling(server.base_url) as caller:
        answer = await caller.ask()
    assert answer.reply.content == "Hello"
    assert [wait for fault, wait in caller.delays if fault.status == 429] == [30]
    assert 0 <= answer.seconds < 60


@OPENSSL
@pytest.mark.parametrize("kind", ["expired", "other-host", "self-signed", "right"])
@pytest.mark.parametrize("fast", [True, False], ids=["fast", "plain"])
async def test_f12_a_certificate_that_is_wrong_is_never_accepted(
    kind: str, fast: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its authority is trusted here, so that only what the case names is wrong with it."""
    if fast and not http._FAST:
        pytest.skip("the extra `fast` is not installed")
    authority = _authority(tmp_path)
    signed = _signed(tmp_path, authority, address="10.0.0.1" if kind == "other-host" else "127.0.0.1")
    if kind == "expired":
        signed = _signed(tmp_path, authority, address="127.0.0.1", days=-1)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    key, certificate = authority if kind == "self-signed" else signed
    tls.load_cert_chain(certificate, key)
    trusted = ssl.create_default_context(cafile=None if kind == "self-signed" else authority[1])
    monkeypatch.setattr(http, "_FAST", fast)
    async with serving(HELLO, tls=tls) as server:
        timer = FakeTime()
        endpoint = Endpoint(server.base_url, model="m", timeouts=QUICK)
        model = ChatModel(endpoint, random=lambda: 0.0, clock=timer.clock, sleep=timer.sleep, tls=trusted)
        caller = Caller(model, timer)
        with contextlib.nullcontext() if kind == "right" else pytest.raises(ReplyInvalid, match="is not trusted"):
            assert (await caller.ask()).reply.content == "Hello"
        await model.close()
    assert len(server.received) == (kind == "right")
    assert caller.delays == []


def _authority(folder: Path) -> tuple[Path, Path]:
    key, certificate = folder / "authority.key", folder / "authority.pem"
    _openssl("req", "-x509", *_NEW_KEY, "/CN=Authority", "-keyout", key, "-days", 2, "-out", certificate)
    return key, certificate


def _signed(folder: Path, authority: tuple[Path, Path], *, address: str, days: int = 1) -> tuple[Path, Path]:
    """Make a key and a certificate for an address; with ``days`` below 0 it has expired."""
    key, request, names, certificate = (folder / f"server.{end}" for end in ("key", "csr", "names", "pem"))
    _openssl("req", *_NEW_KEY, f"/CN={address}", "-keyout", key, "-out", request)
    names.write_text(f"subjectAltName=IP:{address}\n")
    issuer = ["-CA", authority[1], "-CAkey", authority[0], "-CAcreateserial"]
    _openssl("x509", "-req", "-in", request, *issuer, "-extfile", names, "-days", days, "-out", certificate)
    return key, certificate


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
