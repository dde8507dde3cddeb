"""Does a journal make sense? The fold of its events, with every rule that a sound run keeps looked at.

The journal's own checksums say that an event is what was written; this says that what was written can have happened.
"""

from dataclasses import dataclass

from swarm.core.branch_facts import ChangeRemoved
from swarm.core.compaction import ConversationCompacted, SummaryCalled
from swarm.core.events import (
    AgentNudged,
    AttemptEnded,
    AttemptOpened,
    AttemptStarted,
    Event,
    Integrated,
    ModelCalled,
    ModelDelayed,
    ModelReplied,
    NoteRecorded,
    PlanApproved,
    PlanExtended,
    PlanPatched,
    Recorded,
    ReplanAsked,
    RunCreated,
    RunEnded,
    RunForked,
    RunOpened,
    SubtaskEnded,
    ToolCalled,
    ToolReturned,
    WorkspaceSnapshotted,
    type_name,
)
from swarm.core.node import InvariantBroken
from swarm.core.state import RunState

_STEPS = (
    *(AttemptOpened, ModelCalled, ModelDelayed, ModelReplied, ToolCalled, ToolReturned),
    *(WorkspaceSnapshotted, AgentNudged, SummaryCalled, ConversationCompacted, NoteRecorded),
)
_NEVER_AFTER_THE_END = (
    PlanExtended,
    PlanPatched,
    PlanApproved,
    ReplanAsked,
    AttemptStarted,
    Integrated,
    ChangeRemoved,
    SubtaskEnded,
    RunEnded,
    RunOpened,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with a run.

    Attributes:
        where: ``journal`` (the file), ``facts`` (what it says) or ``repository`` (what git holds).
        seq: the event that it shows at; 0 when it is not one event's.
        problem: what is wrong.
        advice: what to do about it.
    """

    where: str
    seq: int
    problem: str
    advice: str


class Audit:
    """Feed it a run's events in order with :meth:`apply`, then call :meth:`finish`.

    Invariants of the plan are looked at after each transaction that can have changed it: only between two transactions
    can a process have died, so only there must they hold. A transaction's events share their time.

    Attributes:
        state: the fold so far; not to be trusted after a finding.
        last: the last event.
        epoch: the epoch of the last process that drove the run, and ``epoch_seq`` the event that says so.
    """

    def __init__(self) -> None:
        self.state = RunState()
        self.last: Recorded | None = None
        self.epoch = self.epoch_seq = 0
        self._calls: dict[str, int] = {}
        self._replies: dict[str, int] = {}
        self._unchecked = False
        self._broken = False

    def apply(self, recorded: Recorded) -> list[Finding]:
        """Fold the next event and return what is wrong with it, or with the transaction before it."""
        findings = self._close_transaction() if self.last and self.last.at != recorded.at else []
        problems = [*self._order(recorded), *self._meaning(recorded.event)]
        findings += [_finding(recorded.seq, problem) for problem in problems]
        self.last = recorded
        if not self._broken:
            findings += self._fold(recorded)
        return findings

    def finish(self) -> list[Finding]:
        """Return what is wrong with the last transaction."""
        if self.last is None:
            return [_finding(0, "there are no events: the run was never created")]
        return self._close_transaction()

    def _fold(self, recorded: Recorded) -> list[Finding]:
        try:
            self.state.apply(recorded.event, recorded.at)
        except (KeyError, AssertionError, AttributeError) as error:
            self._broken = True
            what = f"speaks of {error} which is not known" if isinstance(error, KeyError) else str(error)
            return [_finding(recorded.seq, f"{type_name(recorded.event)} cannot follow what was before: {what}")]
        self._unchecked = self._unchecked or not isinstance(recorded.event, _STEPS)
        return []

    def _close_transaction(self) -> list[Finding]:
        if self._broken or not self._unchecked:
            return []
        self._unchecked = False
        assert self.last is not None
        try:
            self.state.check()
        except InvariantBroken as error:
            self._broken = True
            return [_finding(self.last.seq, f"the state after it contradicts itself: {error}")]
        return []

    def _order(self, recorded: Recorded) -> list[str]:
        event, problems = recorded.event, []
        before = self.last.seq if self.last else 0
        if recorded.seq != before + 1:
            problems.append(f"event {before + 1} is missing before it")
        if isinstance(event, RunCreated) is not (before == 0):
            problems.append("the first event, and no other, must say that the run was created")
        if isinstance(event, RunOpened):
            if event.epoch <= self.epoch:
                problems.append(f"epoch {event.epoch} is not above {self.epoch}, the one before")
            self.epoch, self.epoch_seq = event.epoch, recorded.seq
        if isinstance(event, RunForked) and event.from_seq != before:
            problems.append(f"it says that it follows event {event.from_seq}, but follows {before}")
        if self.state.ended and isinstance(event, _NEVER_AFTER_THE_END):
            problems.append(f"{type_name(event)} after the run's end")
        return problems

    def _meaning(self, event: Event) -> list[str]:
        match event:
            case ModelCalled():
                self._calls[event.attempt_id] = event.step
            case ModelReplied():
                return self._reply(event)
            case AttemptEnded() if not self._broken and self.state.node_of(event.attempt_id) is None:
                return [f"the attempt {event.attempt_id} ends, but it has not begun or has ended already"]
            case Integrated() if not self._broken and event.previous_head != self.state.head:
                return [f"a merge into {event.previous_head[:12]} while the branch was at {self.state.head[:12]}"]
            case ChangeRemoved() if not self._broken and event.previous_head != self.state.head:
                return [f"a removal from {event.previous_head[:12]} while the branch was at {self.state.head[:12]}"]
            case _:
                pass
        return []

    def _reply(self, event: ModelReplied) -> list[str]:
        asked = self._calls.get(event.attempt_id, 0)
        answered = self._replies.get(event.attempt_id, 0)
        self._replies[event.attempt_id] = event.step
        if event.step <= answered:
            return [f"a second reply to step {event.step} of {event.attempt_id}"]
        if event.step != asked:
            return [f"a reply to step {event.step} of {event.attempt_id}, which was not asked for"]
        return []


def _finding(seq: int, problem: str) -> Finding:
    before = seq - 1
    advice = f"`swarm fork RUN --at {before}` goes on from before it" if before > 0 else "restore a copy of the journal"
    return Finding("facts", seq, problem, advice)
