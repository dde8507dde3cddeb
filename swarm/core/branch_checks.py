"""Checks of the run on its branch while the run goes on, and what follows when a merge has broken one.

One check runs at a time, on a commit that the branch was at when it began. All of the run's checks run after every
``check_every`` merges, but not so often that they take more than a fifth of the time. A check that passed before and
fails now is followed to the merge that broke it, and that change is taken out again, if nothing was built on it.
"""

from swarm.core.branch_facts import ChangeKept, ChangeRemoved, HeadChecked, RemovalStarted
from swarm.core.checked_heads import Culprit, Question
from swarm.core.draft import Draft
from swarm.core.events import PlanExtended
from swarm.core.followups import culprit_repair
from swarm.core.messages import CheckResult
from swarm.core.node import ACCEPTED, ENDED, Node, SubtaskState
from swarm.core.stimuli import CheckHead, HeadCheckDone, MergeRemoved, RemovalFailed
from swarm.text import neutralise

REST = 4.0
"""Between two looks at all checks passes this many times the time that they took."""

_NOT_STARTED = (ENDED - ACCEPTED) | {SubtaskState.BLOCKED, SubtaskState.READY}
_OUTPUT_LIMIT = 6_000


class BranchChecks:
    """Decides what to look at on the branch, and what to do about a merge that broke a check."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._asked: Question | None = None

    @property
    def busy(self) -> bool:
        """Whether a check is running."""
        return self._asked is not None

    @property
    def enabled(self) -> bool:
        """Whether the branch is looked at while the run goes on; it is not where there is nothing to learn."""
        state = self._draft.state
        task = state.task
        assert task is not None
        if not task.checks and not state.heads.tell:
            return False
        return task.limits.check_every > 0 and not state.cancelled and not state.ended

    @property
    def holds_merges(self) -> bool:
        """Whether nothing may be merged now, because a change is to be taken out first; where these are enabled."""
        return self._draft.state.heads.culprit() is not None

    def interrupted(self) -> None:
        """Take note that a check was cut off; it is begun again."""
        self._asked = None

    def checked(self, stimulus: HeadCheckDone) -> None:
        """Take what checks found."""
        self._asked = None
        self._draft.emit(HeadChecked(stimulus.head, stimulus.verdict))

    def removed(self, stimulus: MergeRemoved) -> None:
        """Take a change that is out of the branch: its subtask goes back to an agent."""
        removing = self._draft.state.heads.removing
        assert removing is not None
        self._draft.emit(
            ChangeRemoved(removing.attempt_id, removing.head, stimulus.head, removing.check, removing.reason)
        )

    def not_removed(self, stimulus: RemovalFailed) -> None:
        """Take a change that cannot be taken out: it is repaired on top of it."""
        removing = self._draft.state.heads.removing
        assert removing is not None
        self._keep(removing.attempt_id, removing.check, removing.reason, stimulus.reason)

    def look(self) -> None:
        """Decide what to do about a merge that broke a check, or what to look at next; where these are enabled."""
        state = self._draft.state
        if self._asked or state.branch_moves:
            return
        culprit = state.heads.culprit()
        if culprit:
            self._deal_with(culprit)
        elif question := state.heads.question() or self._due():
            self._asked = question
            self._draft.command(CheckHead(question.head, question.checks))

    def _due(self) -> Question | None:
        state = self._draft.state
        assert state.task is not None
        if not state.unended or not state.task.checks:
            return None  # the end of the run checks its last commit itself
        if question := state.heads.question_about_base():
            return question
        rested = state.active_s - state.heads.checked_at >= REST * state.heads.seconds
        enough = state.heads.merges_since >= state.limits.check_every
        return Question(state.head, state.task.checks) if enough and rested else None

    def _deal_with(self, culprit: Culprit) -> None:
        state = self._draft.state
        check, reason = culprit.result.command, _reason(culprit)
        node = state.nodes.get(culprit.attempt_id.rpartition("@")[0])
        why = self._why_kept(culprit, node)
        if why:
            self._keep(culprit.attempt_id, check, reason, why)
        else:
            self._draft.emit(RemovalStarted(culprit.attempt_id, culprit.merge, state.head, check, reason))

    def _why_kept(self, culprit: Culprit, node: Node | None) -> str:
        """Return why a change must not be taken out, an empty text when it can be."""
        state = self._draft.state
        if node is None:
            return "it takes another change out"
        if culprit.attempt_id in state.heads.removed:
            return "it was taken out before, and the check fails all the same"
        if node.state in ACCEPTED:
            if node.tries >= state.limits.max_attempts:
                return f"its subtask has no attempt left of {state.limits.max_attempts}"
        elif node.state not in ENDED:
            return "an agent is at work on its subtask again"
        built = next((other for other in self._waiting_for(node) if other.state not in _NOT_STARTED), None)
        return f"the work on {built.subtask.id} builds on it" if built else ""

    def _waiting_for(self, node: Node) -> list[Node]:
        """Return everything that waited for a subtask or for a plan subtask that it belongs to."""
        state = self._draft.state
        found = list(state.dependents_of(node.subtask.id))
        while node.parent:
            node = state.nodes[node.parent]
            found += state.dependents_of(node.subtask.id)
        return found

    def _keep(self, attempt: str, check: str, reason: str, why: str) -> None:
        state = self._draft.state
        kept = ChangeKept(attempt, check, reason, why)
        self._draft.emit(kept)
        if state.repairs >= state.limits.max_repairs or state.cancelled:
            return
        node = state.nodes.get(attempt.rpartition("@")[0])
        repair = culprit_repair(node.subtask if node else None, kept, state.repairs + 1, taken=state.nodes)
        why_extended = f"a merge broke `{check}`"
        self._draft.emit(PlanExtended(state.revision + 1, (repair,), attempt_id=attempt, reason=why_extended))


def _reason(culprit: Culprit) -> str:
    result: CheckResult = culprit.result
    ended = "was stopped at its time limit" if result.exit_code is None else f"failed with exit code {result.exit_code}"
    output = neutralise(result.output).strip()
    said = f"The end of what it printed:\n{output[-_OUTPUT_LIMIT:]}" if output else "It printed nothing."
    return (
        f"The work was merged, and the run's check `{result.command}`, which passed before, {ended} on the merged "
        f"branch. Do the subtask in a way that keeps this check passing. {said}"
    )
