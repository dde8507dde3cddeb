"""The parts of a run as people see them: statuses, what was spent, attempts, subtasks."""

from dataclasses import dataclass, field
from enum import StrEnum

from swarm.core.accounts import Account
from swarm.core.events import AttemptOutcome, EndpointState, Hedge, Integrated, SubtaskOutcome
from swarm.core.limits import Spent, Usage
from swarm.core.messages import Handoff, ToolCall, Verdict
from swarm.core.plan import Subtask
from swarm.core.wording import brief_call


class RunStatus(StrEnum):
    """What a run is doing, in the words that people read.

    ``PARKED`` waits for its endpoint and goes on by itself.
    """

    RUNNING = "running"
    PAUSED = "paused"
    PARKED = "parked"
    WAITING = "waiting"
    DONE = "done"
    UNVERIFIED = "unverified"
    FAILED = "failed"
    CANCELLED = "cancelled"


class SubtaskStatus(StrEnum):
    """What a subtask is doing, in the words that people read.

    ``SUSPENDED`` waits for the endpoint, ``WAITING`` for a person; ``DELEGATED`` is a plan subtask whose parts are at
    work.
    """

    BLOCKED = "blocked"
    READY = "ready"
    RUNNING = "running"
    SUSPENDED = "suspended"
    WAITING = "waiting"
    VERIFYING = "verifying"
    INTEGRATING = "integrating"
    DELEGATED = "delegated"
    DONE = "done"
    UNVERIFIED = "unverified"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


ENDED_STATUSES = frozenset(SubtaskStatus(outcome.value) for outcome in SubtaskOutcome)
WORKING_STATUSES = (SubtaskStatus.RUNNING, SubtaskStatus.SUSPENDED, SubtaskStatus.VERIFYING)
ENDED_RUN_STATUSES = frozenset({RunStatus.DONE, RunStatus.UNVERIFIED, RunStatus.FAILED, RunStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class EndpointView:
    """An endpoint that is not ready: its state, why, and until when at least it is not asked, in Unix seconds."""

    endpoint: str
    model: str
    state: EndpointState
    reason: str
    code: str
    until: float

    @property
    def name(self) -> str:
        """The endpoint, with the model where only that one is concerned."""
        return f"{self.endpoint} ({self.model})" if self.model else self.endpoint


@dataclass(slots=True)
class AttemptView:
    """One attempt.

    Attributes:
        started_at: wall-clock time in Unix seconds; ``ended_at`` likewise, ``None`` while it runs.
        started_s: the run's driven time when it started. Time in which no process drove the run does not count.
        worked_until_s: the driven time when its work was accepted or it ended; waiting to be merged is not work.
        hedge: why it began beside another one at the same subtask, if it did.
        status: what it does itself until it ends; that of its subtask, unless there are two at work on that.
        model: the name of the model that was asked last.
        endpoint: the name of the endpoint that replied last.
        step: the number of the newest step.
        steps: replies received.
        thinking: the model has been asked and has not answered.
        delay: code of the fault behind the current wait, empty when it does not wait.
    """

    id: str
    subtask_id: str
    number: int
    started_at: float
    started_s: float
    feedback: str = ""
    hedge: Hedge | None = None
    status: SubtaskStatus = SubtaskStatus.RUNNING
    ended_at: float | None = None
    worked_until_s: float | None = None
    outcome: AttemptOutcome | None = None
    reason: str = ""
    model: str = ""
    endpoint: str = ""
    step: int = 0
    thinking: bool = False
    delay: str = ""
    account: Account = field(default_factory=Account)
    handoff: Handoff | None = None
    verdict: Verdict | None = None
    _calls: tuple[ToolCall, ...] = ()
    _call: int = -1

    @property
    def spent(self) -> Spent:
        """What its calls took."""
        return self.account.spent

    @property
    def steps(self) -> int:
        """Steps whose reply has come."""
        return self.spent.calls

    @property
    def last_action(self) -> str:
        """The newest tool call as one short line, or what is waited for when there was none yet."""
        if 0 <= self._call < len(self._calls):
            call = self._calls[self._call]
            return brief_call(call.name, call.arguments)
        return "waits for the model" if self.outcome is None else ""

    @property
    def doing(self) -> str:
        """What it does now, as one short line for people."""
        if self.status is SubtaskStatus.VERIFYING:
            return "its checks run"
        if self.status is SubtaskStatus.INTEGRATING:
            return "waits to be merged"
        if self.delay:
            return f"waits: {self.delay.replace('_', ' ')}"
        return "waits for the model" if self.thinking else self.last_action

    def seconds(self, driven_s: float) -> float:
        """Return how long it has worked, by the run's driven time."""
        return (driven_s if self.worked_until_s is None else self.worked_until_s) - self.started_s


@dataclass(slots=True)
class SubtaskView:
    """One subtask: what it is (``spec``), what it does now, and its attempts in order."""

    spec: Subtask
    parent_id: str
    status: SubtaskStatus
    reason: str = ""
    attempts: list[AttemptView] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    handoff: Handoff | None = None
    verdict: Verdict | None = None
    merge: Integrated | None = None
    waits_for: int = 0

    @property
    def usage(self) -> Usage:
        """Tokens of all attempts."""
        return sum((attempt.spent.usage for attempt in self.attempts), Usage())

    def seconds(self, driven_s: float) -> float:
        """Return the time of all attempts together."""
        return sum(attempt.seconds(driven_s) for attempt in self.attempts)
