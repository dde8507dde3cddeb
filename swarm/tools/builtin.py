"""The tools that every agent has."""

from swarm.protocols import Tool
from swarm.tools.files import edit_file, list_files, read_file, write_file
from swarm.tools.search import search
from swarm.tools.shell import shell


def builtin_tools() -> tuple[Tool, ...]:
    """Return the built-in tools, without those that end an attempt, which every toolbox shows.

    Small models lean towards what they are told of first, and a short file is rewritten more surely than edited.
    """
    return (write_file, edit_file, read_file, list_files, search, shell)
