"""``swarm simulate``: serve a scenario as an OpenAI-compatible endpoint."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from swarm.errors import ConfigError


def simulate(
    scenario: Annotated[Path, typer.Option(help="The scenario file (TOML).")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any free one.")] = 0,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    ledger: Annotated[Path | None, typer.Option(help="Append a JSON line per call to this file.")] = None,
    api_key_env: Annotated[
        str | None, typer.Option(metavar="NAME", help="The environment variable with the key to ask for.")
    ] = None,
) -> None:
    """Serve a simulated model endpoint, for tests and demonstrations without a model.

    Prints one line, READY and the base URL, once it serves. Stops on SIGTERM or Ctrl-C.
    """
    from swarm.testing.endpoint.serve import serve

    api_key = None
    if api_key_env is not None:
        api_key = os.environ.get(api_key_env)
        if not api_key:
            raise ConfigError(
                f"the environment variable {api_key_env} is not set", hint="Export it, or leave out --api-key-env."
            )
    asyncio.run(serve(scenario, announce=typer.echo, host=host, port=port, ledger=ledger, api_key=api_key))
