"""Findings as tables for a terminal."""

from collections.abc import Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from swarm.doctor.findings import Finding, Level
from swarm.text import neutralise_line

_SIGNS = {Level.GOOD: ("ok", "green"), Level.LESS: ("less", "yellow"), Level.PROBLEM: ("PROBLEM", "bold red")}
_PLAIN_WIDTH = 140


def print_findings(title: str, findings: Sequence[Finding], stream: TextIO) -> None:
    """Print findings as a table, and below it what can be done.

    Args:
        title: what was examined.
        findings: what was found.
        stream: where to print; without colours, and wide, where it is no terminal.
    """
    console = Console(file=stream, width=None if stream.isatty() else _PLAIN_WIDTH, highlight=False)
    table = Table(title=Text(neutralise_line(title)), title_justify="left", box=None, pad_edge=False)
    for heading in ("", "", "found", "so swarm"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        sign, style = _SIGNS[finding.level]
        cells = (finding.subject, finding.found, finding.instead)
        table.add_row(Text(sign, style), *(Text(neutralise_line(cell)) for cell in cells))
    console.print(table)
    for finding in findings:
        if finding.hint:
            console.print(Text(f"{finding.subject}: {neutralise_line(finding.hint)}"))
    console.print()
    stream.flush()
