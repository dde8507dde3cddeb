"""The scheduler: a pure state machine from what just happened to facts and commands.

``handle`` applies a whole batch of stimuli and then decides once. Every decision is a fact, so a resumed run never
decides again what was decided before. Ready work starts in the order of the critical path: the longest remaining
chain of work first.
"""

from collections.abc import Callable, Iterable
from typing import Any

from swarm.core.budget import due_notices, exceeded_time
from swarm.core.events import (
    AttemptEnded,
    AttemptOutcome,
    AttemptStarted,
    Event,
    Integrated,
    IntegrationConflicted,
    IntegrationStarted,
    NoteRecorded,
    PauseReason,
    PlanExtended,
    Recorded,
    RunChecked,
    RunEnded,
    RunOutcome,
    RunParked,
    RunPaused,
    RunWoken,
    SubtaskEnded,
    SubtaskHandedBack,
    SubtaskOutcome,
    attempt_id,
)
from swarm.core.followups import handed_back, repair_subtask
from swarm.core.parking import Parking, worth_waiting
from swarm.core.plan import Subtask, place_below, validate_graph, with_checks_of
from swarm.core.requests import PersonAsked, why_refused
from swarm.core.state import ACCEPTED, ENDED, Node, RunState, SubtaskState
from swarm.core.steering import CancelRequested, PauseRequested, TellRequested
from swarm.core.stimuli import (
    AttemptAccepted,
    AttemptFailed,
    AttemptGaveUp,
    AttemptPlanned,
    AttemptRejected,
    AttemptSplit,
    BudgetSpent,
    CancelAsked,
    CancelAttempt,
    CheckRun,
    Command,
    Decision,
    Drain,
    Drained,
    MergeAttempt,
    MergeConflicted,
    MergeDone,
    MergeFailed,
    PauseAsked,
    Probe,
    ProbeAnswered,
    ProbeFailed,
    RequestRefused,
    RunAttempt,
    RunCheckDone,
    Stimulus,
    Stop,
    TellAsked,
)
from swarm.errors import LimitReached, PlanError


class Scheduler:
    """Holds a :class:`RunState` and decides what comes next. Time is an argument; nothing here waits.

    Args:
        parking: how the run waits for an endpoint that is gone; without it such a run is paused.
    """

    def __init__(self, parking: Parking | None = None) -> None:
        self.state = RunState()
        self._parking = parking
        self._decision = Decision()
        self._now = 0.0
        self._pause: PauseAsked | None = None
        self._unaffordable: dict[str, str] = {}
        self._merging = False
        self._checking = ""
        self._stopped = False

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
        self._decision = Decision()
        self._now = now
        for stimulus in stimuli:
            _HANDLERS[type(stimulus)](self, stimulus)
        if not self._stopped:
            self._decide()
        return self._decision

    # -- taking in -------------------------------------------------------------------------------------------

    def _emit(self, fact: Event) -> None:
        self.state.apply(fact, self._now)
        self._decision.facts.append(fact)

    def _command(self, command: Command) -> None:
        self._decision.commands.append(command)

    def _accepted(self, stimulus: AttemptAccepted) -> None:
        """Nothing to add: the recorded verdict has put the attempt into the merge queue."""

    def _rejected(self, stimulus: AttemptRejected) -> None:
        self._try_again(stimulus.attempt_id, AttemptOutcome.REJECTED, stimulus.reason)

    def _gave_up(self, stimulus: AttemptGaveUp) -> None:
        self._try_again(stimulus.attempt_id, AttemptOutcome.GAVE_UP, stimulus.reason)

    def _failed(self, stimulus: AttemptFailed) -> None:
        self._try_again(stimulus.attempt_id, AttemptOutcome.FAILED, stimulus.reason, final=stimulus.final)

    def _budget_spent(self, stimulus: BudgetSpent) -> None:
        self._unaffordable[stimulus.attempt_id] = stimulus.reason

    def _try_again(self, attempt: str, outcome: AttemptOutcome, reason: str, *, final: bool = False) -> None:
        node = self.state.node_of(attempt)
        if not node:
            return  # a late result of an attempt that is over
        self._emit(AttemptEnded(attempt, outcome, reason))
        if final or node.attempts >= self.state.limits.max_attempts:
            tries = "1 attempt" if node.attempts == 1 else f"{node.attempts} attempts"
            self._end(node, SubtaskOutcome.FAILED, f"{tries}; the last one: {reason}")

    def _split(self, stimulus: AttemptSplit) -> None:
        node = self.state.node_of(stimulus.attempt_id)
        if not node:
            return
        if node.depth >= self.state.limits.max_depth:
            reason = f"asked to split the subtask, which may not be nested deeper than {self.state.limits.max_depth}"
            self._try_again(stimulus.attempt_id, AttemptOutcome.REJECTED, reason)
            return
        self._emit(AttemptEnded(stimulus.attempt_id, AttemptOutcome.SPLIT, stimulus.reason))
        self._emit(SubtaskHandedBack(handed_back(node.subtask, stimulus), stimulus.attempt_id))

    def _planned(self, stimulus: AttemptPlanned) -> None:
        node = self.state.node_of(stimulus.attempt_id)
        if not node:
            return
        try:
            children = self._admit(node, stimulus.subtasks)
        except PlanError as error:
            self._try_again(stimulus.attempt_id, AttemptOutcome.REJECTED, error.message)
            return
        identifier = node.subtask.id
        self._emit(PlanExtended(self.state.revision + 1, children, identifier, stimulus.attempt_id))
        self._emit(AttemptEnded(stimulus.attempt_id, AttemptOutcome.PLANNED))

    def _admit(self, parent: Node, subtasks: tuple[Subtask, ...]) -> tuple[Subtask, ...]:
        room = self.state.limits.max_subtasks - len(self.state.nodes)
        children = with_checks_of(parent.subtask, place_below(parent.subtask, subtasks))
        validate_graph(children, limits=self.state.limits)
        if len(children) > room:
            raise PlanError(f"{len(children)} subtasks, but the plan has room for {room} more (max_subtasks)")
        if parent.depth + 1 > self.state.limits.max_depth:
            raise PlanError(f"subtasks may not be nested deeper than {self.state.limits.max_depth} (max_depth)")
        for child in children:
            if child.id in self.state.nodes:
                raise PlanError(f"the plan has a subtask {child.id!r} already", subtask=child.id)
        return children

    def _merged(self, stimulus: MergeDone) -> None:
        self._merging = False
        # The branch has moved even when the attempt was cancelled meanwhile.
        self._emit(Integrated(stimulus.attempt_id, self.state.head, stimulus.head))
        node = self.state.node_of(stimulus.attempt_id)
        if node:
            self._accept(node)

    def _accept(self, node: Node) -> None:
        assert node.attempt is not None
        assert node.verdict is not None
        self._emit(AttemptEnded(node.attempt.attempt_id, AttemptOutcome.INTEGRATED))
        outcome = SubtaskOutcome.DONE if node.verdict.verified else SubtaskOutcome.UNVERIFIED
        self._end(node, outcome, "its checks passed" if node.verdict.verified else "it has no checks")

    def _conflicted(self, stimulus: MergeConflicted) -> None:
        self._merging = False
        self._emit(IntegrationConflicted(stimulus.attempt_id, stimulus.head, stimulus.tree, tuple(stimulus.paths)))
        reason = "the work conflicts with what others have merged meanwhile, in: " + ", ".join(stimulus.paths)
        self._try_again(stimulus.attempt_id, AttemptOutcome.CONFLICTED, reason)

    def _merge_failed(self, stimulus: MergeFailed) -> None:
        self._merging = False
        if not self.state.node_of(stimulus.attempt_id):
            self._emit(IntegrationConflicted(stimulus.attempt_id, self.state.head, "", ()))
        self._try_again(stimulus.attempt_id, AttemptOutcome.FAILED, stimulus.reason)

    def _run_checked(self, stimulus: RunCheckDone) -> None:
        self._checking = ""
        self._emit(RunChecked(stimulus.head, stimulus.verdict))

    def _pause_asked(self, stimulus: PauseAsked) -> None:
        if self._is_refused(stimulus):
            return
        if stimulus.request_id:
            self._emit(PauseRequested(stimulus.message, stimulus.request_id))
        if self._pause is None:
            self._pause = stimulus
            self._command(Drain())
        elif self._will_park(self._pause):
            self._pause = stimulus  # whatever else stops the run is the better reason

    def _drained(self, _: Drained) -> None:
        pause = self._pause
        assert pause is not None, "drained without a pause"
        # What the drain cut off is begun again.
        self._merging, self._checking = False, ""
        if self._will_park(pause):
            self._pause = None
            self._park(pause.message, pause.code, probes=0)
        else:
            self._give_up(pause)

    def _give_up(self, pause: PauseAsked) -> None:
        self._emit(RunPaused(pause.reason, pause.message, pause.code))
        self._stop()

    def _will_park(self, pause: PauseAsked) -> bool:
        return self._parking is not None and worth_waiting(pause, self.state.calls)

    def _park(self, message: str, code: str, probes: int) -> None:
        assert self._parking is not None
        wait_s = self._parking.wait_s(probes)
        self._emit(RunParked(message, code, probes, wait_s))
        self._command(Probe(wait_s))

    def _probe_failed(self, stimulus: ProbeFailed) -> None:
        parked, parking = self.state.parked, self._parking
        if parked is None or parking is None or self._pause:
            return
        pause = PauseAsked(PauseReason.ENDPOINT, stimulus.message, stimulus.code)
        if self._will_park(pause) and self._now - self.state.parked_at < parking.at_most_s:
            self._park(stimulus.message, stimulus.code, parked.probes + 1)
        else:
            self._give_up(pause)

    def _probe_answered(self, _: ProbeAnswered) -> None:
        if self.state.parked and not self._pause:
            self._emit(RunWoken(self.state.parked.probes))

    def _cancel_asked(self, stimulus: CancelAsked) -> None:
        if self._is_refused(stimulus):
            return
        identifier = stimulus.subtask_id
        self._emit(CancelRequested(identifier, stimulus.request_id, stimulus.driven))
        if identifier:
            for node in self._family(identifier):
                if node.state not in ENDED:
                    self._cancel_attempt(node)
                    self._end(node, SubtaskOutcome.CANCELLED, BY_PERSON)
        else:
            for node in self.state.nodes.values():
                if node.state not in ENDED:
                    self._cancel_attempt(node)
                    self._emit(SubtaskEnded(node.subtask.id, SubtaskOutcome.CANCELLED, BY_PERSON))

    def _tell_asked(self, stimulus: TellAsked) -> None:
        if not self._is_refused(stimulus):
            self._emit(TellRequested(stimulus.text, stimulus.request_id, stimulus.subtask_id))

    def _request_refused(self, stimulus: RequestRefused) -> None:
        if not self._is_refused(stimulus):
            self._emit(NoteRecorded(stimulus.reason, request_id=stimulus.request_id))

    def _is_refused(self, request: PersonAsked) -> bool:
        """Note why a request cannot be carried out; one that is recorded already is passed over."""
        if self.state.ended or (request.request_id and request.request_id in self.state.requests):
            return True
        reason = why_refused(self.state, request)
        if reason and request.request_id:
            self._emit(NoteRecorded(reason, request_id=request.request_id))
        return bool(reason)

    def _family(self, identifier: str) -> list[Node]:
        """Return a subtask with its children and theirs; the parents first, so that they end as cancelled."""
        family = [self.state.nodes[identifier]]
        names = {identifier}
        for node in self.state.nodes.values():  # parents come before their children
            if node.parent in names:
                family.append(node)
                names.add(node.subtask.id)
        return family

    def _cancel_attempt(self, node: Node) -> None:
        if node.attempt:
            attempt = node.attempt.attempt_id
            self._emit(AttemptEnded(attempt, AttemptOutcome.CANCELLED, BY_PERSON))
            self._command(CancelAttempt(attempt))

    # -- deciding --------------------------------------------------------------------------------------------

    def _decide(self) -> None:
        if self.state.ended:
            self._stop()
            return
        if self._pause:
            return
        exceeded = exceeded_time(self.state)
        if exceeded:
            self._pause_asked(PauseAsked(PauseReason.LIMIT, exceeded, LimitReached.code))
            return
        for notice in due_notices(self.state):
            self._emit(notice)
        self._merge_next()
        if self._is_out_of_budget():
            self._emit(RunPaused(PauseReason.LIMIT, next(iter(self._unaffordable.values())), LimitReached.code))
            self._stop()
            return
        self._start_ready()
        self._dispatch()
        if self.state.unended == 0 and self.state.nodes and not self._merging:
            self._finish()

    def _is_out_of_budget(self) -> bool:
        """Whether all that is still open waits for a call that may not be made, and what was accepted is merged."""
        self._unaffordable = {name: why for name, why in self._unaffordable.items() if self.state.node_of(name)}
        idle = not self._merging and self.state.next_accepted() is None
        return bool(self._unaffordable) and idle and self.state.at_work == len(self._unaffordable)

    def _merge_next(self) -> None:
        if self._merging:
            return
        # A merge that an earlier process began comes first: the branch may have moved already.
        while self.state.merging is None and (node := self.state.next_accepted()):
            assert node.attempt is not None
            assert node.handoff is not None
            if node.handoff.commit:
                self._emit(IntegrationStarted(node.attempt.attempt_id, node.handoff.commit, self.state.head))
            else:
                self._accept(node)  # nothing changed, nothing to merge
        if self.state.merging:
            merging = self.state.merging
            self._merging = True
            self._command(MergeAttempt(merging.attempt_id, merging.commit, merging.head))

    def _start_ready(self) -> None:
        if self.state.parked or self._unaffordable:
            return
        while self.state.at_work < self.state.limits.workers and (node := self.state.next_ready()):
            number = node.attempts + 1
            # A tree with conflict markers is that of one certain head; what was merged since comes with the next merge.
            base = node.conflict.head if node.conflict else self.state.head
            tree = node.conflict.tree if node.conflict else ""
            identifier = attempt_id(node.subtask.id, number)
            self._emit(AttemptStarted(identifier, node.subtask.id, number, base, tree, node.feedback))

    def _dispatch(self) -> None:
        if self.state.parked:
            return
        # Attempts that this process has not set to work yet: just started, or in flight when the last one died.
        for started in self.state.undispatched.values():
            self._command(RunAttempt(started))
        self.state.undispatched.clear()

    def _end(self, node: Node, outcome: SubtaskOutcome, reason: str) -> None:
        """End a subtask and all that follows from it: skipped dependents, a plan subtask that is complete."""
        self._emit(SubtaskEnded(node.subtask.id, outcome, reason))
        if node.state not in ACCEPTED:
            for dependent in self.state.dependents_of(node.subtask.id):
                if dependent.state not in ENDED:
                    self._emit(
                        SubtaskEnded(
                            dependent.subtask.id, SubtaskOutcome.SKIPPED, f"it needs {node.subtask.id}, which {outcome}"
                        )
                    )
                    self._end_parent(dependent)
        self._end_parent(node)

    def _end_parent(self, node: Node) -> None:
        parent = self.state.nodes.get(node.parent)
        if not parent or parent.open_children or parent.state is not SubtaskState.DELEGATED:
            return
        if parent.failed_children:
            self._end(parent, SubtaskOutcome.FAILED, f"{parent.failed_children} of its subtasks did not get done")
        elif parent.unverified_children:
            self._end(parent, SubtaskOutcome.UNVERIFIED, "some of its subtasks have no checks")
        else:
            self._end(parent, SubtaskOutcome.DONE, "all of its subtasks are done")

    def _finish(self) -> None:
        task = self.state.task
        assert task is not None
        states = {node.state for node in self.state.nodes.values()}
        if self.state.cancelled:
            self._end_run(RunOutcome.CANCELLED, BY_PERSON)
            return
        check = self.state.run_check
        if task.checks and (check is None or check.head != self.state.head):
            if self._checking != self.state.head:
                self._checking = self.state.head
                self._command(CheckRun(self.state.head))
            return
        self._conclude(states, check if task.checks else None)

    def _conclude(self, states: set[SubtaskState], check: RunChecked | None) -> None:
        if not states <= ACCEPTED:
            passed = " (the run's checks pass all the same)" if check and check.verdict.accepted else ""
            self._end_run(RunOutcome.FAILED, f"not every subtask got done{passed}")
        elif check and not check.verdict.accepted:
            self._repair(check)
        elif check:
            self._end_run(RunOutcome.DONE, "every subtask got done and the run's checks pass")
        elif SubtaskState.UNVERIFIED in states:
            self._end_run(RunOutcome.UNVERIFIED, "every subtask got done, but some of it was never checked")
        else:
            self._end_run(RunOutcome.DONE, "every subtask got done and its checks pass")

    def _repair(self, check: RunChecked) -> None:
        if self.state.repairs >= self.state.limits.max_repairs:
            self._end_run(RunOutcome.FAILED, f"the run's checks fail on the merged branch: {check.verdict.reason}")
            return
        assert self.state.task is not None
        number = self.state.repairs + 1
        repair = repair_subtask(self.state.task, check.verdict.reason, number, taken=self.state.nodes)
        self._emit(PlanExtended(self.state.revision + 1, (repair,), reason="the run's checks fail"))
        self._start_ready()
        self._dispatch()

    def _end_run(self, outcome: RunOutcome, reason: str) -> None:
        self._emit(RunEnded(outcome, reason, self.state.head))
        self._stop()

    def _stop(self) -> None:
        self._stopped = True
        self._command(Stop())


BY_PERSON = "cancelled by a person"


_HANDLERS: dict[type, Callable[[Scheduler, Any], None]] = {
    AttemptAccepted: Scheduler._accepted,
    AttemptRejected: Scheduler._rejected,
    AttemptGaveUp: Scheduler._gave_up,
    AttemptFailed: Scheduler._failed,
    BudgetSpent: Scheduler._budget_spent,
    AttemptSplit: Scheduler._split,
    AttemptPlanned: Scheduler._planned,
    MergeDone: Scheduler._merged,
    MergeConflicted: Scheduler._conflicted,
    MergeFailed: Scheduler._merge_failed,
    RunCheckDone: Scheduler._run_checked,
    PauseAsked: Scheduler._pause_asked,
    Drained: Scheduler._drained,
    ProbeAnswered: Scheduler._probe_answered,
    ProbeFailed: Scheduler._probe_failed,
    CancelAsked: Scheduler._cancel_asked,
    TellAsked: Scheduler._tell_asked,
    RequestRefused: Scheduler._request_refused,
}
