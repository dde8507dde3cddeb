"""What people ask of a run while it goes on, carried out: each request becomes a fact once, refused or not."""

from swarm.core.draft import Draft
from swarm.core.endings import BY_PERSON, cancel_attempt, end_subtask
from swarm.core.events import NoteRecorded, SubtaskEnded, SubtaskOutcome
from swarm.core.node import ENDED, Node
from swarm.core.requests import PersonAsked, why_refused
from swarm.core.state import RunState
from swarm.core.steering import CancelRequested, TellRequested
from swarm.core.stimuli import CancelAsked, RequestRefused, TellAsked


def cancel(draft: Draft, stimulus: CancelAsked) -> None:
    """Cancel a subtask with its children and theirs, or everything."""
    if is_refused(draft, stimulus):
        return
    identifier = stimulus.subtask_id
    draft.emit(CancelRequested(identifier, stimulus.request_id, stimulus.driven))
    if identifier:
        for node in _family(draft.state, identifier):
            if node.state not in ENDED:
                cancel_attempt(draft, node)
                end_subtask(draft, node, SubtaskOutcome.CANCELLED, BY_PERSON)
    else:
        for node in draft.state.nodes.values():
            if node.state not in ENDED:
                cancel_attempt(draft, node)
                draft.emit(SubtaskEnded(node.subtask.id, SubtaskOutcome.CANCELLED, BY_PERSON))


def tell(draft: Draft, stimulus: TellAsked) -> None:
    """Take what a person has to say; agents hear it before their next step."""
    if not is_refused(draft, stimulus):
        draft.emit(TellRequested(stimulus.text, stimulus.request_id, stimulus.subtask_id))


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


def _family(state: RunState, identifier: str) -> list[Node]:
    """Return a subtask with its children and theirs; the parents first, so that they end as cancelled."""
    family = [state.nodes[identifier]]
    names = {identifier}
    for node in state.nodes.values():  # parents come before their children
        if node.parent in names:
            family.append(node)
            names.add(node.subtask.id)
    return family
