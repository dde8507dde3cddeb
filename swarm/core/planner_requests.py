"""Asking a planner again: when its plan does not work out, when there is news, when a person says so."""

from swarm.core.draft import Draft
from swarm.core.events import PlanExtended, ReplanAsked
from swarm.core.followups import replan_subtask
from swarm.core.node import Node, SubtaskState
from swarm.core.plan import ROOT_PLAN_ID
from swarm.core.replans import ReplanCause
from swarm.core.scopes import has_planner
from swarm.core.state import RunState

_REASON = 8_000
_REVIEW = (
    "All parts are done, and no check and no judge looks at them together. Look at what became of them: is everything "
    "there that this part of the goal needs? Add what is missing; if nothing is, leave the three lists empty."
)
_FEWEST_ROOM = 2
"""A replanning is a subtask itself, and useless when nothing can join the plan after it."""


def request_replan(draft: Draft, node: Node, reason: str, cause: ReplanCause = ReplanCause.FAILURE) -> bool:
    """Have the planner of a subtask asked to change its plan, if one may be.

    Args:
        draft: the decision that is being made.
        node: the subtask that there is a reason for; it goes on as it is until the patch says otherwise.
        reason: why, in words for the planner.
        cause: what kind of reason it is.

    Returns:
        Whether a planner is at it now: asked because of this, or busy with an earlier question already.
    """
    if node.parent in draft.state.replans.open:
        return True
    return ask_planner(draft, node.parent, cause, reason, about=(node.subtask.id,))


def ask_planner(
    draft: Draft,
    scope: str,
    cause: ReplanCause,
    reason: str,
    *,
    about: tuple[str, ...] = (),
    request_id: str = "",
    driven: bool = True,
) -> bool:
    """Have a scope's planner asked to change its plan, if one may be; see :func:`request_replan`."""
    state = draft.state
    if not _may_ask(state, scope, cause):
        return False
    subtask = replan_subtask(scope, cause, reason[:_REASON], taken=state.nodes)
    draft.emit(ReplanAsked(subtask.id, scope, cause, reason[:_REASON], about, request_id, driven))
    draft.emit(PlanExtended(state.revision + 1, (subtask,), scope, reason=f"the plan is to change ({cause})"))
    return True


def _may_ask(state: RunState, scope: str, cause: ReplanCause) -> bool:
    if state.cancelled or state.ended or scope in state.replans.open:
        return False
    if scope and state.nodes[scope].state is not SubtaskState.DELEGATED:
        return False
    if state.limits.max_subtasks - len(state.nodes) < _FEWEST_ROOM:
        return False
    if cause is ReplanCause.PERSON:
        return True
    return has_planner(state, scope) and state.replans.counts.get(scope, 0) < state.limits.max_replans


def is_held(draft: Draft, node: Node, reason: str) -> bool:
    """Whether what waits for a subtask that has just failed goes on waiting, because a planner is asked."""
    if node.subtask.id == ROOT_PLAN_ID and not node.parent:
        return False  # nobody stands above the first planner
    return request_replan(draft, node, f"{node.subtask.id} failed: {reason}")


def is_reviewed(draft: Draft, scope: Node, ended: Node) -> bool:
    """Whether a scope whose last part has ended goes on, because its planner looks at what came of it first.

    That is so below the first planner where neither checks nor a rubric say when the scope is done. What a planner
    has just looked at is not shown to it again.
    """
    subtask = scope.subtask
    if subtask.checks or subtask.rubric or not scope.parent or scope.failed_children:
        return False
    if ended.subtask.id in draft.state.replans.asked:
        return False
    return ask_planner(draft, subtask.id, ReplanCause.REVIEW, _REVIEW)


def ask_again(draft: Draft, scope: str) -> bool:
    """Have a scope's planner asked about what happened while it changed its plan, if it may be."""
    news = draft.state.replans.unanswered.get(scope)
    if not news:
        return False
    words = "\n".join(f"{name}: {text}" for name, text in news.items())
    failed = any(draft.state.nodes[name].state is SubtaskState.FAILED for name in news)
    cause = ReplanCause.FAILURE if failed else ReplanCause.FACTS
    return ask_planner(draft, scope, cause, words, about=tuple(news))
