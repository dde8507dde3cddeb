"""The state of a run as people see it: a fold of its events that costs the same for each event.

:class:`RunView` decides nothing; it counts. Whoever shows a run (terminal, report, ``swarm status``) reads it.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Any

from swarm.core.accounts import Ledger
from swarm.core.branch_facts import ChangeRemoved
from swarm.core.checked_heads import CheckedHeads
from swarm.core.doubts import Doubts
from swarm.core.events import (
    AttemptEnded,
    AttemptHandedIn,
    AttemptOutcome,
    AttemptStarted,
    ClockJumped,
    EndpointChanged,
    EndpointState,
    Event,
    Integrated,
    IntegrationConflicted,
    JudgeStarted,
    ModelCalled,
    ModelDelayed,
    ModelReplied,
    NoteRecorded,
    PauseReason,
    PlanApproved,
    PlanExtended,
    PlanPatched,
    Recorded,
    ReplanAsked,
    RunChecked,
    RunCreated,
    RunEnded,
    RunForked,
    RunImported,
    RunMoved,
    RunOpened,
    RunParked,
    RunPaused,
    RunSettings,
    RunWoken,
    SubtaskEnded,
    SubtaskHandedBack,
    ToolCalled,
    VerdictGiven,
    is_between_sessions,
    subtask_of,
)
from swarm.core.limits import Spent
from swarm.core.messages import Verdict
from swarm.core.pairs import Pairs
from swarm.core.parts import (
    ENDED_RUN_STATUSES,
    AttemptView,
    EndpointView,
    RunStatus,
    SubtaskStatus,
)
from swarm.core.plan import SubtaskKind
from swarm.core.plan_view import PlanView
from swarm.core.steering import PersonWanted, TellRequested
from swarm.core.task import Task
from swarm.core.wording import STEPS, Notable, describe, tone_of
from swarm.errors import JournalUnreadable

KEPT_NOTES = 200
KEPT_NOTABLES = 256


class RunView(PlanView):
    """The fold. Feed it events in order with :meth:`apply`; read its attributes, never write them.

    Args:
        ledger: that of somebody who folds the same events, each before this does; by default one of its own.

    Attributes:
        active: attempts that have not ended, by id.
        pairs: two attempts at the same subtask.
        judges: the judges of work, by the ids of their conversations.
        widest: the most attempts that were at work at the same time.
        driven_s: seconds in which a process drove the run.
        sessions: processes that drove the run, one after the other.
        kills: sessions that ended without saying so.
        delays: calls that had to wait before a retry, by code of the fault.
        ledger: what the calls of all attempts, of each role and of each subtask took.
        told: what a person said to the agents.
        verdict: what the run's own checks said last.
        doubts: what weakens the evidence.
        heads: what checks found on the branch while the run went on.
        notables: the newest events that a person should see.
    """

    def __init__(self, ledger: Ledger | None = None) -> None:
        super().__init__()
        self.run_id = ""
        self.version = ""
        self.task: Task | None = None
        self.settings: RunSettings | None = None
        self.status = RunStatus.RUNNING
        self.pause_reason: PauseReason | None = None
        self.reason = ""
        self.branch = ""
        self.base_commit = ""
        self.head = ""
        self.verdict: Verdict | None = None
        self.checked_head = ""
        self.doubts = Doubts()
        self.heads = CheckedHeads()
        self.attempts: dict[str, AttemptView] = {}
        self.active: dict[str, AttemptView] = {}
        self.pairs = Pairs()
        self.judges: dict[str, AttemptView] = {}
        self.ledger = Ledger() if ledger is None else ledger
        self._keeps_ledger = ledger is None
        self.attempt_seconds = 0.0
        self.widest = 0
        self.sessions = 0
        self.kills = 0
        self.delays: Counter[str] = Counter()
        self.notes: deque[tuple[str, str]] = deque(maxlen=KEPT_NOTES)
        self.told: list[TellRequested] = []
        self.notables: deque[Notable] = deque(maxlen=KEPT_NOTABLES)
        self.created_at = 0.0
        self.last_at = 0.0
        self.last_seq = 0
        self.driven_s = 0.0
        self._endpoints: dict[tuple[str, str], EndpointView] = {}
        self._reply_times: deque[float] = deque()

    @property
    def at_work(self) -> int:
        """Attempts at work: their agent thinks, acts, waits for the endpoint, or has its work checked."""
        return self.subtasks_at_work + len(self.pairs)

    @property
    def spent(self) -> Spent:
        """What all model calls took."""
        return self.ledger.run.spent

    @property
    def wasted(self) -> Spent:
        """What ended attempts took whose work did not become part of the result."""
        return self.ledger.wasted

    @property
    def ended(self) -> bool:
        """Whether the run has ended for good."""
        return self.status in ENDED_RUN_STATUSES

    @property
    def simulated(self) -> bool:
        """Whether the replies come from the bundled simulation."""
        return self.settings is not None and self.settings.simulated

    def agent_seconds(self, driven_s: float) -> float:
        """Return the time of all attempts together, those that run included."""
        return self.attempt_seconds + sum(attempt.seconds(driven_s) for attempt in self.active.values())

    def driven_at(self, now: float) -> float:
        """Return the driven time at a moment after the last event; only a run that is driven moves on."""
        if self.status is not RunStatus.RUNNING:
            return self.driven_s
        return self.driven_s + max(0.0, now - self.last_at)

    def calls_per_minute(self, now: float) -> int:
        """Return how many replies came in the minute before ``now``."""
        return sum(1 for at in self._reply_times if at > now - 60)

    def troubled_endpoints(self, now: float) -> list[EndpointView]:
        """Return the endpoints that are not ready at a moment; a pause that was asked for ends by itself."""
        return [
            view for view in self._endpoints.values() if view.state is not EndpointState.THROTTLED or view.until > now
        ]

    def attempts_by_endpoint(self) -> Counter[str]:
        """Return how many attempts had their last reply from which endpoint."""
        return Counter(attempt.endpoint for attempt in self.attempts.values() if attempt.endpoint)

    def suspended_until(self, now: float) -> float | None:
        """Return when the last endpoint that asked for a pause takes calls again, in Unix seconds; or None."""
        troubled = self.troubled_endpoints(now)
        return max((view.until for view in troubled if view.state is EndpointState.THROTTLED), default=None)

    def apply(self, recorded: Recorded) -> None:
        """Fold one event, the next in order.

        Raises:
            JournalUnreadable: the event speaks of a subtask or attempt that no event before it introduced.
        """
        event, kind = recorded.event, type(recorded.event)
        if self.status is not RunStatus.PARKED and kind is not RunCreated and not is_between_sessions(event):
            passed_s = (event.before if isinstance(event, ClockJumped) else recorded.at) - self.last_at
            if passed_s > 0:
                self.driven_s += passed_s
        self.last_at = recorded.at
        self.last_seq = recorded.seq
        handler = _HANDLERS.get(kind)
        is_step = kind in STEPS  # nearly all events are, and say nothing to most folds
        try:
            if self._keeps_ledger:
                self.ledger.apply(event)
            if not is_step:
                self.doubts.apply(event)
                self.heads.apply(event)
            if handler is not None:
                handler(self, event)
        except KeyError as error:
            raise JournalUnreadable(f"event {recorded.seq} speaks of {error.args[0]!r}, which is not known") from error
        if not is_step:
            self._notice(recorded)

    def _notice(self, recorded: Recorded) -> None:
        tone = tone_of(recorded.event)
        if tone is None or (isinstance(recorded.event, RunOpened) and self.sessions == 1):
            return
        about = subtask_of(recorded.event)
        text = describe(recorded.event)
        self.notables.append(Notable(recorded.seq, recorded.at, tone, f"{about}: {text}" if about else text))

    def _created(self, event: RunCreated) -> None:
        self.run_id = event.run_id
        self.version = event.version
        self.task = event.task
        self.settings = event.settings
        self.branch = event.branch
        self.base_commit = self.head = event.base_commit
        self.created_at = self.last_at

    def _opened(self, event: RunOpened) -> None:
        if self.sessions and self.status in {RunStatus.RUNNING, RunStatus.PARKED}:
            self.kills += 1
        self.sessions += 1
        self.task = event.task
        self.settings = event.settings
        self.status = RunStatus.RUNNING
        self.pause_reason = None
        self.reason = ""
        # Waits and what is known of endpoints belong to the process that waited.
        self._endpoints.clear()
        for attempt in self.active.values():
            if attempt.delay:
                self._resume(attempt)

    def _paused(self, event: RunPaused) -> None:
        self.status = RunStatus.WAITING if event.reason is PauseReason.PERSON else RunStatus.PAUSED
        self.pause_reason = event.reason
        self.reason = event.message

    def _approved(self, _: PlanApproved) -> None:
        if self.status is RunStatus.WAITING:
            self._stand_still("the plan is approved of")

    def _parked(self, event: RunParked) -> None:
        self.status = RunStatus.PARKED
        self.reason = f"{event.message}; the endpoint is asked again every {event.next_probe_s:.0f} s"

    def _woken(self, _: RunWoken) -> None:
        self.status = RunStatus.RUNNING
        self.reason = ""
        for attempt in self.active.values():
            if attempt.delay:
                self._resume(attempt)

    def _ended(self, event: RunEnded) -> None:
        self.status = RunStatus(event.outcome.value)
        self.reason = event.reason
        self.head = event.head

    def _forked(self, event: RunForked) -> None:
        self._copied(event, f"forked from {event.from_run_id} at event {event.from_seq}")

    def _imported(self, event: RunImported) -> None:
        self._copied(event, f"imported from {event.from_host}")

    def _copied(self, event: RunForked | RunImported, reason: str) -> None:
        assert self.task is not None, "copied before it was created"
        self.run_id = event.run_id
        self.branch = event.branch
        self.task = self.task.model_copy(update={"repository": event.repository})
        self._stand_still(reason)

    def _moved(self, event: RunMoved) -> None:
        self._stand_still(f"moved to {event.archive}")

    def _stand_still(self, reason: str) -> None:
        if not self.ended:
            self.status = RunStatus.PAUSED
            self.pause_reason = None
            self.reason = reason

    def _clock_jumped(self, _: ClockJumped) -> None:
        self._reply_times.clear()

    def _noted(self, event: NoteRecorded) -> None:
        self.notes.append((event.subtask_id, event.text))

    def _told(self, event: TellRequested) -> None:
        self.told.append(event)
        if self.counts[SubtaskStatus.WAITING]:
            for view in [self.subtasks[event.subtask_id]] if event.subtask_id else self.subtasks.values():
                if view.status is SubtaskStatus.WAITING:
                    self.set_status(view, SubtaskStatus.READY)

    def _person_wanted(self, event: PersonWanted) -> None:
        self.set_status(self.subtasks[event.subtask_id], SubtaskStatus.WAITING)

    def _started(self, event: AttemptStarted) -> None:
        subtask = self.subtasks[event.subtask_id]
        attempt = AttemptView(
            event.attempt_id, event.subtask_id, event.number, self.last_at, self.driven_s, event.feedback, event.hedge
        )
        attempt.account = self.ledger.accounts[attempt.id]
        if event.hedge:
            self.pairs.begin(self.attempts[event.hedge.straggler], attempt)
        subtask.attempts.append(attempt)
        self.attempts[attempt.id] = attempt
        self.active[attempt.id] = attempt
        self._move(attempt, SubtaskStatus.RUNNING)
        self.widest = max(self.widest, self.at_work)

    def _judge_started(self, event: JudgeStarted) -> None:
        judge = AttemptView(event.attempt_id, event.subtask_id, event.number, self.last_at, self.driven_s)
        judge.account = self.ledger.accounts[judge.id]
        self.judges[judge.id] = judge

    def _asking(self, event: ModelCalled | ModelDelayed | ModelReplied) -> AttemptView:
        return self.judges.get(event.attempt_id) or self.attempts[event.attempt_id]

    def _called(self, event: ModelCalled) -> None:
        attempt = self._asking(event)
        attempt.model = event.model
        attempt.step = event.step
        attempt.thinking = True

    def _delayed(self, event: ModelDelayed) -> None:
        attempt = self._asking(event)
        attempt.delay = event.code
        self.delays[event.code] += 1
        self._move(attempt, SubtaskStatus.SUSPENDED)

    def _endpoint_changed(self, event: EndpointChanged) -> None:
        key = (event.endpoint, event.model)
        self._endpoints.pop(key, None)
        if event.state is not EndpointState.READY:
            until = self.last_at + (event.wait_s or 0.0)
            self._endpoints[key] = EndpointView(*key, event.state, event.reason, event.code, until)

    def _replied(self, event: ModelReplied) -> None:
        attempt = self._asking(event)
        attempt.endpoint = event.endpoint or attempt.endpoint
        attempt._calls = event.reply.tool_calls
        attempt._call = -1
        attempt.thinking = False
        self._reply_times.append(self.last_at)
        while self._reply_times[0] < self.last_at - 60:
            self._reply_times.popleft()
        self._resume(attempt)

    def _resume(self, attempt: AttemptView) -> None:
        attempt.delay = ""
        self._move(attempt, SubtaskStatus.RUNNING)

    def _tool_called(self, event: ToolCalled) -> None:
        self.attempts[event.attempt_id]._call = event.index

    def _handed_in(self, event: AttemptHandedIn) -> None:
        attempt = self.attempts[event.attempt_id]
        attempt.handoff = event.handoff
        if not self.pairs.is_late(attempt):
            self.subtasks[attempt.subtask_id].handoff = event.handoff
        self._move(attempt, SubtaskStatus.VERIFYING)

    def _judged(self, event: VerdictGiven) -> None:
        attempt = self.attempts[event.attempt_id]
        attempt.verdict = event.verdict
        subtask = self.subtasks[attempt.subtask_id]
        if subtask.spec.kind is not SubtaskKind.PLAN and not self.pairs.is_late(attempt):
            subtask.verdict, subtask.handoff = event.verdict, attempt.handoff or subtask.handoff
        if event.verdict.accepted:
            attempt.worked_until_s = self.driven_s
        self._move(attempt, SubtaskStatus.INTEGRATING if event.verdict.accepted else SubtaskStatus.RUNNING)

    def _integrated(self, event: Integrated) -> None:
        self.head = event.head
        self.subtasks[self.attempts[event.attempt_id].subtask_id].merge = event

    def _removed(self, event: ChangeRemoved) -> None:
        self.head = event.head
        subtask = self.subtasks[subtask_of(event)]
        subtask.reason = f"its work was merged and taken out again: it broke `{event.check}`"
        self.reopen(subtask)

    def _conflicted(self, event: IntegrationConflicted) -> None:
        attempt = self.attempts[event.attempt_id]
        attempt.reason = f"conflict in {', '.join(event.paths[:10])}"

    def _attempt_ended(self, event: AttemptEnded) -> None:
        attempt = self.attempts[event.attempt_id]
        if self.active.pop(attempt.id, None) is None:
            return
        attempt.outcome = event.outcome
        attempt.reason = event.reason or attempt.reason
        attempt.delay = ""
        attempt.status = SubtaskStatus.RUNNING  # means nothing any more: a condensed history has not all that it did
        attempt.thinking = False
        attempt.ended_at = self.last_at
        if attempt.worked_until_s is None:
            attempt.worked_until_s = self.driven_s
        self.attempt_seconds += attempt.seconds(self.driven_s)
        subtask = self.subtasks[attempt.subtask_id]
        other = self.pairs.end(attempt)
        self.set_status(subtask, other.status if other else _AFTER_ATTEMPT.get(event.outcome, SubtaskStatus.READY))

    def _subtask_ended(self, event: SubtaskEnded) -> None:
        subtask = self.subtasks[event.subtask_id]
        subtask.reason = event.reason
        self.end(subtask, SubtaskStatus(event.outcome.value))

    def _run_checked(self, event: RunChecked) -> None:
        self.verdict = event.verdict
        self.checked_head = event.head

    def _move(self, attempt: AttemptView, status: SubtaskStatus) -> None:
        """Move the attempt's subtask, unless the attempt has ended and speaks for it no longer."""
        if attempt.id in self.active:
            attempt.status = status
            self.set_status(self.subtasks[attempt.subtask_id], self.pairs.furthest(attempt))


_AFTER_ATTEMPT = {
    AttemptOutcome.INTEGRATED: SubtaskStatus.INTEGRATING,
    AttemptOutcome.PLANNED: SubtaskStatus.DELEGATED,
}

_HANDLERS: dict[type[Event], Callable[[RunView, Any], None]] = {
    RunCreated: RunView._created,
    RunOpened: RunView._opened,
    RunPaused: RunView._paused,
    RunParked: RunView._parked,
    PlanApproved: RunView._approved,
    RunWoken: RunView._woken,
    RunEnded: RunView._ended,
    RunForked: RunView._forked,
    RunImported: RunView._imported,
    RunMoved: RunView._moved,
    ClockJumped: RunView._clock_jumped,
    NoteRecorded: RunView._noted,
    TellRequested: RunView._told,
    PersonWanted: RunView._person_wanted,
    PlanExtended: RunView.extended,
    PlanPatched: RunView.patched,
    ReplanAsked: RunView.asked_again,
    SubtaskHandedBack: RunView.handed_back,
    AttemptStarted: RunView._started,
    JudgeStarted: RunView._judge_started,
    ModelCalled: RunView._called,
    ModelDelayed: RunView._delayed,
    EndpointChanged: RunView._endpoint_changed,
    ModelReplied: RunView._replied,
    ToolCalled: RunView._tool_called,
    AttemptHandedIn: RunView._handed_in,
    VerdictGiven: RunView._judged,
    Integrated: RunView._integrated,
    IntegrationConflicted: RunView._conflicted,
    ChangeRemoved: RunView._removed,
    AttemptEnded: RunView._attempt_ended,
    SubtaskEnded: RunView._subtask_ended,
    RunChecked: RunView._run_checked,
}


def restored(events: Iterable[Recorded]) -> RunView:
    """Return the view of all events, in order."""
    view = RunView()
    for recorded in events:
        view.apply(recorded)
    return view
