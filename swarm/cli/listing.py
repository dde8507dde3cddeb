"""Runs as rows of a list, for people and for programs."""

from typing import Any

from swarm.cli.reading import outline_run
from swarm.core.figures import duration
from swarm.core.parts import SubtaskStatus
from swarm.core.wording import one_line
from swarm.errors import SwarmError
from swarm.journal.store import RunFolder

_COUNTED = (SubtaskStatus.DONE, SubtaskStatus.UNVERIFIED, SubtaskStatus.FAILED)
UNREADABLE = "unreadable"


def as_object(folder: RunFolder) -> dict[str, Any]:
    """Return a run as plain JSON values; one whose journal cannot be read is listed with the reason."""
    try:
        run = outline_run(folder)
    except SwarmError as error:
        return {"run_id": folder.run_id, "state": UNREADABLE, "reason": error.message}
    view = run.view
    return {
        "run_id": folder.run_id,
        "state": run.status,
        "reason": run.reason,
        "subtasks": len(view.subtasks),
        "ended_subtasks": view.ended_subtasks,
        **{status: view.counts[status] for status in _COUNTED},
        "created_at": view.created_at,
        "last_at": view.last_at,
        "simulated": view.simulated,
        "goal": run.goal,
    }


def as_line(row: dict[str, Any], now: float) -> str:
    """Return a row as one line of text, not neutralised."""
    head = f"{row['run_id']:<22} {row['state']:<11}"
    if row["state"] == UNREADABLE:
        return f"{head} {one_line(row['reason'])}"
    progress = f"{row['ended_subtasks']}/{row['subtasks']}"
    apart = "".join(f"{row[status]} {status}  " for status in _COUNTED[1:] if row[status])
    simulated = "[simulated] " if row["simulated"] else ""
    age = f"{duration(now - row['created_at']):>9} ago"
    return f"{head} {progress:>9} {age}  {apart}{simulated}{one_line(row['goal'], 60)}"
