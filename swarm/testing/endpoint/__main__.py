"""``python -m swarm.testing.endpoint``: the same as ``swarm simulate``."""

import sys

import typer

from swarm.cli.simulate import simulate
from swarm.errors import SwarmError


def main() -> None:
    """Serve a scenario from the command line."""
    try:
        typer.run(simulate)
    except SwarmError as error:
        typer.echo(f"error: {error.message}" + (f"\nhint: {error.hint}" if error.hint else ""), err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
