"""Every durable fact of a run. The state of a run is the fold of its events.

Events are plain frozen dataclasses. In the journal an event is its type name (:func:`type_name`), a sequence number, a
wall-clock time and a JSON body. Fields are only ever added, with defaults, so that old journals always load.
"""

import re
from dataclasses import dataclass
from typing import get_args

from swarm.core.approval import PlanApproved as PlanApproved
from swarm.core.baseline import BaselineChecked as BaselineChecked
from swarm.core.branch_facts import ChangeKept, ChangeRemoved, HeadChecked, RemovalStarted
from swarm.core.compaction import ConversationCompacted, SummaryCalled
from swarm.core.hedge import Hedge as Hedge
from swarm.core.hidden import HiddenFilesRecorded as HiddenFilesRecorded
from swarm.core.judging import JudgeStarted as JudgeStarted
from swarm.core.lifecycle import ClockJumped as ClockJumped
from swarm.core.lifecycle import RunForked as RunForked
from swarm.core.lifecycle import RunImported as RunImported
from swarm.core.lifecycle import RunMoved as RunMoved
from swarm.core.lifecycle import RunParked as RunParked
from swarm.core.lifecycle import RunWoken as RunWoken
from swarm.core.limits import Reservation, Spent
from swarm.core.messages import Handoff, Message, Reply, Verdict
from swarm.core.outcomes import AttemptOutcome as AttemptOutcome
from swarm.core.outcomes import EndpointState as EndpointState
from swarm.core.outcomes import PauseReason as PauseReason
from swarm.core.outcomes import RunOutcome as RunOutcome
from swarm.core.outcomes import SubtaskOutcome as SubtaskOutcome
from swarm.core.plan import Subtask
from swarm.core.replans import PatchRefused as PatchRefused
from swarm.core.replans import PlanPatched as PlanPatched
from swarm.core.replans import ReplanAsked as ReplanAsked
from swarm.core.settings import EndpointSettings as EndpointSettings
from swarm.core.settings import RunSettings as RunSettings
from swarm.core.steering import AgentTold, CancelRequested, PauseRequested, TellRequested
from swarm.core.steering import PersonWanted as PersonWanted
from swarm.core.task import Task

FORMAT = 1
"""The version of the journal's format; it grows when a reader of the old format would misread the new one."""


@dataclass(frozen=True, slots=True)
class RunCreated:
    """The run exists. ``base_commit`` is the commit that it starts from, ``branch`` where results go."""

    format: int
    run_id: str
    version: str
    task: Task
    settings: RunSettings
    base_commit: str
    branch: str


@dataclass(frozen=True, slots=True)
class RunOpened:
    """A process took the run over to drive it; ``changes`` lists what differs from before, in words."""

    epoch: int
    host: str
    pid: int
    settings: RunSettings
    task: Task
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunPaused:
    """The run stands still, resumable. ``code`` is the code of the error behind it, if one is."""

    reason: PauseReason
    message: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The run has ended; ``head`` is the last commit of its branch."""

    outcome: RunOutcome
    reason: str
    head: str


@dataclass(frozen=True, slots=True)
class NoteRecorded:
    """Something that a person should know of: a degraded sandbox, a dirty tree. The same ``notice`` is given once."""

    text: str
    subtask_id: str = ""
    request_id: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class PlanExtended:
    """Subtasks joined the plan. ``parent_id`` is the plan subtask that they carry out; empty for a given plan.

    ``attempt_id`` is the planner's attempt; without a parent it is the attempt whose merge they repair.
    """

    revision: int
    subtasks: tuple[Subtask, ...]
    parent_id: str = ""
    attempt_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SubtaskHandedBack:
    """A worker found its subtask too big: it becomes a plan subtask, with the worker's own ideas of its parts."""

    subtask: Subtask
    attempt_id: str

    @property
    def subtask_id(self) -> str:
        """The id of the subtask that it is about."""
        return self.subtask.id


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """An attempt begins.

    Attributes:
        base_commit: head of the run's branch that the workspace starts from.
        tree: the tree to put there instead of the commit's own (a merge with conflict markers), or empty.
        feedback: why the attempt before did not do, for the agent's prompt.
        revision: the plan's revision: a planner's patch is one of that.
        role: the model role that carries it out, where that is not the subtask's own.
        hedge: why it begins although another attempt is at work on the subtask; of the two one counts.
    """

    attempt_id: str
    subtask_id: str
    number: int
    base_commit: str
    tree: str = ""
    feedback: str = ""
    revision: int = 0
    role: str = ""
    hedge: Hedge | None = None


@dataclass(frozen=True, slots=True)
class AttemptOpened:
    """The conversation's opening messages, as sent."""

    attempt_id: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class ModelCalled:
    """A model call is about to be made, the prompt being all that is recorded; it may take what is ``reserved``."""

    attempt_id: str
    step: int
    model: str
    digest: str
    reserved: Reservation | None = None


@dataclass(frozen=True, slots=True)
class ModelFailed:
    """A model call ended without a reply; ``broken`` answers had begun to arrive, so they have cost something."""

    attempt_id: str
    step: int
    code: str
    broken: int = 0


@dataclass(frozen=True, slots=True)
class ModelDelayed:
    """A model call has to wait before the next try: a rate limit or a passing fault."""

    attempt_id: str
    step: int
    code: str
    message: str
    wait_s: float


@dataclass(frozen=True, slots=True)
class EndpointChanged:
    """An endpoint's state changed, as the process that drives the run sees it: for one model, or for all when empty.

    Nothing is sent to it for ``wait_s`` seconds; ``code`` is that of the error behind it, ``reason`` its words.
    """

    endpoint: str
    state: EndpointState
    reason: str = ""
    code: str = ""
    wait_s: float | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class ModelReplied:
    """A complete reply of the endpoint named. ``tries`` counts the requests that it took; times are in seconds.

    ``adopted``: a process received it whole and died before it could record it. It was not asked for again; how long it
    took is not known.

    ``spent`` is what the attempt has spent so far, this reply included: a fold of the whole run can do without the
    replies before. ``None`` stands for what the replies before add up to, and this one.
    """

    attempt_id: str
    step: int
    reply: Reply
    first_token_s: float
    seconds: float
    tries: int = 1
    cost_usd: float | None = None
    adopted: bool = False
    spent: Spent | None = None
    endpoint: str = ""

    def spent_after(self, before: Spent) -> Spent:
        """Return what the attempt has spent with this reply, ``before`` being what it had spent at the one before."""
        return self.spent or before.with_reply(self.reply.usage, self.tries, self.cost_usd)


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A tool call is about to be carried out: the intent. Its arguments stand in the step's reply.

    Calls of tools that only read leave none: whoever finds such a call without a result makes it.

    ``before`` is the digest of the file that it is about to edit, if it edits one: a call that a kill cut off is judged
    by it.
    """

    attempt_id: str
    step: int
    index: int
    name: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class ToolReturned:
    """What the model is told of a tool call; ``failed`` when it was refused or broke.

    ``unusable`` when it was no call at all: cut off, not JSON, or of a tool that does not exist.

    ``full`` is all of it, where the model was told less.
    """

    attempt_id: str
    step: int
    index: int
    content: str
    failed: bool
    seconds: float
    unusable: bool = False
    full: str = ""


@dataclass(frozen=True, slots=True)
class WorkspaceSnapshotted:
    """The files of the workspace after a step, as a git tree."""

    attempt_id: str
    step: int
    tree: str


@dataclass(frozen=True, slots=True)
class AgentNudged:
    """The agent was told something between steps that no tool said: an answer without a call, a format error.

    ``stuck`` says how it is stuck, when it is that which it was told.
    """

    attempt_id: str
    step: int
    content: str
    stuck: str = ""


@dataclass(frozen=True, slots=True)
class AttemptHandedIn:
    """The agent says that it is done. A claim; the verdict follows."""

    attempt_id: str
    step: int
    handoff: Handoff


@dataclass(frozen=True, slots=True)
class VerdictGiven:
    """What the verifier found of a hand-in."""

    attempt_id: str
    step: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class IntegrationStarted:
    """An accepted commit is about to be merged into ``head``: the intent. A resumed run finishes this merge first."""

    attempt_id: str
    commit: str
    head: str


@dataclass(frozen=True, slots=True)
class Integrated:
    """The attempt's commit is on the run's branch; ``head`` is the branch's new head."""

    attempt_id: str
    previous_head: str
    head: str


@dataclass(frozen=True, slots=True)
class IntegrationConflicted:
    """The attempt's commit was not merged into ``head``; ``tree`` holds both sides with conflict markers.

    Without paths nothing conflicted: the merge of an attempt that was cancelled meanwhile failed.
    """

    attempt_id: str
    head: str
    tree: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """The attempt is over, for the reason given; an attempt ends once."""

    attempt_id: str
    outcome: AttemptOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SubtaskEnded:
    """The subtask is over; a subtask ends once."""

    subtask_id: str
    outcome: SubtaskOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunChecked:
    """The run's own checks ran on ``head``."""

    head: str
    verdict: Verdict


Event = (
    RunCreated
    | RunOpened
    | RunPaused
    | RunParked
    | RunWoken
    | RunEnded
    | RunForked
    | RunImported
    | RunMoved
    | CancelRequested
    | PauseRequested
    | TellRequested
    | PersonWanted
    | ClockJumped
    | NoteRecorded
    | PlanExtended
    | SubtaskHandedBack
    | ReplanAsked
    | PlanPatched
    | PatchRefused
    | PlanApproved
    | AttemptStarted
    | AttemptOpened
    | ModelCalled
    | ModelFailed
    | ModelDelayed
    | EndpointChanged
    | ModelReplied
    | ToolCalled
    | ToolReturned
    | WorkspaceSnapshotted
    | AgentNudged
    | SummaryCalled
    | ConversationCompacted
    | AgentTold
    | AttemptHandedIn
    | VerdictGiven
    | IntegrationStarted
    | Integrated
    | IntegrationConflicted
    | HeadChecked
    | RemovalStarted
    | ChangeRemoved
    | ChangeKept
    | AttemptEnded
    | SubtaskEnded
    | RunChecked
    | HiddenFilesRecorded
    | BaselineChecked
    | JudgeStarted
)

EVENT_TYPES: dict[str, type[Event]] = {
    re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower(): kind for kind in get_args(Event)
}
EVENT_NAMES: dict[type, str] = {kind: name for name, kind in EVENT_TYPES.items()}
_BETWEEN_SESSIONS = frozenset({RunOpened, RunForked, RunImported, RunMoved})
TELLING_OF_TIME = _BETWEEN_SESSIONS | {CancelRequested, ClockJumped}
"""Events that say more of the time since the one before than that it has passed: few of all."""


def is_between_sessions(event: Event) -> bool:
    """Whether a fact was recorded while no process drove the run: the time since the fact before does not count."""
    return type(event) in _BETWEEN_SESSIONS or (type(event) is CancelRequested and not event.driven)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the journal keeps it: its sequence number and its wall-clock time in Unix seconds."""

    seq: int
    at: float
    event: Event


def spent_on(reply: Reply, tries: int, cost_usd: float | None) -> Spent:
    """Return what one reply took."""
    return Spent(1, tries, reply.usage, cost_usd or 0.0, unpriced_calls=cost_usd is None)


def type_name(event: Event) -> str:
    """Return the name under which the journal keeps events of this type."""
    return EVENT_NAMES[type(event)]


def attempt_of(event: Event) -> str:
    """Return the id of the attempt that the event belongs to, or an empty string."""
    return getattr(event, "attempt_id", "")


def subtask_of(event: Event) -> str:
    """Return the id of the subtask that the event belongs to, or an empty string."""
    direct: str = getattr(event, "subtask_id", "")
    return direct or subtask_of_attempt(attempt_of(event))


def subtask_of_attempt(attempt_id: str) -> str:
    """Return the id of the subtask that an attempt of this id is at; empty for an empty id."""
    # A judge's conversation is named after what it judges: ``parser@1#12.judge@2``.
    return attempt_id.partition("#")[0].rpartition("@")[0]


def attempt_id(subtask_id: str, number: int) -> str:
    """Return the id of a subtask's n-th attempt, counted from 1."""
    return f"{subtask_id}@{number}"
