"""Leaving a run to a process of its own, which no terminal can take down."""

import subprocess
import sys
import time
from typing import Any, Never

import typer

from swarm.cli.speech import note, warn
from swarm.core.events import RunOpened
from swarm.errors import ConfigError, UsageError
from swarm.journal.reader import open_reader
from swarm.journal.store import RunFolder
from swarm.text import neutralise

START_S = 120.0
"""How long the new process may take until it drives the run; folding a journal of millions of events takes a while."""

_POLL_S = 0.05
_SHOWN_BYTES = 16 * 1024
_OURS = frozenset({"run", "sandbox", "detach", "display", "as_json"})


def refuse_json(as_json: bool) -> None:
    """Raise UsageError: there is nothing to print events for."""
    if as_json:
        raise UsageError(
            "--json prints events for as long as the command drives the run, and --detach returns at once",
            hint="`swarm events RUN --follow --json` prints them.",
        )


def options(context: typer.Context) -> list[str]:
    """Return the options of the command line that `swarm resume` knows too, but for those that concern this process."""
    assert context.parent is not None
    group: Any = context.parent.command
    known = {parameter.name for parameter in group.commands["resume"].params} - _OURS
    found: list[str] = []
    for parameter in context.command.params:
        name = str(parameter.name)
        source: Any = context.get_parameter_source(name)
        if name not in known or source is None or source.name != "COMMANDLINE":
            continue
        value = context.params[name]
        if isinstance(value, bool):
            found.append((parameter.opts if value else parameter.secondary_opts)[0])
        else:
            found.extend((parameter.opts[0], str(value)))
    return found


def start(folder: RunFolder, arguments: list[str]) -> Never:
    """Start a process that drives a run, and leave this one when it does.

    Args:
        folder: the run.
        arguments: options for `swarm resume`.

    Raises:
        ConfigError: no process could be started.
        SystemExit: always: 0 when the run is driven, else the exit code of what could not drive it.
    """
    before = _newest_opening(folder)
    process = _spawn(folder, arguments)
    deadline = time.monotonic() + START_S
    while True:
        code = process.poll()
        opened = _newest_opening(folder)
        if opened is not None and opened.pid == process.pid and opened != before:
            _say(folder, opened)
            raise SystemExit(0)
        if code is not None:
            sys.stderr.write(neutralise(_said(folder)))
            raise SystemExit(code)
        if time.monotonic() > deadline:
            warn(f"process {process.pid} has not begun to drive run {folder.run_id} yet; see {folder.detached}")
            raise SystemExit(0)
        time.sleep(_POLL_S)


def _newest_opening(folder: RunFolder) -> RunOpened | None:
    with open_reader(folder.journal) as reader:
        newest = reader.newest("run_opened")
    return newest.event if newest is not None and isinstance(newest.event, RunOpened) else None


def _spawn(folder: RunFolder, arguments: list[str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "swarm", "resume", folder.run_id, *arguments, "--display", "log"]
    try:
        with folder.detached.open("wb") as said:
            folder.detached.chmod(0o600)
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
    except OSError as error:
        raise ConfigError(
            f"no process could be started for run {folder.run_id}: {error.strerror}",
            hint=f"`swarm resume {folder.run_id}` drives it from this terminal.",
        ) from error


def _said(folder: RunFolder) -> str:
    with folder.detached.open("rb") as said:
        return said.read(_SHOWN_BYTES).decode(errors="replace")


def _say(folder: RunFolder, opened: RunOpened) -> None:
    run_id = folder.run_id
    if opened.changes:
        note(f"changed: {', '.join(opened.changes)}")
    note(f"run {run_id} goes on in process {opened.pid}; its log: {folder.log}")
    note(f"look: swarm watch {run_id} · steer: swarm tell, pause or cancel {run_id}")
    sys.stdout.write(f"{run_id}\n")
