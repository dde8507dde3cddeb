"""The queue of accepted commits: which one is merged next, and what follows. One thing at a time moves the branch."""

from swarm.core.draft import Draft
from swarm.core.endings import accept, try_again
from swarm.core.events import AttemptOutcome, Integrated, IntegrationConflicted, IntegrationStarted
from swarm.core.stimuli import MergeAttempt, MergeConflicted, MergeDone, MergeFailed, RemoveMerge

MOST_PATHS = 100
"""How many paths in conflict are named to an agent."""


class MergeQueue:
    """Has accepted commits merged one at a time, the longest chain of work behind them first.

    Attributes:
        busy: whether this process is merging now, or taking a merge out again.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.busy = False

    def interrupted(self) -> None:
        """Take note that a merge was cut off; it is begun again."""
        self.busy = False

    def merged(self, stimulus: MergeDone) -> None:
        """Take a merge that happened."""
        self.busy = False
        state = self._draft.state
        # The branch has moved even when the attempt was cancelled meanwhile.
        self._draft.emit(Integrated(stimulus.attempt_id, state.head, stimulus.head))
        node = state.node_of(stimulus.attempt_id)
        if node:
            accept(self._draft, node)

    def conflicted(self, stimulus: MergeConflicted) -> None:
        """Send work that conflicts back, with both sides."""
        self.busy = False
        self._draft.emit(
            IntegrationConflicted(stimulus.attempt_id, stimulus.head, stimulus.tree, tuple(stimulus.paths))
        )
        try_again(self._draft, stimulus.attempt_id, AttemptOutcome.CONFLICTED, self._conflict_in_words(stimulus))

    def _conflict_in_words(self, stimulus: MergeConflicted) -> str:
        """Say what conflicts, and how to see each side apart: not every conflict leaves markers in a file."""
        shown = stimulus.paths[:MOST_PATHS]
        more = f" and {len(stimulus.paths) - len(shown)} more" if len(shown) < len(stimulus.paths) else ""
        reason = f"the work conflicts with what others have merged meanwhile, in: {', '.join(shown)}{more}"
        node = self._draft.state.node_of(stimulus.attempt_id)
        if node is None or node.handoff is None:
            return reason
        commit = node.handoff.commit
        return (
            f"{reason}\nIt is the commit {commit}. `git diff {commit}...HEAD -- PATH` shows what others have changed "
            f"since it began, `git diff HEAD...{commit} -- PATH` what it changed."
        )

    def failed(self, stimulus: MergeFailed) -> None:
        """Take a merge that could not be carried out."""
        self.busy = False
        state = self._draft.state
        if not state.node_of(stimulus.attempt_id):
            self._draft.emit(IntegrationConflicted(stimulus.attempt_id, state.head, "", ()))
        try_again(self._draft, stimulus.attempt_id, AttemptOutcome.FAILED, stimulus.reason)

    def removal_over(self) -> None:
        """Take note that a merge was taken out, or cannot be."""
        self.busy = False

    def merge_next(self, *, hold: bool = False) -> None:
        """Begin the next merge, if none is on its way and there is one to be made.

        What an earlier process began is finished first, ``hold`` or not: the branch may have moved already.
        """
        if self.busy:
            return
        state = self._draft.state
        if state.heads.removing:
            removing = state.heads.removing
            self.busy = True
            self._draft.command(
                RemoveMerge(removing.attempt_id, removing.merge, removing.head, f"It broke `{removing.check}`.")
            )
            return
        while state.merging is None and not hold and (node := state.next_accepted()):
            assert node.attempt is not None
            assert node.handoff is not None
            if node.handoff.commit:
                self._draft.emit(IntegrationStarted(node.attempt.attempt_id, node.handoff.commit, state.head))
            else:
                accept(self._draft, node)  # nothing changed, nothing to merge
        if state.merging:
            self.busy = True
            self._draft.command(MergeAttempt(state.merging.attempt_id, state.merging.commit, state.merging.head))

    @property
    def idle(self) -> bool:
        """Whether nothing is being merged and nothing waits to be."""
        return not self.busy and self._draft.state.next_accepted() is None
