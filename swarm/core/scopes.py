"""Who plans what: each plan subtask owns its parts, and is asked again when its plan does not work out.

A *scope* is the parts of one plan subtask; the empty one holds what stands below none. Of a plan that a person wrote
nobody but a person asks for a change.
"""

from collections.abc import Iterable

from swarm.core.node import SubtaskState
from swarm.core.patch import PlanPatch
from swarm.core.patching import Scope
from swarm.core.plan import ROOT_PLAN_ID, SubtaskKind
from swarm.core.state import RunState

_SHOWN = 8


def has_planner(state: RunState, scope: str) -> bool:
    """Whether a planner made the plan of a scope, and not a person."""
    if scope:
        return True
    root = state.nodes.get(ROOT_PLAN_ID)
    return root is not None and root.subtask.kind is SubtaskKind.PLAN


def scope_of(state: RunState, identifier: str) -> Scope:
    """Return a scope as patches are applied to it."""
    parts = {node.subtask.id: node for node in state.parts_of(identifier)}
    depth = state.nodes[identifier].depth + 1 if identifier else 0
    return Scope(identifier, parts, state.nodes, depth, state.replans.changed_at.get(identifier, 0))


def whole_plan(state: RunState) -> str:
    """Return the scope that a person means who names none: the first planner's, while its parts are at work."""
    root = state.nodes.get(ROOT_PLAN_ID)
    return ROOT_PLAN_ID if root is not None and root.state is SubtaskState.DELEGATED else ""


def scope_named(state: RunState, identifier: str) -> str:
    """Return the scope that a subtask's name stands for: its parts, if it has some at work, or that it is a part of."""
    if not identifier:
        return whole_plan(state)
    node = state.nodes[identifier]
    return identifier if node.state is SubtaskState.DELEGATED else node.parent


def forgotten(state: RunState, about: Iterable[str], patch: PlanPatch) -> str:
    """Return which subtasks a patch leaves failed although its planner was asked about them, in words for it."""
    dropped = {entry.id for entry in patch.drop}
    failed = [name for name in about if state.nodes[name].state is SubtaskState.FAILED and name not in dropped]
    if not failed:
        return ""
    waiting = dict.fromkeys(node.subtask.id for name in failed for node in state.dependents_of(name))
    skipped = f", and what waits for it is skipped: {', '.join(list(waiting)[:_SHOWN])}" if waiting else ""
    return (
        f"{', '.join(failed[:_SHOWN])} failed, and your patch has nothing in its place: "
        f"the plan fails with it{skipped}. Add subtasks that reach the same in another way, and drop what failed with "
        "them as instead."
    )
