"""``swarm gc``: remove old runs and what killed processes left, to make room."""

import re
from typing import Annotated

import typer

from swarm.cli.options import JsonOption

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 7 * 86_400.0}


def collect(
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN]...", help="Only these runs, whatever their age.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go, and how much it takes.")] = False,
    older_than: Annotated[
        str, typer.Option(help="Only runs whose last event is older: 12h, 7d, 4w.", metavar="AGE")
    ] = "7d",
    keep_branches: Annotated[
        bool,
        typer.Option("--keep-branches/--remove-branches", help="Whether the branches swarm/RUN_ID stay."),
    ] = True,
    force: Annotated[bool, typer.Option("--force", help="Also runs that have not ended and could be resumed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove the folders of runs that have ended, and what killed processes left behind; say what that frees.

    A run that a process drives never goes, one that could be resumed only with --force; of such a one only workspaces
    go that it does not use. Results stay: a run's branch is in your repository.
    """
    import asyncio

    from swarm.cli.reading import run_store, say_json, say_line
    from swarm.cli.speech import note
    from swarm.history.collecting import Choice, find_waste, remove_waste
    from swarm.workspace.git import Git

    choice = Choice(_seconds(older_than), tuple(runs or ()), force, not keep_branches)
    waste = find_waste(run_store(), choice)
    if not dry_run:
        waste = asyncio.run(remove_waste(waste, git=Git()))
    for item in waste:
        if as_json:
            say_json({"run_id": item.run_id, "folder": str(item.folder), "bytes": item.size, "removed": not dry_run})
        else:
            say_line(f"{item.run_id or item.folder.name:<22} {_size(item.size):>10}  {item.what}")
    verb = "would be freed" if dry_run else "freed"
    note(f"{_size(sum(item.size for item in waste))} {verb}" if waste else "nothing is old enough to go")


def _seconds(age: str) -> float:
    from swarm.errors import UsageError

    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw])", age.strip())
    if not found:
        raise UsageError(f"{age!r} is no age", hint="Write a number and a unit: 12h, 7d, 4w.")
    return float(found[1]) * _UNITS[found[2]]


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            return f"{size:,.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"
        size /= 1024
    raise AssertionError("there is a last unit")
