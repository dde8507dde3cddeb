"""What the scheduler is told (stimuli) and what it asks for (commands). Neither is recorded; facts are."""

from dataclasses import dataclass, field

from swarm.core.baseline import BaselineChecked
from swarm.core.events import AttemptStarted, Event, PauseReason
from swarm.core.messages import Verdict
from swarm.core.patch import PlanPatch
from swarm.core.plan import Subtask


@dataclass(frozen=True, slots=True)
class AttemptAccepted:
    """The attempt's hand-in was accepted; its verdict is recorded already."""

    attempt_id: str


@dataclass(frozen=True, slots=True)
class AttemptRejected:
    """The attempt's last allowed hand-in, or its plan, was refused."""

    attempt_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AttemptGaveUp:
    """The agent says that it cannot do it."""

    attempt_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AttemptStuck:
    """The agent goes round in circles, and telling it has not helped; ``reason`` says how, and what it has tried."""

    attempt_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """The attempt broke: out of steps, a broken workspace, a request that the endpoint refuses.

    ``final``: no other attempt would get any further.
    """

    attempt_id: str
    reason: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class BudgetSpent:
    """The attempt's next call does not fit into what the run or its role may use; the attempt stays open."""

    attempt_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AttemptSplit:
    """The agent says that the subtask is too big; ``parts`` are its ideas of smaller ones."""

    attempt_id: str
    reason: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttemptPlanned:
    """A planner's answer; ``notes`` say what is doubtful about it."""

    attempt_id: str
    subtasks: tuple[Subtask, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttemptPatched:
    """A planner's answer to the question how its plan should change."""

    attempt_id: str
    patch: PlanPatch


@dataclass(frozen=True, slots=True)
class ReplanWanted:
    """A person has a reason to change the plan: of the parts of a plan subtask, around a subtask, or as a whole."""

    reason: str
    request_id: str
    subtask_id: str = ""
    driven: bool = True


@dataclass(frozen=True, slots=True)
class ApproveAsked:
    """A person approves of the plan, or of what they made of it, whether a process drives the run or not."""

    subtasks: tuple[Subtask, ...] | None = None
    request_id: str = ""
    driven: bool = True


@dataclass(frozen=True, slots=True)
class MergeDone:
    """The attempt's commit is on the run's branch, which is now at ``head``."""

    attempt_id: str
    head: str


@dataclass(frozen=True, slots=True)
class MergeConflicted:
    """The attempt's commit conflicts with ``head``; ``tree`` holds both sides."""

    attempt_id: str
    head: str
    tree: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergeFailed:
    """The merge could not be carried out at all."""

    attempt_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunCheckDone:
    """The run's own checks ran on ``head``."""

    head: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class StartChecked:
    """The run's own checks ran on the untouched start."""

    checked: BaselineChecked


@dataclass(frozen=True, slots=True)
class HeadCheckDone:
    """Checks of the run ran on ``head``; the verdict holds the result of each."""

    head: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class MergeRemoved:
    """The attempt's change is out of the run's branch, which is now at ``head``."""

    attempt_id: str
    head: str


@dataclass(frozen=True, slots=True)
class RemovalFailed:
    """The attempt's change could not be taken out; the branch is where it was."""

    attempt_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class PauseAsked:
    """Nothing new may start: a signal, a person, an endpoint that is gone, and for which ``role`` it was asked."""

    reason: PauseReason
    message: str
    code: str = ""
    request_id: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Drained:
    """After a pause was asked for: nothing is at work any more."""


@dataclass(frozen=True, slots=True)
class ProbeAnswered:
    """The endpoint of a parked run is back."""


@dataclass(frozen=True, slots=True)
class ProbeFailed:
    """The endpoint of a parked run is not back."""

    message: str
    code: str


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """A person cancels one subtask with all that depends on it, or the whole run, which a process drives or not."""

    subtask_id: str = ""
    request_id: str = ""
    driven: bool = True


@dataclass(frozen=True, slots=True)
class TellAsked:
    """A person has something to say to the agent of one subtask, or to all."""

    text: str
    request_id: str
    subtask_id: str = ""


@dataclass(frozen=True, slots=True)
class RequestRefused:
    """What lay where requests are left cannot be read as one, or comes too late."""

    reason: str
    request_id: str


Stimulus = (
    AttemptAccepted
    | AttemptRejected
    | AttemptGaveUp
    | AttemptStuck
    | AttemptFailed
    | BudgetSpent
    | AttemptSplit
    | AttemptPlanned
    | AttemptPatched
    | MergeDone
    | MergeConflicted
    | MergeFailed
    | RunCheckDone
    | StartChecked
    | HeadCheckDone
    | MergeRemoved
    | RemovalFailed
    | PauseAsked
    | Drained
    | ProbeAnswered
    | ProbeFailed
    | CancelAsked
    | TellAsked
    | ReplanWanted
    | ApproveAsked
    | RequestRefused
)


@dataclass(frozen=True, slots=True)
class RunAttempt:
    """Carry an attempt out from its beginning, or from where the journal says that it stands."""

    started: AttemptStarted


@dataclass(frozen=True, slots=True)
class CancelAttempt:
    """Stop an attempt and everything that it started."""

    attempt_id: str


@dataclass(frozen=True, slots=True)
class MergeAttempt:
    """Merge an accepted commit into the run's branch, which is at ``head``."""

    attempt_id: str
    commit: str
    head: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """Run the run's own checks on ``head``."""

    head: str


@dataclass(frozen=True, slots=True)
class CheckStart:
    """Run the run's own checks on the commit that it starts from."""

    commit: str


@dataclass(frozen=True, slots=True)
class CheckHead:
    """Run some of the run's checks on ``head``, each of them, whether or not one before it fails."""

    head: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveMerge:
    """Take what a merge brought out of the run's branch, which is at ``head``; ``reason`` is the commit's message."""

    attempt_id: str
    merge: str
    head: str
    reason: str


@dataclass(frozen=True, slots=True)
class Drain:
    """Let what is at work come to its next durable point, then report :class:`Drained`."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask the endpoint of a role once, in so many seconds, and report what came of it."""

    wait_s: float
    role: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing is left to do in this process: the run has ended or is paused."""


Command = (
    RunAttempt | CancelAttempt | MergeAttempt | CheckRun | CheckStart | CheckHead | RemoveMerge | Drain | Probe | Stop
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Facts to record and, once they are durable, commands to carry out, both in order."""

    facts: list[Event] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
