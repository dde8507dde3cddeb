"""What a patch does to the subtasks below one planner, and whether it may. Ended work is never rewritten."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from swarm.core.limits import Limits
from swarm.core.node import ACCEPTED, ENDED, Node, SubtaskState
from swarm.core.patch import Dropped, PlanPatch
from swarm.core.plan import ID_PATTERN, ROOT_PLAN_ID, Subtask, SubtaskKind, cycle_among
from swarm.errors import PlanError

NOT_STARTED = frozenset({SubtaskState.BLOCKED, SubtaskState.READY})
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Scope:
    """What a planner plans: the subtasks below it.

    Attributes:
        identifier: the plan subtask; empty for the subtasks that stand below none.
        parts: its subtasks, by id, in the order in which they joined.
        taken: ids that the whole plan has already.
        depth: how deep its subtasks are nested.
        revision: the revision of the plan in which its subtasks changed last.
    """

    identifier: str
    parts: Mapping[str, Node]
    taken: Mapping[str, Node]
    depth: int
    revision: int


def admit(patch: PlanPatch, scope: Scope, limits: Limits) -> PlanPatch:
    """Return a patch with the ids that its subtasks have in the plan.

    Raises:
        PlanError: it cannot be applied; the message says why, for the one who made it.
    """
    if patch.revision < scope.revision:
        raise PlanError(
            f"the plan has changed since: this patch is for revision {patch.revision}, and the subtasks were changed "
            f"in revision {scope.revision}"
        )
    patch = _with_former_roles(_placed(patch, scope), scope)
    _refuse_wrong_names(patch, scope)
    for identifier in patch.drop:
        _refuse_rewriting(identifier.id, scope, "dropped")
    for subtask in patch.change:
        _refuse_rewriting(subtask.id, scope, "changed")
    _refuse_size(patch, scope, limits)
    _refuse_graph(patch, scope)
    return patch


def difference(scope: Scope, plan: Iterable[Subtask]) -> PlanPatch:
    """Return the patch that makes another plan of a scope of which nothing has been started."""
    wanted = {subtask.id: subtask for subtask in plan}
    parts = {name: node.subtask for name, node in scope.parts.items() if node.counts}
    return PlanPatch(
        revision=scope.revision,
        reason="edited by a person",
        add=tuple(subtask for name, subtask in wanted.items() if name not in parts),
        change=tuple(subtask for name, subtask in wanted.items() if name in parts and parts[name] != subtask),
        drop=tuple(Dropped(id=name) for name in parts if name not in wanted),
    )


def rewired(patch: PlanPatch, unended: Iterable[Subtask]) -> dict[str, Subtask]:
    """Return the subtasks that a patch words anew, and those that wait for others because of what it drops.

    Args:
        patch: the patch, with the ids of the plan.
        unended: the subtasks of the scope that have not ended.
    """
    dropped = {entry.id for entry in patch.drop}
    changed = {subtask.id: subtask for subtask in patch.change}
    found = {}
    for before in unended:
        if before.id in dropped:
            continue
        after = with_stand_ins(changed.get(before.id, before), patch)
        if after is not before:
            found[before.id] = after
    return found


def with_stand_ins(subtask: Subtask, patch: PlanPatch) -> Subtask:
    """Return a subtask that waits for what stands in for dropped ones; itself where nothing changes."""
    instead = {entry.id: entry.instead for entry in patch.drop}
    if instead.keys().isdisjoint(subtask.depends_on):
        return subtask
    wanted = dict.fromkeys(name for each in subtask.depends_on for name in instead.get(each, (each,)))
    return subtask.model_copy(update={"depends_on": tuple(wanted)})


def joining(patch: PlanPatch) -> tuple[Subtask, ...]:
    """Return the subtasks that a patch adds, as they join the plan."""
    return tuple(with_stand_ins(subtask, patch) for subtask in patch.add)


def _placed(patch: PlanPatch, scope: Scope) -> PlanPatch:
    """Give the subtasks the names that they have in the plan: below a nested planner, ids begin with its own."""
    if scope.identifier in ("", ROOT_PLAN_ID):
        return patch
    below = f"{scope.identifier}."
    added = {subtask.id for subtask in patch.add}

    def name(identifier: str) -> str:
        if identifier in scope.parts or identifier.startswith(below):
            return identifier
        full = f"{below}{identifier}"
        return full if identifier in added or full in scope.parts else identifier

    def placed(subtask: Subtask) -> Subtask:
        needed = tuple(name(each) for each in subtask.depends_on)
        if not re.match(ID_PATTERN, name(subtask.id)):
            raise PlanError(f"the id {name(subtask.id)!r} is too long", subtask=subtask.id, hint="Use shorter ids.")
        return subtask.model_copy(update={"id": name(subtask.id), "depends_on": needed})

    return patch.model_copy(
        update={
            "add": tuple(placed(subtask) for subtask in patch.add),
            "change": tuple(placed(subtask) for subtask in patch.change),
            "drop": tuple(
                entry.model_copy(update={"id": name(entry.id), "instead": tuple(name(each) for each in entry.instead)})
                for entry in patch.drop
            ),
        }
    )


def _with_former_roles(patch: PlanPatch, scope: Scope) -> PlanPatch:
    """Have changed subtasks keep their roles where the patch names none."""

    def kept(subtask: Subtask) -> Subtask:
        before = scope.parts.get(subtask.id)
        if before is None or "role" in subtask.model_fields_set or before.subtask.kind is not subtask.kind:
            return subtask
        return subtask.model_copy(update={"role": before.subtask.role})

    return patch.model_copy(update={"change": tuple(map(kept, patch.change))})


def _refuse_wrong_names(patch: PlanPatch, scope: Scope) -> None:
    named = [*(each.id for each in patch.add), *(each.id for each in patch.change), *(each.id for each in patch.drop)]
    twice = next((each for each in named if named.count(each) > 1), None) if len(set(named)) < len(named) else None
    if twice:
        raise PlanError(f"{twice!r} stands in the patch twice; name each subtask once", subtask=twice)
    for subtask in patch.add:
        if subtask.id in scope.taken or subtask.id == ROOT_PLAN_ID:
            raise PlanError(f"the plan has a subtask {subtask.id!r} already; give the new one another id")
    _refuse_strangers(patch, scope)


def _refuse_strangers(patch: PlanPatch, scope: Scope) -> None:
    """Refuse ids of subtasks that are not there, or will not be."""
    known = scope.parts.keys() | {subtask.id for subtask in patch.add}
    dropped = {entry.id for entry in patch.drop}
    for entry in patch.drop:
        for identifier in entry.instead:
            if identifier not in known or identifier in dropped:
                raise PlanError(f"{identifier!r} cannot stand in for {entry.id!r}: the new plan has no such subtask")
    for subtask in (*patch.add, *patch.change):
        for identifier in subtask.depends_on:
            if identifier not in known:
                raise PlanError(f"subtask {subtask.id!r} depends on {identifier!r}, which is not in the plan")
        if not subtask.instruction.strip():
            raise PlanError(f"subtask {subtask.id!r} has an empty instruction", subtask=subtask.id)


def _refuse_rewriting(identifier: str, scope: Scope, verb: str) -> None:
    node = scope.parts.get(identifier)
    if node is None:
        known = ", ".join(list(scope.parts)[:_SHOWN])
        raise PlanError(f"{identifier!r} cannot be {verb}: there is no such subtask among {known}", subtask=identifier)
    if not node.counts:
        raise PlanError(f"{identifier!r} cannot be {verb}: it is no part of the plan any more", subtask=identifier)
    if node.state in ACCEPTED or node.state is SubtaskState.INTEGRATING:
        raise PlanError(f"{identifier!r} cannot be {verb}: its work is done", subtask=identifier)
    if verb == "changed" and node.state not in NOT_STARTED:
        raise PlanError(
            f"{identifier!r} cannot be changed: it is {node.state}; drop it, and add another subtask that stands in",
            subtask=identifier,
        )


def _refuse_size(patch: PlanPatch, scope: Scope, limits: Limits) -> None:
    room = limits.max_subtasks - len(scope.taken)
    if len(patch.add) > room:
        raise PlanError(f"{len(patch.add)} more subtasks, but the plan has room for {max(0, room)} (max_subtasks)")
    if scope.depth >= limits.max_depth:
        nested = [each.id for each in (*patch.add, *patch.change) if each.kind is SubtaskKind.PLAN]
        if nested:
            raise PlanError(
                f"{nested[0]!r} may not be of kind plan: nothing may be nested deeper here", subtask=nested[0]
            )


def _refuse_graph(patch: PlanPatch, scope: Scope) -> None:
    unended = {name: node.subtask for name, node in scope.parts.items() if node.state not in ENDED}
    changed = rewired(patch, unended.values())
    dropped = {entry.id for entry in patch.drop}
    plan = {name: changed.get(name, subtask) for name, subtask in unended.items() if name not in dropped}
    plan |= {subtask.id: subtask for subtask in joining(patch)}
    for subtask in (*changed.values(), *joining(patch)):
        _refuse_dead_ends(plan[subtask.id], scope, dropped)
    cycle = cycle_among(plan.values())
    if cycle:
        raise PlanError(f"the dependencies would form a cycle: {' -> '.join(cycle)}", subtask=cycle[0])


def _refuse_dead_ends(subtask: Subtask, scope: Scope, dropped: set[str]) -> None:
    for identifier in subtask.depends_on:
        node = scope.parts.get(identifier)
        gone = node is not None and (not node.counts or (node.state in ENDED and node.state not in ACCEPTED))
        if gone or identifier in dropped:
            raise PlanError(
                f"subtask {subtask.id!r} waits for {identifier!r}, which will not get done; "
                f"drop {identifier!r} and say what stands in for it",
                subtask=subtask.id,
            )
