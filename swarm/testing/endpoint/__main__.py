"""``python -m swarm.testing.endpoint``: the same as ``swarm simulate``, where only this package is wanted."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from swarm.errors import ConfigError, SwarmError
from swarm.testing.endpoint.serve import serve


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("ports are 0 to 65535")
    return port


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m swarm.testing.endpoint", description="Serve a simulated model endpoint until SIGTERM or Ctrl-C."
    )
    parser.add_argument("--scenario", type=Path, required=True, metavar="FILE", help="the scenario file (TOML)")
    parser.add_argument("--port", type=_port, default=0, help="the port; 0 takes any free one")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="append a JSON line per call to this file")
    parser.add_argument("--api-key-env", metavar="NAME", help="the environment variable with the key to ask for")
    return parser


def _key(name: str | None) -> str | None:
    if name is None:
        return None
    key = os.environ.get(name)
    if not key:
        raise ConfigError(f"the environment variable {name} is not set", hint="Export it, or leave out --api-key-env.")
    return key


def _announce(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Serve a scenario from the command line."""
    given = _parser().parse_args()
    try:
        key = _key(given.api_key_env)
        asyncio.run(
            serve(
                given.scenario,
                announce=_announce,
                host=given.host,
                port=given.port,
                ledger=given.ledger,
                api_key=key,
            )
        )
    except SwarmError as error:
        sys.stderr.write(f"error: {error.message}\n" + (f"hint: {error.hint}\n" if error.hint else ""))
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
