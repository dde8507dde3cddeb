"""The tools that every agent has."""

from swarm.protocols import Tool
from swarm.tools.files import edit_file, list_files, read_file, write_file
from swarm.tools.search import search
from swarm.tools.shell import shell


def builtin_tools() -> tuple[Tool, ...]:
    """Return the built-in tools, without those that end an attempt, which every toolbox shows."""
    return (edit_file, list_files, read_file, search, shell, write_file)
