"""One subtask as the scheduler keeps it, and the table of states that it walks through."""

from dataclasses import dataclass, field
from enum import StrEnum

from swarm.core.events import AttemptStarted, IntegrationConflicted, SubtaskOutcome
from swarm.core.messages import Handoff, Verdict
from swarm.core.plan import Subtask


class SubtaskState(StrEnum):
    """Where a subtask stands. A delegated one is a plan subtask whose own subtasks are at work."""

    BLOCKED = "blocked"
    READY = "ready"
    RUNNING = "running"
    VERIFYING = "verifying"
    INTEGRATING = "integrating"
    DELEGATED = "delegated"
    DONE = "done"
    UNVERIFIED = "unverified"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


_B, _R, _RUN, _V, _I, _D = (
    SubtaskState.BLOCKED,
    SubtaskState.READY,
    SubtaskState.RUNNING,
    SubtaskState.VERIFYING,
    SubtaskState.INTEGRATING,
    SubtaskState.DELEGATED,
)
ENDS = {outcome: SubtaskState(outcome.value) for outcome in SubtaskOutcome}
"""Where a subtask stands that has ended so."""

ENDED = frozenset(ENDS.values())
ACCEPTED = frozenset({SubtaskState.DONE, SubtaskState.UNVERIFIED})
_UNDONE = frozenset({SubtaskState.FAILED, SubtaskState.CANCELLED})

TRANSITIONS: dict[SubtaskState, frozenset[SubtaskState]] = {
    _B: frozenset({_R, SubtaskState.SKIPPED, SubtaskState.CANCELLED}),
    _R: frozenset({_RUN, _B, SubtaskState.SKIPPED}) | _UNDONE,
    _RUN: frozenset({_V, _R, _D}) | _UNDONE,
    _V: frozenset({_RUN, _I, _R}) | _UNDONE,
    _I: frozenset({_R}) | ACCEPTED | _UNDONE,
    _D: ACCEPTED | _UNDONE,
    SubtaskState.DONE: frozenset({_R, _D}),
    SubtaskState.UNVERIFIED: frozenset({_R, _D}),
}
"""Which state may follow which. What got done is open again only when its change was taken out of the branch."""


FLAG = "plan:"
"""How a concern begins that is meant for the planner."""


class InvariantBroken(AssertionError):
    """The state contradicts itself: a bug in swarm, never a user's mistake."""


@dataclass(slots=True)
class Rival:
    """The other one of two attempts that are at work on a subtask: what a node keeps of its own attempt.

    Attributes:
        started_s: the run's time at work when it started.
        verifying: what it handed in is being checked.
    """

    started: AttemptStarted
    started_s: float
    handins: int = 0
    handoff: Handoff | None = None
    verifying: bool = False

    def handed_in(self, handoff: Handoff) -> None:
        """Take note that it says that it is done."""
        self.handins += 1
        self.handoff = handoff
        self.verifying = True


@dataclass(slots=True)
class Node:
    """One subtask and all that the scheduler keeps of it.

    Attributes:
        attempts: how many there were.
        forgiven: how many of them do not count: a person has helped since, others were faster, it was divided, it was
            a hedge.
        conflicts: how often its work conflicted with what others had merged.
        stuck: how many of those that count ended because their agents were stuck.
        escalated: one of them was a stronger role's.
        held: it is ready, but waits for a person.
        rank: how long the chain of work is that begins with it.
        place: its place among the parts of its plan.
        attempt: the one at work, or accepted; of two at work the one that began first, until the other one is accepted.
        rival: the other one of two.
        hedged: there were two at work on it once.
        started_s: the run's time at work when that attempt started.
        counts: its end tells something of its scope's: that of what a patch has dropped, or made up for, does not.
    """

    subtask: Subtask
    order: int
    parent: str
    depth: int
    state: SubtaskState = SubtaskState.BLOCKED
    waiting_for: int = 0
    dependents: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    open_children: int = 0
    failed_children: int = 0
    unverified_children: int = 0
    counts: bool = True
    attempts: int = 0
    forgiven: int = 0
    conflicts: int = 0
    stuck: int = 0
    escalated: bool = False
    held: bool = False
    attempt: AttemptStarted | None = None
    rival: Rival | None = None
    hedged: bool = False
    handins: int = 0
    handoff: Handoff | None = None
    verdict: Verdict | None = None
    feedback: str = ""
    conflict: IntegrationConflicted | None = None
    rank: float = 0.0
    place: int = 0
    started_s: float = 0.0

    @property
    def tries(self) -> int:
        """Attempts that count; see ``forgiven``."""
        return self.attempts - self.forgiven

    @property
    def open_attempts(self) -> tuple[AttemptStarted, ...]:
        """The attempts that have not ended, what leads last."""
        found = (self.rival.started if self.rival else None, self.attempt)
        return tuple(started for started in found if started)

    def rival_of(self, attempt_id: str) -> Rival | None:
        """Return the rival, if that is what is called so."""
        rival = self.rival
        return rival if rival and rival.started.attempt_id == attempt_id else None

    def exchange(self) -> SubtaskState:
        """Have the rival lead, and what led be the rival; return where the subtask stands by that."""
        rival = self.rival
        assert rival is not None, "there is nobody to lead"
        assert self.attempt is not None, "nobody leads"
        verifying = self.state is SubtaskState.VERIFYING
        self.rival = Rival(self.attempt, self.started_s, self.handins, self.handoff, verifying)
        self.attempt, self.started_s = rival.started, rival.started_s
        self.handins, self.handoff, self.verdict = rival.handins, rival.handoff, None
        return SubtaskState.VERIFYING if rival.verifying else SubtaskState.RUNNING

    def news(self, reason: str) -> str:
        """Return what a planner should know of this subtask's end, whose reason is given; nothing if it went well."""
        if self.state is SubtaskState.FAILED:
            return f"it failed: {reason}"
        return concern_for_planner(self.handoff)


def concern_for_planner(handoff: Handoff | None) -> str:
    """Return the first concern of a handoff that its agent flagged as a fact that changes the plan, if there is one."""
    for concern in handoff.concerns if handoff else ():
        if concern.lower().startswith(FLAG):
            return concern[len(FLAG) :].strip()
    return ""
