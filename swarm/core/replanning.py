"""How a plan changes while it is carried out: a planner's patch is taken, or goes back with the reason."""

from swarm.core.draft import Draft
from swarm.core.endings import end_dropped, end_subtask, try_again
from swarm.core.events import AttemptEnded, AttemptOutcome, PatchRefused, PlanPatched, SubtaskOutcome
from swarm.core.patching import admit
from swarm.core.scopes import scope_of
from swarm.core.stimuli import AttemptPatched
from swarm.errors import PlanError


def patched(draft: Draft, stimulus: AttemptPatched) -> None:
    """Take a planner's patch, or have it try again."""
    state = draft.state
    node = state.node_of(stimulus.attempt_id)
    if not node or node.subtask.id not in state.replans.asked:
        return
    asked = state.replans.asked[node.subtask.id]
    try:
        patch = admit(stimulus.patch, scope_of(state, asked.scope_id), state.limits)
    except PlanError as error:
        draft.emit(PatchRefused(stimulus.attempt_id, 0, error.message))
        try_again(draft, stimulus.attempt_id, AttemptOutcome.REJECTED, error.message)
        return
    draft.emit(PlanPatched(state.revision + 1, asked.scope_id, patch, stimulus.attempt_id))
    draft.emit(AttemptEnded(stimulus.attempt_id, AttemptOutcome.PLANNED))
    end_dropped(draft, patch)
    end_subtask(draft, node, SubtaskOutcome.DONE, f"the plan has changed: {patch.in_words()}")
