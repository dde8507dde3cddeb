"""What people ask of a run while it goes on, carried out: each request becomes a fact once, refused or not."""

from swarm.core.draft import Draft
from swarm.core.endings import BY_PERSON, cancel_attempts, end_dropped, end_subtask
from swarm.core.events import NoteRecorded, PlanApproved, PlanPatched, SubtaskEnded, SubtaskOutcome
from swarm.core.node import ENDED
from swarm.core.planner_requests import ask_planner
from swarm.core.replans import ReplanCause
from swarm.core.requests import PersonAsked, edited_plan, why_refused
from swarm.core.scopes import scope_named, whole_plan
from swarm.core.steering import CancelRequested, TellRequested
from swarm.core.stimuli import ApproveAsked, CancelAsked, ReplanWanted, RequestRefused, TellAsked

NO_ROOM = "the plan cannot be changed: it has as many subtasks as it may have (max_subtasks)"


def cancel(draft: Draft, stimulus: CancelAsked) -> None:
    """Cancel a subtask with its children and theirs, or everything."""
    if is_refused(draft, stimulus):
        return
    identifier = stimulus.subtask_id
    draft.emit(CancelRequested(identifier, stimulus.request_id, stimulus.driven))
    if identifier:
        for node in list(draft.state.family_of(identifier)):
            if node.state not in ENDED:
                cancel_attempts(draft, node)
                end_subtask(draft, node, SubtaskOutcome.CANCELLED, BY_PERSON)
    else:
        for node in draft.state.nodes.values():
            if node.state not in ENDED:
                cancel_attempts(draft, node)
                draft.emit(SubtaskEnded(node.subtask.id, SubtaskOutcome.CANCELLED, BY_PERSON))


def tell(draft: Draft, stimulus: TellAsked) -> None:
    """Take what a person has to say; agents hear it before their next step."""
    if not is_refused(draft, stimulus):
        draft.emit(TellRequested(stimulus.text, stimulus.request_id, stimulus.subtask_id))


def replan(draft: Draft, stimulus: ReplanWanted) -> None:
    """Have a planner asked to change its plan, because a person says so."""
    if is_refused(draft, stimulus):
        return
    scope = scope_named(draft.state, stimulus.subtask_id)
    about = (stimulus.subtask_id,) if stimulus.subtask_id and stimulus.subtask_id != scope else ()
    asked = ask_planner(
        draft,
        scope,
        ReplanCause.PERSON,
        stimulus.reason,
        about=about,
        request_id=stimulus.request_id,
        driven=stimulus.driven,
    )
    if not asked:
        draft.emit(NoteRecorded(NO_ROOM, request_id=stimulus.request_id))


def approve(draft: Draft, stimulus: ApproveAsked) -> None:
    """Let the work begin, on the plan as it is or as a person has edited it."""
    if is_refused(draft, stimulus):
        return
    state = draft.state
    patch = edited_plan(state, stimulus.subtasks) if stimulus.subtasks else None
    draft.emit(PlanApproved(state.revision, stimulus.request_id, stimulus.driven))
    if patch is not None and not patch.empty:
        draft.emit(PlanPatched(state.revision + 1, whole_plan(state), patch))
        end_dropped(draft, patch)


def refuse(draft: Draft, stimulus: RequestRefused) -> None:
    """Note a request that is none, or comes too late."""
    if not is_refused(draft, stimulus):
        draft.emit(NoteRecorded(stimulus.reason, request_id=stimulus.request_id))


def is_refused(draft: Draft, request: PersonAsked) -> bool:
    """Note why a request cannot be carried out; one that is recorded already is passed over."""
    state = draft.state
    if state.ended or (request.request_id and request.request_id in state.requests):
        return True
    reason = why_refused(state, request)
    if reason and request.request_id:
        draft.emit(NoteRecorded(reason, request_id=request.request_id))
    return bool(reason)
