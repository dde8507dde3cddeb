"""The state of a run, as the scheduler sees it: a fold of the run's events that decides nothing.

``apply`` is the only way to change a :class:`RunState`, live and on resume alike, so what a resumed run knows is what
the killed one knew.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from swarm.core.accounts import TELLING_OF_CALLS, Ledger
from swarm.core.active_time import ActiveTime
from swarm.core.baseline import BaselineChecked, environment_problem
from swarm.core.branch_facts import ChangeRemoved
from swarm.core.checked_heads import TELLING_OF_BRANCH, CheckedHeads
from swarm.core.decisions import Decisions
from swarm.core.events import (
    AttemptEnded,
    AttemptHandedIn,
    AttemptOutcome,
    AttemptStarted,
    Event,
    Integrated,
    IntegrationConflicted,
    IntegrationStarted,
    NoteRecorded,
    PlanApproved,
    PlanExtended,
    PlanPatched,
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
    RunWoken,
    SubtaskEnded,
    SubtaskHandedBack,
    VerdictGiven,
)
from swarm.core.hidden import HiddenFile, HiddenFilesRecorded
from swarm.core.invariants import check_nodes
from swarm.core.limits import Limits, Usage
from swarm.core.node import ACCEPTED, ENDED, ENDS, TRANSITIONS, InvariantBroken, Node, Rival, SubtaskState
from swarm.core.patching import joining, rewired
from swarm.core.plan import Subtask, SubtaskKind
from swarm.core.plan_nodes import PlanNodes
from swarm.core.ready_queue import ReadyQueue
from swarm.core.reopening import reopen
from swarm.core.replans import Replans
from swarm.core.settings import named_roles
from swarm.core.steering import CancelRequested, PauseRequested, PersonWanted, TellRequested
from swarm.core.task import Task


class RunState(PlanNodes):
    """The fold. Reading is free; only :meth:`apply` writes."""

    def __init__(self) -> None:
        super().__init__()
        self.run_id = ""
        self.task: Task | None = None
        self.base_commit = ""
        self.head = ""
        self.revision = 0
        self.replans = Replans()
        self.approved = False
        self.decisions = Decisions()
        self.ledger = Ledger()
        self.noticed: set[str] = set()
        self.time = ActiveTime()
        self.paused: RunPaused | None = None
        self.parked: RunParked | None = None
        self.parked_at = 0.0
        self.ended: RunEnded | None = None
        self.moved: RunMoved | None = None
        self.run_check: RunChecked | None = None
        self.baseline: BaselineChecked | None = None
        self.tried: set[str] = set()
        self.begun = False
        self.hidden: tuple[HiddenFile, ...] = ()
        self.heads = CheckedHeads()
        self.merging: IntegrationStarted | None = None
        self.cancelled = False
        self.roles: frozenset[str] = frozenset()
        self.held: dict[str, PersonWanted] = {}
        self.requests: set[str] = set()
        self.told: list[TellRequested] = []
        self.told_to_parts: set[str] = set()
        self.repairs = 0
        self.hedges = 0
        self.hedged: dict[str, Node] = {}
        self.unended = 0
        self.at_work = 0
        self.undispatched: dict[str, AttemptStarted] = {}
        self.at_work_by: Counter[str] = Counter()
        self.queue = ReadyQueue(self.nodes)

    # -- reading ---------------------------------------------------------------------------------------------

    @property
    def limits(self) -> Limits:
        """The limits that hold now."""
        assert self.task is not None, "the run was never created"
        return self.task.limits

    @property
    def usage(self) -> Usage:
        """Tokens of all model calls."""
        return self.ledger.run.spent.usage

    @property
    def calls(self) -> int:
        """Model calls that were answered."""
        return self.ledger.run.calls_spent

    @property
    def branch_moves(self) -> bool:
        """Whether the branch may be one commit further than :attr:`head`: a merge or a removal has begun."""
        return self.merging is not None or self.heads.removing is not None

    @property
    def awaits_approval(self) -> bool:
        """Whether nothing but the first planner may work, because a person wants to look at the plan first."""
        return self.task is not None and self.task.approve_plan and not self.approved

    def next_ready(self) -> Node | None:
        """Return the ready subtask with the longest chain of work behind it of those that may start, or None."""
        limited = self.limits.roles
        if not limited:
            return self.queue.next_ready()
        return self.queue.next_ready(
            [role for role, own in limited.items() if own.workers and self.at_work_by[role] >= own.workers]
        )

    def next_accepted(self) -> Node | None:
        """Return the accepted, not yet integrated subtask with the longest chain behind it, or None."""
        return self.queue.next_accepted()

    @property
    def active_s(self) -> float:
        """How long the run has been at work, up to the last event, in seconds."""
        return self.time.seconds

    # -- folding ---------------------------------------------------------------------------------------------

    def apply(self, event: Event, at: float) -> None:
        """Fold one event in. ``at`` is its wall-clock time in Unix seconds."""
        # Everything that happens in a run passes here, and most of it says something to one or two of these.
        kind = type(event)
        self.ledger.now_s = now_s = self.time.advance(event, at, parked=self.parked is not None)
        if kind in TELLING_OF_CALLS:
            self.ledger.apply(event, now_s)
        if kind in TELLING_OF_BRANCH:
            self.heads.apply(event, now_s)
        handler = _HANDLERS.get(kind)
        if handler:
            handler(self, event)

    def _run_created(self, event: RunCreated) -> None:
        self.run_id = event.run_id
        self.task = event.task
        self.base_commit = self.head = event.base_commit

    def _run_opened(self, event: RunOpened) -> None:
        self.task = event.task
        self.roles = named_roles(event.settings)
        self.paused = self.parked = None
        if self.baseline and environment_problem(self.baseline.results):
            self.baseline = None  # somebody may have put it right

    def _run_paused(self, event: RunPaused) -> None:
        self.paused = event
        self.parked = None

    def _run_parked(self, event: RunParked) -> None:
        if self.parked is None:
            self.parked_at = self.time.last_at or 0.0
        self.parked = event

    def _run_woken(self, _: RunWoken) -> None:
        self.parked = None
        for node in self.nodes.values():
            if node.state in {SubtaskState.RUNNING, SubtaskState.VERIFYING}:
                self.undispatched.update((started.attempt_id, started) for started in node.open_attempts)

    def _run_ended(self, event: RunEnded) -> None:
        self.ended = event

    def _run_copied(self, event: RunForked | RunImported) -> None:
        assert self.task is not None, "copied before it was created"
        self.run_id = event.run_id
        self.task = self.task.model_copy(update={"repository": event.repository})
        self.moved = None

    def _run_moved(self, event: RunMoved) -> None:
        self.moved = event

    def _run_checked(self, event: RunChecked) -> None:
        self.run_check = event

    def _baseline_checked(self, event: BaselineChecked) -> None:
        if event.whole:
            self.baseline = event
        self.tried.update(result.command for result in event.results)

    def _hidden_recorded(self, event: HiddenFilesRecorded) -> None:
        self.hidden = event.files

    def _plan_extended(self, event: PlanExtended) -> None:
        self.revision = event.revision
        self._join(event.subtasks, event.parent_id)
        if event.parent_id:
            parent = self.nodes[event.parent_id]
            if parent.state is SubtaskState.RUNNING:
                self._move(parent, SubtaskState.DELEGATED)
        elif event.subtasks[0].id not in self.replans.asked:
            self.repairs += self.run_check is not None or bool(event.attempt_id)
        self.queue.joined(self.nodes[event.parent_id] if event.parent_id else None, event.subtasks)
        for subtask in event.subtasks:
            self._unblock(self.nodes[subtask.id])

    def _join(self, subtasks: Iterable[Subtask], parent_id: str) -> None:
        parent = self.nodes[parent_id] if parent_id else None
        joined = []
        for subtask in subtasks:
            node = Node(subtask, len(self.nodes), parent_id, parent.depth + 1 if parent else 0)
            node.counts = subtask.id not in self.replans.asked
            self.nodes[subtask.id] = node
            siblings = parent.children if parent else self.top
            node.place = len(siblings)
            siblings.append(subtask.id)
            joined.append(node)
        for node in joined:
            self.link(node)
        self.unended += len(joined)
        if parent:
            parent.open_children += len(joined)

    def _plan_patched(self, event: PlanPatched) -> None:
        self.revision = self.replans.changed_at[event.scope_id] = event.revision
        unended = [node.subtask for node in self.parts_of(event.scope_id) if node.state not in ENDED]
        self._join(joining(event.patch), event.scope_id)
        changed = rewired(event.patch, unended)
        for subtask in changed.values():
            self._word_anew(self.nodes[subtask.id], subtask)
        for entry in event.patch.drop:
            self.discount(entry.id)
        self.queue.changed()
        for identifier in (*changed, *(subtask.id for subtask in event.patch.add)):
            self._unblock(self.nodes[identifier])
        node = self.node_of(event.attempt_id)
        if node:
            self._move(node, SubtaskState.DELEGATED)

    def _plan_approved(self, event: PlanApproved) -> None:
        self.approved = True
        self.requests.add(event.request_id)

    def _word_anew(self, node: Node, subtask: Subtask) -> None:
        for dependency in node.subtask.depends_on:
            self.nodes[dependency].dependents.remove(subtask.id)
        node.subtask = subtask
        node.waiting_for = 0
        self.link(node)
        if node.state is SubtaskState.READY and node.waiting_for:
            self._move(node, SubtaskState.BLOCKED)
        self.queue.push(node)

    def _unblock(self, node: Node) -> None:
        if node.waiting_for == 0 and node.state is SubtaskState.BLOCKED:
            self._move(node, SubtaskState.READY)

    def _move(self, node: Node, state: SubtaskState) -> None:
        if state is not node.state and state not in TRANSITIONS.get(node.state, _NOTHING):
            raise InvariantBroken(f"{node.subtask.id}: {node.state} cannot become {state}")
        node.state = state
        self.queue.push(node)

    def _handed_back(self, event: SubtaskHandedBack) -> None:
        node = self.nodes[event.subtask.id]
        node.forgiven, node.stuck = node.attempts, 0  # whoever plans it has not tried yet
        self.queue.reworded(node, event.subtask)

    def _attempt_started(self, event: AttemptStarted) -> None:
        node = self.nodes[event.subtask_id]
        self.begun = True
        node.attempts = event.number
        self.undispatched[event.attempt_id] = event
        self._count(event, 1)
        if event.hedge:
            node.rival, node.hedged = Rival(event, self.active_s), True
            node.forgiven += 1  # the two of them are one try
            self.hedges += 1
            self.hedged[event.subtask_id] = node
            return
        node.attempt = event
        node.started_s = self.active_s
        node.escalated = node.escalated or bool(event.role)
        node.handins = 0
        node.handoff = node.verdict = None
        node.feedback = ""
        node.conflict = None
        self._move(node, SubtaskState.RUNNING)
        self.replans.show(event.subtask_id)

    def _handed_in(self, event: AttemptHandedIn) -> None:
        node = self.node_of(event.attempt_id)
        if not node:
            return
        if rival := node.rival_of(event.attempt_id):
            rival.handed_in(event.handoff)
            return
        node.handins += 1
        node.handoff = event.handoff
        self._move(node, SubtaskState.VERIFYING)

    def _verdict_given(self, event: VerdictGiven) -> None:
        node = self.node_of(event.attempt_id)
        if not node or node.subtask.kind is SubtaskKind.PLAN:
            return  # a refused plan goes back to its planner; the attempt's end says what became of it
        if rival := node.rival_of(event.attempt_id):
            if node.state is SubtaskState.INTEGRATING or not event.verdict.accepted:
                rival.verifying = False
                return  # refused, or a moment too late: what was accepted first counts
            self._move(node, node.exchange())
        node.verdict = event.verdict
        if event.verdict.accepted:
            self._move(node, SubtaskState.INTEGRATING)
            self.undispatched.pop(event.attempt_id, None)
            assert node.attempt is not None
            self._count(node.attempt, -1)
            if self.queue.durations.learn(node.subtask, self.active_s - node.started_s, len(self.nodes)):
                self.queue.changed()
        else:
            self._move(node, SubtaskState.RUNNING)

    def _count(self, started: AttemptStarted, sign: int) -> None:
        """An attempt is at work (1), or not any more (-1)."""
        self.at_work += sign
        self.at_work_by[started.role or self.nodes[started.subtask_id].subtask.role] += sign

    def _integration_started(self, event: IntegrationStarted) -> None:
        self.merging = event

    def _integrated(self, event: Integrated) -> None:
        self.head = event.head
        self.merging = None

    def _conflicted(self, event: IntegrationConflicted) -> None:
        self.merging = None
        node = self.node_of(event.attempt_id)
        if node and event.paths:
            node.conflict = event

    def _change_removed(self, event: ChangeRemoved) -> None:
        self.head = event.head
        node = self.nodes[event.attempt_id.rpartition("@")[0]]
        if node.state in ACCEPTED:
            node.feedback = event.reason
            self.unended += reopen(self.nodes, node, SubtaskState.READY, self._move)

    def _cancel_requested(self, event: CancelRequested) -> None:
        self.cancelled = self.cancelled or not event.subtask_id
        self.requests.add(event.request_id)

    def _answered(self, event: PauseRequested | NoteRecorded) -> None:
        self.requests.add(event.request_id)
        if isinstance(event, NoteRecorded) and event.notice:
            self.noticed.add(event.notice)

    def _tell_requested(self, event: TellRequested) -> None:
        self.requests.add(event.request_id)
        self.told.append(event)
        for identifier in [event.subtask_id] if event.subtask_id else list(self.held):
            self._let_go(identifier)
        node = self.nodes.get(event.subtask_id)
        if node and node.state is SubtaskState.DELEGATED:
            self.told_to_parts.add(event.request_id)  # its planner is done; its parts are who there is to tell

    def _person_wanted(self, event: PersonWanted) -> None:
        self.held[event.subtask_id] = event
        self.nodes[event.subtask_id].held = True

    def _let_go(self, identifier: str) -> None:
        """A person has said something to a subtask that waited for that: it begins anew."""
        if self.held.pop(identifier, None):
            node = self.nodes[identifier]
            node.held = node.escalated = False
            node.forgiven, node.stuck = node.attempts, 0
            self._move(node, SubtaskState.READY)

    def _attempt_ended(self, event: AttemptEnded) -> None:
        node = self.node_of(event.attempt_id)
        if not node:
            return
        if self.merging and self.merging.attempt_id == event.attempt_id and event.outcome is AttemptOutcome.FAILED:
            self.merging = None
        self.undispatched.pop(event.attempt_id, None)
        if node.rival:
            self._one_of_two_ended(node, event)
            return
        assert node.attempt is not None
        if node.state is not SubtaskState.INTEGRATING:
            self._count(node.attempt, -1)
        is_hedge, node.attempt = node.attempt.hedge is not None, None
        if event.outcome in (AttemptOutcome.INTEGRATED, AttemptOutcome.PLANNED, AttemptOutcome.CANCELLED):
            return  # the subtask's own end, or the extension of the plan, follows in the same batch
        # A split's reason is part of the plan subtask's instruction.
        node.feedback = "" if event.outcome is AttemptOutcome.SPLIT else event.reason
        node.stuck += event.outcome is AttemptOutcome.STUCK and not is_hedge
        if event.outcome is AttemptOutcome.CONFLICTED:
            node.conflicts += 1
            node.forgiven += node.conflicts <= self.limits.max_conflicts  # no fault of its agent's
        self._move(node, SubtaskState.READY)

    def _one_of_two_ended(self, node: Node, event: AttemptEnded) -> None:
        """The other one goes on by itself, and for the subtask."""
        if not node.rival_of(event.attempt_id):
            node.stuck += event.outcome is AttemptOutcome.STUCK
            self._move(node, node.exchange())
        assert node.rival is not None
        self._count(node.rival.started, -1)
        node.rival = None
        del self.hedged[node.subtask.id]

    def _subtask_ended(self, event: SubtaskEnded) -> None:
        node = self.nodes[event.subtask_id]
        self._move(node, ENDS[event.outcome])
        self.held.pop(event.subtask_id, None)
        self.unended -= 1
        if node.state in ACCEPTED:
            if node.handoff and node.handoff.decisions:
                self.decisions.add(event.subtask_id, node.handoff)
            for name in node.dependents:
                dependent = self.nodes[name]
                dependent.waiting_for -= 1
                self._unblock(dependent)
        self.replans.close(event.subtask_id)
        if node.counts and (news := node.news(event.reason)):
            self.replans.note(node.parent, event.subtask_id, news)
        if node.parent:
            parent = self.nodes[node.parent]
            parent.open_children -= 1
            parent.failed_children += node.counts and node.state not in ACCEPTED
            parent.unverified_children += node.counts and node.state is SubtaskState.UNVERIFIED

    def check(self) -> None:
        """Assert every invariant; tests call it after each step.

        Raises:
            InvariantBroken: the state contradicts itself.
        """
        check_nodes(self.nodes, unended=self.unended, at_work=self.at_work)


_NOTHING: frozenset[SubtaskState] = frozenset()

_HANDLERS: dict[type, Callable[[RunState, Any], None]] = {
    RunCreated: RunState._run_created,
    RunOpened: RunState._run_opened,
    RunPaused: RunState._run_paused,
    RunParked: RunState._run_parked,
    RunWoken: RunState._run_woken,
    RunEnded: RunState._run_ended,
    RunForked: RunState._run_copied,
    RunImported: RunState._run_copied,
    RunMoved: RunState._run_moved,
    RunChecked: RunState._run_checked,
    BaselineChecked: RunState._baseline_checked,
    HiddenFilesRecorded: RunState._hidden_recorded,
    PlanExtended: RunState._plan_extended,
    PlanPatched: RunState._plan_patched,
    PlanApproved: RunState._plan_approved,
    ReplanAsked: lambda state, event: state.replans.ask(event),
    SubtaskHandedBack: RunState._handed_back,
    AttemptStarted: RunState._attempt_started,
    AttemptHandedIn: RunState._handed_in,
    VerdictGiven: RunState._verdict_given,
    CancelRequested: RunState._cancel_requested,
    PauseRequested: RunState._answered,
    NoteRecorded: RunState._answered,
    TellRequested: RunState._tell_requested,
    PersonWanted: RunState._person_wanted,
    IntegrationStarted: RunState._integration_started,
    Integrated: RunState._integrated,
    IntegrationConflicted: RunState._conflicted,
    ChangeRemoved: RunState._change_removed,
    AttemptEnded: RunState._attempt_ended,
    SubtaskEnded: RunState._subtask_ended,
}
