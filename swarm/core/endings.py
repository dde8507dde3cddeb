"""How attempts and subtasks end, and what follows from it for those that waited for them."""

from swarm.core.draft import Draft
from swarm.core.events import AttemptEnded, AttemptOutcome, SubtaskEnded, SubtaskOutcome
from swarm.core.node import ACCEPTED, ENDED, Node, SubtaskState
from swarm.core.stimuli import CancelAttempt

BY_PERSON = "cancelled by a person"


def try_again(draft: Draft, attempt: str, outcome: AttemptOutcome, reason: str, *, final: bool = False) -> None:
    """End an attempt that did not do; its subtask fails with it when no attempts are left, or none can help."""
    node = draft.state.node_of(attempt)
    if not node:
        return  # a late result of an attempt that is over
    draft.emit(AttemptEnded(attempt, outcome, reason))
    if final or node.attempts >= draft.state.limits.max_attempts:
        tries = "1 attempt" if node.attempts == 1 else f"{node.attempts} attempts"
        end_subtask(draft, node, SubtaskOutcome.FAILED, f"{tries}; the last one: {reason}")


def accept(draft: Draft, node: Node) -> None:
    """End a subtask whose attempt was accepted and is on the run's branch."""
    assert node.attempt is not None
    assert node.verdict is not None
    draft.emit(AttemptEnded(node.attempt.attempt_id, AttemptOutcome.INTEGRATED))
    outcome = SubtaskOutcome.DONE if node.verdict.verified else SubtaskOutcome.UNVERIFIED
    end_subtask(draft, node, outcome, "its checks passed" if node.verdict.verified else "it has no checks")


def cancel_attempt(draft: Draft, node: Node) -> None:
    """End the attempt of a subtask that a person cancels, if it has one."""
    if node.attempt:
        attempt = node.attempt.attempt_id
        draft.emit(AttemptEnded(attempt, AttemptOutcome.CANCELLED, BY_PERSON))
        draft.command(CancelAttempt(attempt))


def end_subtask(draft: Draft, node: Node, outcome: SubtaskOutcome, reason: str) -> None:
    """End a subtask and all that follows from it: skipped dependents, a plan subtask that is complete."""
    draft.emit(SubtaskEnded(node.subtask.id, outcome, reason))
    if node.state not in ACCEPTED:
        for dependent in draft.state.dependents_of(node.subtask.id):
            if dependent.state not in ENDED:
                why = f"it needs {node.subtask.id}, which {outcome}"
                draft.emit(SubtaskEnded(dependent.subtask.id, SubtaskOutcome.SKIPPED, why))
                _end_parent(draft, dependent)
    _end_parent(draft, node)


def _end_parent(draft: Draft, node: Node) -> None:
    parent = draft.state.nodes.get(node.parent)
    if not parent or parent.open_children or parent.state is not SubtaskState.DELEGATED:
        return
    if parent.failed_children:
        end_subtask(draft, parent, SubtaskOutcome.FAILED, f"{parent.failed_children} of its subtasks did not get done")
    elif parent.unverified_children:
        end_subtask(draft, parent, SubtaskOutcome.UNVERIFIED, "some of its subtasks have no checks")
    else:
        end_subtask(draft, parent, SubtaskOutcome.DONE, "all of its subtasks are done")
