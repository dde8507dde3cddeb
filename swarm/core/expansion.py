"""How the plan grows: a planner's answer becomes subtasks, a subtask that is too big goes back to a planner."""

from swarm.core.draft import Draft
from swarm.core.endings import end_attempt, try_again
from swarm.core.events import AttemptEnded, AttemptOutcome, NoteRecorded, PlanExtended, SubtaskHandedBack
from swarm.core.followups import handed_back
from swarm.core.node import Node
from swarm.core.plan import Subtask, SubtaskKind, place_below, validate_graph, with_checks_of
from swarm.core.stimuli import AttemptPlanned, AttemptSplit
from swarm.errors import PlanError


def split(draft: Draft, stimulus: AttemptSplit) -> None:
    """Hand a subtask that its agent found too big back, to be planned."""
    node = draft.state.node_of(stimulus.attempt_id)
    if not node:
        return
    deepest = draft.state.limits.max_depth
    if node.depth >= deepest:
        reason = f"asked to split the subtask, which may not be nested deeper than {deepest}"
        try_again(draft, stimulus.attempt_id, AttemptOutcome.REJECTED, reason)
        return
    if end_attempt(draft, stimulus.attempt_id, AttemptOutcome.SPLIT, stimulus.reason):
        draft.emit(SubtaskHandedBack(handed_back(node.subtask, stimulus), stimulus.attempt_id))


def planned(draft: Draft, stimulus: AttemptPlanned) -> None:
    """Admit a planner's subtasks to the plan, or have it try again."""
    node = draft.state.node_of(stimulus.attempt_id)
    if not node:
        return
    try:
        children = _admit(draft, node, stimulus.subtasks)
    except PlanError as error:
        try_again(draft, stimulus.attempt_id, AttemptOutcome.REJECTED, error.message)
        return
    draft.emit(PlanExtended(draft.state.revision + 1, children, node.subtask.id, stimulus.attempt_id))
    for note in stimulus.notes:
        draft.emit(NoteRecorded(note, node.subtask.id))
    draft.emit(AttemptEnded(stimulus.attempt_id, AttemptOutcome.PLANNED))


def _admit(draft: Draft, parent: Node, subtasks: tuple[Subtask, ...]) -> tuple[Subtask, ...]:
    state = draft.state
    room = state.limits.max_subtasks - len(state.nodes)
    children = with_checks_of(parent.subtask, place_below(parent.subtask, subtasks))
    validate_graph(children, limits=state.limits)
    if len(children) > room:
        raise PlanError(f"{len(children)} subtasks, but the plan has room for {room} more (max_subtasks)")
    if parent.depth + 1 > state.limits.max_depth:
        raise PlanError(f"subtasks may not be nested deeper than {state.limits.max_depth} (max_depth)")
    deepest = parent.depth + 1 >= state.limits.max_depth
    for child in children:
        if deepest and child.kind is SubtaskKind.PLAN:
            raise PlanError(f"{child.id!r} may not be of kind plan: nothing may be nested deeper (max_depth)")
        if child.id in state.nodes:
            raise PlanError(f"the plan has a subtask {child.id!r} already", subtask=child.id)
    return children
