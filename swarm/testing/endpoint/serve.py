"""Runs a simulated endpoint as a process of its own."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from swarm.testing.endpoint.loading import load_scenario
from swarm.testing.endpoint.server import SimulatedEndpoint


async def serve(
    scenario: Path,
    *,
    announce: Callable[[str], None],
    host: str = "127.0.0.1",
    port: int = 0,
    ledger: Path | None = None,
    api_key: str | None = None,
) -> None:
    """Serve a scenario until SIGTERM or SIGINT.

    Args:
        scenario: the scenario's file.
        announce: gets one line, ``READY URL (SIMULATED)``, once requests are served.
        host: the address to listen on.
        port: the port; 0 takes any free one.
        ledger: a file that gets a JSON line per ended call.
        api_key: the key that requests must bring.

    Raises:
        ScenarioError: the scenario cannot be used.
        UsageError: the address or the ledger cannot be used.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loaded = await asyncio.to_thread(load_scenario, scenario)
    async with SimulatedEndpoint(loaded, host=host, port=port, ledger=ledger, api_key=api_key) as endpoint:
        announce(f"READY {endpoint.base_url} (SIMULATED)")
        await stop.wait()
