"""Which git commits and trees a fact names: what must exist for the instant after it to be returned to."""

import re
from collections.abc import Callable
from typing import Any

from swarm.core.events import (
    AttemptHandedIn,
    AttemptStarted,
    Event,
    Integrated,
    IntegrationConflicted,
    IntegrationStarted,
    RunChecked,
    RunCreated,
    RunEnded,
    WorkspaceSnapshotted,
)

_NAMED: dict[type[Event], Callable[[Any], tuple[str, ...]]] = {
    RunCreated: lambda e: (e.base_commit,),
    AttemptStarted: lambda e: (e.base_commit, e.tree),
    WorkspaceSnapshotted: lambda e: (e.tree,),
    AttemptHandedIn: lambda e: (e.handoff.commit,),
    IntegrationStarted: lambda e: (e.commit, e.head),
    Integrated: lambda e: (e.previous_head, e.head),
    IntegrationConflicted: lambda e: (e.head, e.tree),
    RunChecked: lambda e: (e.head,),
    RunEnded: lambda e: (e.head,),
}


def objects_of(event: Event) -> tuple[str, ...]:
    """Return the ids of the commits and trees that the event names; empty ones are left out."""
    named = _NAMED.get(type(event))
    return tuple(filter(None, named(event))) if named else ()


def is_object_id(text: str) -> bool:
    """Whether a text is the full id of a git object, so that git takes it for nothing else."""
    return re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", text) is not None
