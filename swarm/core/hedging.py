"""Hedges: a second attempt begins beside one that takes long, where the longest chain of work waits for it.

Only a worker that has nothing else to do begins one. The first of the two whose work is accepted counts; the other one
is ended (``endings``), and what it took is shown.
"""

from swarm.core.budget import has_room
from swarm.core.draft import Draft
from swarm.core.events import AttemptStarted, Hedge, attempt_id
from swarm.core.node import Node, SubtaskState
from swarm.core.plan import SubtaskKind
from swarm.core.state import RunState

LOOK_EVERY_S = 1.0
"""How often attempts at work are looked at, in seconds of the run: looking at all of them takes a while."""


class Hedging:
    """Begins second attempts, at most one for a subtask and so many in a run. Off unless a limit turns it on.

    Args:
        draft: where decisions go.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._next_look_s = 0.0

    def look(self) -> None:
        """Begin the hedges that are due; there are free workers, and nothing else is ready for them."""
        state = self._draft.state
        if state.limits.hedge is None or not state.at_work:
            return
        now_s = state.time.at(self._draft.now, parked=state.parked is not None)
        if now_s < self._next_look_s:
            return
        self._next_look_s = now_s + LOOK_EVERY_S
        while state.at_work < state.limits.workers and (started := due_hedge(state, now_s)):
            self._draft.emit(started)


def due_hedge(state: RunState, now_s: float) -> AttemptStarted | None:
    """Return the hedge that should begin now, or None.

    Args:
        state: the run.
        now_s: the run's time at work, in seconds.
    """
    if state.limits.hedge is None or state.hedges >= state.limits.max_hedges:
        return None
    overdue = [(node, hedge) for node in state.queue.at_work if (hedge := _overdue(state, node, now_s))]
    if not overdue:
        return None
    node, hedge = max(overdue, key=lambda found: (found[0].rank, found[1].seconds, -found[0].order))
    late = {id(found) for found, _ in overdue}
    others = (_left(state, other, now_s) for other in state.queue.at_work if id(other) not in late)
    if node.rank < max(others, default=0.0):
        return None  # another chain takes longer, whatever becomes of this one
    return _beside(state, node, hedge)


def _overdue(state: RunState, node: Node, now_s: float) -> Hedge | None:
    """Return why a subtask may have a hedge, if it may."""
    limits, started = state.limits, node.attempt
    if node.state is not SubtaskState.RUNNING or node.hedged or node.subtask.kind is not SubtaskKind.WORK:
        return None
    usual_s, samples = state.queue.durations.usual(node.subtask)
    seconds = now_s - node.started_s
    assert limits.hedge is not None
    assert started is not None
    if samples < limits.hedge_samples or seconds <= limits.hedge * usual_s:
        return None
    hedge = Hedge(started.attempt_id, round(seconds, 3), round(usual_s, 3), samples)
    return hedge if _is_affordable(state, node, hedge, now_s) else None


def _is_affordable(state: RunState, node: Node, hedge: Hedge, now_s: float) -> bool:
    """Whether its role has a free worker, and every budget as much left as the straggler has taken so far."""
    assert node.attempt is not None
    role = node.attempt.role or node.subtask.role
    own = state.limits.roles.get(role)
    if own and own.workers and state.at_work_by[role] >= own.workers:
        return False
    longest_s = state.limits.max_time_s
    if longest_s is not None and now_s + hedge.usual_s > longest_s:
        return False
    spent = state.ledger.accounts[node.attempt.attempt_id].spent
    return has_room(state.limits, state.ledger, role, node.subtask.id, spent, hedge.usual_s)


def _left(state: RunState, node: Node, now_s: float) -> float:
    """Return how long the chain that begins with a subtask at work still is, as far as one can tell."""
    durations = state.queue.durations
    effort = durations.effort(node.subtask)
    if node.state is SubtaskState.INTEGRATING:
        return node.rank - effort
    usual_s, samples = durations.usual(node.subtask)
    began_s = node.rival.started_s if node.rival else node.started_s
    share = min(1.0, (now_s - began_s) / usual_s) if samples and usual_s else 0.0
    return node.rank - effort * share


def _beside(state: RunState, node: Node, hedge: Hedge) -> AttemptStarted:
    """Return the second attempt: like the first, but from what is on the branch now, unless it resolves a conflict."""
    first = node.attempt
    assert first is not None
    number = node.attempts + 1
    base = first.base_commit if first.tree else state.head
    return AttemptStarted(
        attempt_id(node.subtask.id, number),
        node.subtask.id,
        number,
        base,
        first.tree,
        first.feedback,
        state.revision,
        first.role,
        hedge,
    )
