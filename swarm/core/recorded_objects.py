"""Which git commits and trees a fact names: what must exist for the instant after it to be returned to."""

import re
from collections.abc import Callable
from typing import Any

from swarm.core.branch_facts import ChangeRemoved, HeadChecked, RemovalStarted
from swarm.core.events import (
    AttemptEnded,
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
from swarm.core.state import RunState

_NAMED: dict[type[Event], Callable[[Any], tuple[str, ...]]] = {
    RunCreated: lambda e: (e.base_commit,),
    AttemptStarted: lambda e: (e.base_commit, e.tree),
    WorkspaceSnapshotted: lambda e: (e.tree,),
    AttemptHandedIn: lambda e: (e.handoff.commit,),
    IntegrationStarted: lambda e: (e.commit, e.head),
    Integrated: lambda e: (e.previous_head, e.head),
    IntegrationConflicted: lambda e: (e.head, e.tree),
    HeadChecked: lambda e: (e.head,),
    RemovalStarted: lambda e: (e.merge, e.head),
    ChangeRemoved: lambda e: (e.previous_head, e.head),
    RunChecked: lambda e: (e.head,),
    RunEnded: lambda e: (e.head,),
}


def objects_of(event: Event) -> tuple[str, ...]:
    """Return the ids of the commits and trees that the event names; empty ones are left out."""
    named = _NAMED.get(type(event))
    return tuple(filter(None, named(event))) if named else ()


class OpenFiles:
    """The commits and trees that a resume needs: a fold beside that of the state, which keeps no snapshots."""

    def __init__(self) -> None:
        self._snapshots: dict[str, str] = {}

    def apply(self, event: Event) -> None:
        """Fold the next event in."""
        if isinstance(event, WorkspaceSnapshotted):
            self._snapshots[event.attempt_id] = event.tree
        elif isinstance(event, AttemptEnded):
            self._snapshots.pop(event.attempt_id, None)

    def needed(self, state: RunState) -> tuple[str, ...]:
        """Return what must exist to go on from a state, each once."""
        names = [state.base_commit, state.head]
        if state.merging:
            names += [state.merging.commit, state.merging.head]
        if state.heads.removing:
            names += [state.heads.removing.merge, state.heads.removing.head]
        for node in state.nodes.values():
            for started in node.open_attempts:
                names += [started.base_commit, started.tree, self._snapshots.get(started.attempt_id, "")]
            names += [node.rival.handoff.commit] if node.rival and node.rival.handoff else []
            names += [node.handoff.commit] if node.handoff else []
            names += [node.conflict.head, node.conflict.tree] if node.conflict else []
        return tuple(dict.fromkeys(filter(None, names)))


class HandedIn:
    """The newest commit that each attempt has handed in, by the attempt's id: a fold of a whole journal."""

    def __init__(self) -> None:
        self.commits: dict[str, str] = {}

    def apply(self, event: Event) -> None:
        """Fold the next event in."""
        if isinstance(event, AttemptHandedIn) and event.handoff.commit:
            self.commits[event.attempt_id] = event.handoff.commit


def is_object_id(text: str) -> bool:
    """Whether a text is the full id of a git object, so that git takes it for nothing else."""
    return re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", text) is not None
