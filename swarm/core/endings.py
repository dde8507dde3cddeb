"""How attempts and subtasks end, and what follows from it for those that waited for them."""

from swarm.core.draft import Draft
from swarm.core.events import AttemptEnded, AttemptOutcome, SubtaskEnded, SubtaskOutcome
from swarm.core.messages import Verdict
from swarm.core.node import ACCEPTED, ENDED, Node, SubtaskState, concern_for_planner
from swarm.core.patch import PlanPatch
from swarm.core.planner_requests import ask_again, is_held, is_reviewed, request_replan
from swarm.core.replans import ReplanCause
from swarm.core.stimuli import CancelAttempt

BY_PERSON = "cancelled by a person"


def try_again(draft: Draft, attempt: str, outcome: AttemptOutcome, reason: str, *, final: bool = False) -> None:
    """End an attempt that did not do; its subtask fails with it when no attempts are left, or none can help."""
    node = end_attempt(draft, attempt, outcome, reason)
    if not node:
        return
    if final or node.tries >= draft.state.limits.max_attempts:
        tries = "1 attempt" if node.attempts == 1 else f"{node.attempts} attempts"
        end_subtask(draft, node, SubtaskOutcome.FAILED, f"{tries}; the last one: {reason}")


def end_attempt(draft: Draft, attempt: str, outcome: AttemptOutcome, reason: str) -> Node | None:
    """End an attempt that did not do; return its subtask, if that has no other one that goes on or was accepted."""
    node = draft.state.node_of(attempt)
    if not node:
        return None  # a late result of an attempt that is over
    draft.emit(AttemptEnded(attempt, outcome, reason))
    return None if node.attempt else node


def end_outrun(draft: Draft) -> None:
    """End those attempts of which another one at the same subtask was accepted first."""
    for node in [node for node in draft.state.hedged.values() if node.state is SubtaskState.INTEGRATING]:
        assert node.attempt is not None
        assert node.rival is not None
        outrun = node.rival.started.attempt_id
        draft.emit(AttemptEnded(outrun, AttemptOutcome.OUTRUN, f"{node.attempt.attempt_id} was accepted first"))
        draft.command(CancelAttempt(outrun))


def accept(draft: Draft, node: Node) -> None:
    """End a subtask whose attempt was accepted and is on the run's branch."""
    assert node.attempt is not None
    assert node.verdict is not None
    draft.emit(AttemptEnded(node.attempt.attempt_id, AttemptOutcome.INTEGRATED))
    outcome = SubtaskOutcome.DONE if node.verdict.verified else SubtaskOutcome.UNVERIFIED
    news = concern_for_planner(node.handoff)
    if news:
        request_replan(draft, node, f"{node.subtask.id} found out: {news}", ReplanCause.FACTS)
    end_subtask(draft, node, outcome, _grounds(node.verdict))


def _grounds(verdict: Verdict) -> str:
    if not verdict.verified:
        return verdict.reason if verdict.judgements else "it has no checks"
    if not verdict.judgements:
        return "its checks passed"
    return "its checks passed and its judges agree" if verdict.checks else "its judges agree"


def cancel_attempts(draft: Draft, node: Node, reason: str = BY_PERSON) -> None:
    """End the attempts of a subtask that is cancelled: none, one or two."""
    for started in node.open_attempts:
        draft.emit(AttemptEnded(started.attempt_id, AttemptOutcome.CANCELLED, reason))
        draft.command(CancelAttempt(started.attempt_id))


def end_dropped(draft: Draft, patch: PlanPatch) -> None:
    """End what a patch drops, with all its parts; attempts at work are cancelled."""
    why = f"dropped from the plan{f': {patch.reason}' if patch.reason else ''}"
    for entry in patch.drop:
        for member in list(draft.state.family_of(entry.id)):
            if member.state not in ENDED:
                cancel_attempts(draft, member, why)
                end_subtask(draft, member, SubtaskOutcome.CANCELLED, why)


def end_subtask(draft: Draft, node: Node, outcome: SubtaskOutcome, reason: str) -> None:
    """End a subtask and all that follows from it: a planner is asked, dependents are skipped, a plan is complete."""
    draft.emit(SubtaskEnded(node.subtask.id, outcome, reason))
    if node.subtask.id in draft.state.replans.asked:
        _replanned(draft, node, outcome)
    elif node.state not in ACCEPTED and not (outcome is SubtaskOutcome.FAILED and is_held(draft, node, reason)):
        _skip_dependents(draft, node)
    _end_parent(draft, node)


def _replanned(draft: Draft, node: Node, outcome: SubtaskOutcome) -> None:
    """Let go of what was held back for a planner's answer, unless there is something new to ask."""
    scope = node.parent
    if outcome is not SubtaskOutcome.CANCELLED and ask_again(draft, scope):
        return
    for part in list(draft.state.parts_of(scope)):
        if part.state in ENDED and part.state not in ACCEPTED:
            _skip_dependents(draft, part)


def _skip_dependents(draft: Draft, node: Node) -> None:
    for dependent in draft.state.dependents_of(node.subtask.id):
        if dependent.state not in ENDED:
            became = node.state if node.state is SubtaskState.FAILED else f"was {node.state}"
            why = f"it needs {node.subtask.id}, which {became}"
            draft.emit(SubtaskEnded(dependent.subtask.id, SubtaskOutcome.SKIPPED, why))
            _end_parent(draft, dependent)


def _end_parent(draft: Draft, node: Node) -> None:
    parent = draft.state.nodes.get(node.parent)
    if not parent or parent.open_children or parent.state is not SubtaskState.DELEGATED:
        return
    if is_reviewed(draft, parent, node):
        return
    if parent.failed_children:
        end_subtask(draft, parent, SubtaskOutcome.FAILED, f"{parent.failed_children} of its subtasks did not get done")
    elif parent.unverified_children:
        end_subtask(draft, parent, SubtaskOutcome.UNVERIFIED, "some of its subtasks have no checks")
    else:
        end_subtask(draft, parent, SubtaskOutcome.DONE, "all of its subtasks are done")
