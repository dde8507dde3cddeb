"""Fixtures for the simulated endpoint's tests: real sockets on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from swarm.testing.endpoint import Scenario, SimulatedEndpoint

Ask = Callable[..., dict[str, Any]]
Start = Callable[..., Awaitable[SimulatedEndpoint]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start an endpoint for a scenario; it ends with the test."""
    async with AsyncExitStack() as stack:

        async def started(scenario: Scenario, **settings: Any) -> SimulatedEndpoint:
            return await stack.enter_async_context(SimulatedEndpoint(scenario, **settings))

        yield started


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client without limits of its own."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    timeout = httpx2.Timeout(30, pool=None)
    async with httpx2.AsyncClient(limits=limits, timeout=timeout, trust_env=False) as made:
        yield made


@pytest.fixture
def ask() -> Ask:
    """Build the body of a request about a subtask."""

    def built(subtask: str = "parser", *, replies: int = 0, attempt: int = 1, **fields: Any) -> dict[str, Any]:
        heading = f"# Subtask: {subtask}" + (f"\n# Attempt: {attempt}" if attempt > 1 else "")
        messages: list[dict[str, Any]] = [
            {"role": "system", "content": "You are a worker."},
            {"role": "user", "content": f"{heading}\nDo it."},
        ]
        for number in range(replies):
            messages.append({"role": "assistant", "content": f"reply {number}"})
            messages.append({"role": "user", "content": "Go on."})
        return {"model": "sim", "messages": messages, **fields}

    return built


@pytest.fixture
def tools() -> list[dict[str, Any]]:
    """Two tools as a client declares them."""
    return [
        {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
        for name in ("read_file", "finish")
    ]
