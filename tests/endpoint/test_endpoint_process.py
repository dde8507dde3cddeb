"""The endpoint as a process of its own: start, announcement, signals, errors."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

SCENARIO = '[[answers]]\nsteps = [{ text = "Hello {id}." }]\n'


async def started(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "swarm.testing.endpoint",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | environment,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_announces_itself_serves_and_stops_on_a_signal(
    tmp_path: Path, ask: Callable[..., dict[str, Any]], client: httpx2.AsyncClient, number: signal.Signals
) -> None:
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    ledger = tmp_path / "ledger.jsonl"
    process = await started(
        "--scenario", str(tmp_path / "scenario.toml"), "--ledger", str(ledger), "--api-key-env", "KEY", KEY="k-1"
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            words = (await process.stdout.readline()).decode().split()
        assert (words[0], words[2]) == ("READY", "(SIMULATED)")
        refused = await client.post(f"{words[1]}/chat/completions", json=ask())
        reply = await client.post(f"{words[1]}/chat/completions", json=ask(), headers={"authorization": "Bearer k-1"})
        assert refused.status_code == 401
        assert reply.json()["choices"][0]["message"]["content"] == "Hello parser."
    finally:
        process.send_signal(number)
        async with asyncio.timeout(20):
            rest, errors = await process.communicate()
    assert (process.returncode, rest, errors) == (0, b"", b"")
    assert [json.loads(line)["outcome"] for line in ledger.read_text().splitlines()] == ["delivered"]


@pytest.mark.parametrize(
    ("text", "arguments", "code", "said"),
    [
        ("sede = 1", [], 2, "scenario.toml: sede:"),
        (SCENARIO, ["--api-key-env", "NO_SUCH_KEY"], 3, "NO_SUCH_KEY is not set"),
        (SCENARIO, ["--host", "203.0.113.1"], 2, "cannot start on 203.0.113.1"),
    ],
)
async def test_what_cannot_be_served_is_one_error_and_an_exit_code(
    tmp_path: Path, text: str, arguments: list[str], code: int, said: str
) -> None:
    (tmp_path / "scenario.toml").write_text(text)
    process = await started("--scenario", str(tmp_path / "scenario.toml"), *arguments)
    async with asyncio.timeout(20):
        out, errors = await process.communicate()
    assert (process.returncode, out) == (code, b"")
    assert said in errors.decode()
    assert "Traceback" not in errors.decode()
    assert "hint: " in errors.decode()
