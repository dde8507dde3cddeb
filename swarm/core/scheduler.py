"""The scheduler: a pure state machine from what just happened to facts and commands.

``handle`` applies a whole batch of stimuli and then decides once. Every decision is a fact, so a resumed run never
decides again what was decided before. Ready work starts in the order of the critical path: the longest remaining
chain of work first.

Its parts, each in a module of its own, write to one :class:`Draft`: ``endings`` (how attempts and subtasks end),
``ladder`` (what helps agents that are stuck), ``hedging`` (second attempts beside slow ones), ``expansion`` and
``replanning`` (how the plan grows and changes), ``merge_queue``, ``branch_checks``, ``pausing``, ``people`` and
``conclusion`` (how a run ends).
"""

from collections.abc import Callable, Iterable
from typing import Any

from swarm.core import expansion, people, replanning
from swarm.core.approval import AWAITING_APPROVAL, UNAPPROVED
from swarm.core.branch_checks import BranchChecks
from swarm.core.budget import due_notices, exceeded_time, is_capped
from swarm.core.conclusion import Conclusion
from swarm.core.draft import Draft
from swarm.core.endings import end_outrun, try_again
from swarm.core.events import (
    AttemptOutcome,
    AttemptStarted,
    Event,
    ModelReplied,
    PauseReason,
    Recorded,
    RunOpened,
    RunPaused,
    attempt_id,
)
from swarm.core.hedging import Hedging
from swarm.core.ladder import stronger_role, stuck, wait_for_person
from swarm.core.limits import Limits
from swarm.core.merge_queue import MergeQueue
from swarm.core.node import Node, SubtaskState
from swarm.core.parking import Parking
from swarm.core.pausing import Pausing
from swarm.core.start_check import StartCheck
from swarm.core.state import RunState
from swarm.core.steering import PauseRequested
from swarm.core.stimuli import (
    ApproveAsked,
    AttemptAccepted,
    AttemptFailed,
    AttemptGaveUp,
    AttemptPatched,
    AttemptPlanned,
    AttemptRejected,
    AttemptSplit,
    AttemptStuck,
    BudgetSpent,
    CancelAsked,
    Decision,
    Drained,
    HeadCheckDone,
    MergeConflicted,
    MergeDone,
    MergeFailed,
    MergeRemoved,
    PauseAsked,
    ProbeAnswered,
    ProbeFailed,
    RemovalFailed,
    ReplanWanted,
    RequestRefused,
    RunAttempt,
    RunCheckDone,
    StartChecked,
    Stimulus,
    TellAsked,
)
from swarm.core.velocity import SpendMeter
from swarm.errors import LimitReached


class Scheduler:
    """Holds a :class:`RunState` and decides what comes next. Time is an argument; nothing here waits.

    Args:
        parking: how the run waits for an endpoint that is gone; without it such a run is paused.

    Attributes:
        state: the fold of all facts so far.
    """

    def __init__(self, parking: Parking | None = None) -> None:
        self._draft = Draft()
        self.state = self._draft.state
        self._merges = MergeQueue(self._draft)
        self._checks = BranchChecks(self._draft)
        self._pausing = Pausing(self._draft, parking)
        self._conclusion = Conclusion(self._draft)
        self._start_check = StartCheck(self._draft, self._pausing)
        self._hedging = Hedging(self._draft)
        self._unaffordable: dict[str, str] = {}
        self._limits: Limits | None = None
        self._capped = False
        self._speed = SpendMeter()

    @classmethod
    def restore(cls, facts: Iterable[Recorded], parking: Parking | None = None) -> "Scheduler":
        """Fold recorded facts; decides nothing. The next :meth:`handle` goes on where they end."""
        scheduler = cls(parking)
        for recorded in facts:
            scheduler.state.apply(recorded.event, recorded.at)
        return scheduler

    def apply(self, event: Event, at: float) -> None:
        """Fold in a fact that somebody else recorded (an agent's step)."""
        self.state.apply(event, at)
        if type(event) is ModelReplied:
            self._speed.replied(event.reply.usage, self.state.time.seconds, self.state.at_work)
        elif type(event) is RunOpened:
            self._speed = SpendMeter(event.task.limits.stuck.spend_factor)

    def check(self) -> None:
        """Assert every invariant of the state. Raises InvariantBroken."""
        self.state.check()

    def handle(self, stimuli: Iterable[Stimulus], now: float) -> Decision:
        """Take in what happened and decide.

        Args:
            stimuli: what happened since the last call, in order; may be empty (time passed, facts were applied).
            now: wall-clock time in Unix seconds.

        Returns:
            Facts, which are folded in already and must be recorded before the commands are carried out.
        """
        self._draft.begin(now)
        for stimulus in stimuli:
            _HANDLERS[type(stimulus)](self, stimulus)
        if self.state.hedged:
            end_outrun(self._draft)
        if not self._draft.stopped:
            self._decide()
        return self._draft.decision

    # -- taking in -------------------------------------------------------------------------------------------

    def _accepted(self, stimulus: AttemptAccepted) -> None:
        """Nothing to add: the recorded verdict has put the attempt into the merge queue."""

    def _rejected(self, stimulus: AttemptRejected) -> None:
        try_again(self._draft, stimulus.attempt_id, AttemptOutcome.REJECTED, stimulus.reason)

    def _gave_up(self, stimulus: AttemptGaveUp) -> None:
        try_again(self._draft, stimulus.attempt_id, AttemptOutcome.GAVE_UP, stimulus.reason)

    def _failed(self, stimulus: AttemptFailed) -> None:
        try_again(self._draft, stimulus.attempt_id, AttemptOutcome.FAILED, stimulus.reason, final=stimulus.final)

    def _budget_spent(self, stimulus: BudgetSpent) -> None:
        self._unaffordable[stimulus.attempt_id] = stimulus.reason

    def _pause_asked(self, stimulus: PauseAsked) -> None:
        if people.is_refused(self._draft, stimulus):
            return
        if stimulus.request_id:
            self._draft.emit(PauseRequested(stimulus.message, stimulus.request_id))
        self._pausing.ask(stimulus)

    def _drained(self, _: Drained) -> None:
        # What the drain cut off is begun again.
        self._merges.interrupted()
        self._checks.interrupted()
        self._conclusion.interrupted()
        self._start_check.interrupted()
        self._pausing.drained()

    def _removed(self, stimulus: MergeRemoved) -> None:
        self._merges.removal_over()
        self._checks.removed(stimulus)

    def _not_removed(self, stimulus: RemovalFailed) -> None:
        self._merges.removal_over()
        self._checks.not_removed(stimulus)

    # -- deciding --------------------------------------------------------------------------------------------

    def _decide(self) -> None:
        if self.state.ended:
            self._draft.stop()
            return
        if self._pausing.asked or self._exceeds_limit():
            return
        watched = self._checks.enabled
        if watched:
            self._checks.look()
        if not self._merges.busy:
            self._merges.merge_next(hold=watched and self._checks.holds_merges)
        if self._is_out_of_budget():
            reason = next(iter(self._unaffordable.values()))
            self._draft.emit(RunPaused(PauseReason.LIMIT, reason, LimitReached.code))
            self._draft.stop()
            return
        if self.state.awaits_approval and self.state.has_plan and self.state.unended and not self.state.replans.open:
            self._draft.emit(RunPaused(PauseReason.PERSON, AWAITING_APPROVAL, UNAPPROVED))
            self._draft.stop()
            return
        self._start()
        if self.state.held and self._merges.idle and not self._checks.busy and wait_for_person(self._draft):
            return
        if self._is_over():
            self._conclusion.conclude()
            self._start()  # a repair, if the run's checks fail

    def _exceeds_limit(self) -> bool:
        """Whether the run has to stop, which begins then; tells of caps that are nearly used up otherwise."""
        limits = self.state.limits
        if limits is not self._limits:  # whether there are caps at all is looked up once, not for each decision
            self._limits, self._capped = limits, is_capped(limits)
        if not self._capped and not self._speed.exceeded:
            return False
        exceeded = exceeded_time(self.state, self._draft.now) or self._speed.exceeded
        if exceeded:
            self._pausing.ask(PauseAsked(PauseReason.LIMIT, exceeded, LimitReached.code))
            return True
        for notice in due_notices(self.state):
            self._draft.emit(notice)
        return False

    def _is_over(self) -> bool:
        """Whether every subtask has ended and nothing goes on that could change that."""
        checking = self._checks.busy and not self.state.cancelled
        return self.state.unended == 0 and bool(self.state.nodes) and not (self._merges.busy or checking)

    def _start(self) -> None:
        self._start_ready()
        self._dispatch()

    def _is_out_of_budget(self) -> bool:
        """Whether all that is still open waits for a call that may not be made, and what was accepted is merged."""
        if not self._unaffordable:
            return False
        self._unaffordable = {name: why for name, why in self._unaffordable.items() if self.state.node_of(name)}
        return bool(self._unaffordable) and self._merges.idle and self.state.at_work == len(self._unaffordable)

    def _start_ready(self) -> None:
        if self.state.parked or self._unaffordable or self._start_check.is_awaited():
            return
        state = self.state
        if state.heads.removing:
            return  # what starts now would start from a change that is just being taken out
        if state.awaits_approval and state.has_plan:
            self._start_replans()
            return
        workers = state.limits.workers
        while state.at_work < workers:
            node = state.next_ready()
            if node is None:
                self._hedging.look()
                return
            self._draft.emit(_attempt_at(node, state))

    def _start_replans(self) -> None:
        """Let planners change a plan that nobody has approved of yet; everybody else waits."""
        for asked in list(self.state.replans.open.values()):
            node = self.state.nodes[asked.subtask_id]
            if node.state is SubtaskState.READY:
                self._draft.emit(_attempt_at(node, self.state))

    def _dispatch(self) -> None:
        if self.state.parked or not self.state.undispatched:
            return
        # Attempts that this process has not set to work yet: just started, or in flight when the last one died.
        for started in self.state.undispatched.values():
            self._draft.command(RunAttempt(started))
        self.state.undispatched.clear()


def _attempt_at(node: Node, state: RunState) -> AttemptStarted:
    number = node.attempts + 1
    # A tree with conflict markers is that of one certain head; what was merged since comes with the next merge.
    base = node.conflict.head if node.conflict else state.head
    tree = node.conflict.tree if node.conflict else ""
    name, role = attempt_id(node.subtask.id, number), stronger_role(state, node)
    return AttemptStarted(name, node.subtask.id, number, base, tree, node.feedback, state.revision, role)


_HANDLERS: dict[type, Callable[[Scheduler, Any], None]] = {
    AttemptAccepted: Scheduler._accepted,
    AttemptRejected: Scheduler._rejected,
    AttemptGaveUp: Scheduler._gave_up,
    AttemptFailed: Scheduler._failed,
    AttemptStuck: lambda scheduler, stimulus: stuck(scheduler._draft, stimulus),
    BudgetSpent: Scheduler._budget_spent,
    AttemptSplit: lambda scheduler, stimulus: expansion.split(scheduler._draft, stimulus),
    AttemptPlanned: lambda scheduler, stimulus: expansion.planned(scheduler._draft, stimulus),
    AttemptPatched: lambda scheduler, stimulus: replanning.patched(scheduler._draft, stimulus),
    MergeDone: lambda scheduler, stimulus: scheduler._merges.merged(stimulus),
    MergeConflicted: lambda scheduler, stimulus: scheduler._merges.conflicted(stimulus),
    MergeFailed: lambda scheduler, stimulus: scheduler._merges.failed(stimulus),
    HeadCheckDone: lambda scheduler, stimulus: scheduler._checks.checked(stimulus),
    MergeRemoved: Scheduler._removed,
    RemovalFailed: Scheduler._not_removed,
    RunCheckDone: lambda scheduler, stimulus: scheduler._conclusion.checked(stimulus),
    StartChecked: lambda scheduler, stimulus: scheduler._start_check.done(stimulus),
    PauseAsked: Scheduler._pause_asked,
    Drained: Scheduler._drained,
    ProbeAnswered: lambda scheduler, _: scheduler._pausing.probe_answered(),
    ProbeFailed: lambda scheduler, stimulus: scheduler._pausing.probe_failed(stimulus),
    CancelAsked: lambda scheduler, stimulus: people.cancel(scheduler._draft, stimulus),
    TellAsked: lambda scheduler, stimulus: people.tell(scheduler._draft, stimulus),
    ApproveAsked: lambda scheduler, stimulus: people.approve(scheduler._draft, stimulus),
    ReplanWanted: lambda scheduler, stimulus: people.replan(scheduler._draft, stimulus),
    RequestRefused: lambda scheduler, stimulus: people.refuse(scheduler._draft, stimulus),
}
