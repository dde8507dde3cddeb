"""The command line. ``main`` is the console entry point."""

from swarm.cli.app import main

__all__ = ["main"]
