"""What a repository says about work on it counts only when a person has seen it, once for each version of it."""

import asyncio
import hashlib
import os
import sys
from pathlib import Path

from swarm.cli.speech import note, warn
from swarm.core.project import FILE, INSTRUCTIONS_FILE, ProjectSettings
from swarm.core.task import Task
from swarm.errors import SwarmError
from swarm.journal.store import swarm_home
from swarm.text import neutralise
from swarm.workspace.project_settings import project_settings

_SHOWN_CHARACTERS = 4_000


def confirmed_project(repository: Path, *, yes: bool) -> ProjectSettings:
    """Return what a repository proposes and a person agreed to; an empty proposal otherwise.

    Args:
        repository: the path that the user named.
        yes: it was agreed to beforehand, on the command line.
    """
    try:
        proposed = asyncio.run(project_settings(repository.absolute()))
    except SwarmError:
        return ProjectSettings()  # whatever is wrong with the repository is said when the run is made
    for name in proposed.ignored:
        warn(f"{FILE} of the repository cannot set this, and it is ignored: {name}")
    if not proposed or _is_known(proposed):
        return proposed
    if yes:
        _remember(proposed)
        return proposed
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        warn(
            f"{INSTRUCTIONS_FILE} and {FILE} of the repository are not used, as nobody has agreed to them: "
            "run with --yes to use them, after reading them"
        )
        return ProjectSettings()
    if _ask(proposed):
        _remember(proposed)
        return proposed
    note("going on without them")
    return ProjectSettings()


def with_project(task: Task, project: ProjectSettings) -> Task:
    """Return a task with what was agreed to."""
    return project.applied(task) if project else task


def _ask(proposed: ProjectSettings) -> bool:
    lines = ["The repository wants to add this to what agents are told and to the checks:", ""]
    if proposed.instructions:
        shown = proposed.instructions[:_SHOWN_CHARACTERS]
        lines += [f"  | {line}" for line in neutralise(shown).splitlines()]
        if len(proposed.instructions) > len(shown):
            lines.append(f"  | [{len(proposed.instructions) - len(shown)} more characters]")
    lines += [f"  check: {neutralise(check)}" for check in proposed.checks]
    lines += [f"  nobody may change: {neutralise(pattern)}" for pattern in proposed.protected]
    sys.stderr.write("\n".join(lines) + "\nUse it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _mark(proposed: ProjectSettings) -> Path:
    digest = hashlib.sha256(proposed.content.encode()).hexdigest()
    return swarm_home(os.environ) / "trusted" / digest


def _is_known(proposed: ProjectSettings) -> bool:
    return _mark(proposed).exists()


def _remember(proposed: ProjectSettings) -> None:
    mark = _mark(proposed)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.touch(mode=0o600)
    except OSError as error:
        note(f"that this was agreed to cannot be remembered: {error.strerror}")
