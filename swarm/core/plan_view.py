"""The plan of a run as people see it: which subtasks there are, what they wait for, and how each stands."""

from collections.abc import Iterable

from swarm.core.events import PlanExtended, PlanPatched, ReplanAsked, SubtaskHandedBack
from swarm.core.parts import ENDED_STATUSES, WORKING_STATUSES, SubtaskStatus, SubtaskView
from swarm.core.patching import joining, rewired
from swarm.core.plan import Subtask

_DELIVERED = frozenset({SubtaskStatus.DONE, SubtaskStatus.UNVERIFIED})
_WAITING = frozenset({SubtaskStatus.READY, SubtaskStatus.BLOCKED})


class PlanView:
    """The fold of what changes the plan.

    Attributes:
        revision: of the plan.
        subtasks: by id, in the order in which they joined.
        counts: subtasks by status.
        dependents: by subtask, those that wait for it.
        replans: by subtask that changes the plan, the scope that it changes.
    """

    def __init__(self) -> None:
        self.revision = 0
        self.subtasks: dict[str, SubtaskView] = {}
        self.counts: dict[SubtaskStatus, int] = dict.fromkeys(SubtaskStatus, 0)
        self.dependents: dict[str, list[str]] = {}
        self.replans: dict[str, str] = {}

    @property
    def ended_subtasks(self) -> int:
        """Subtasks that are over, whatever came of them."""
        return sum(self.counts[status] for status in ENDED_STATUSES)

    @property
    def subtasks_at_work(self) -> int:
        """Subtasks at work: an agent thinks, acts, waits for the endpoint, or has its work checked."""
        return sum(self.counts[status] for status in WORKING_STATUSES)

    def replanners(self, scope: str) -> list[str]:
        """Return the subtasks that carried out changes of a scope's plan."""
        return [name for name, asked in self.replans.items() if asked == scope]

    def extended(self, event: PlanExtended) -> None:
        """Fold in that subtasks joined."""
        self.revision = event.revision
        self._join(event.subtasks, event.parent_id)

    def _join(self, specs: Iterable[Subtask], parent_id: str) -> None:
        joined = [SubtaskView(spec, parent_id, SubtaskStatus.READY) for spec in specs]
        for view in joined:
            self.subtasks[view.spec.id] = view
            self.counts[SubtaskStatus.READY] += 1
            if parent_id:
                self.subtasks[parent_id].children.append(view.spec.id)
        # Only now are all of them known: a subtask may depend on one that stands after it.
        for view in joined:
            self._connect(view)

    def asked_again(self, event: ReplanAsked) -> None:
        """Fold in that a planner is asked again."""
        self.replans[event.subtask_id] = event.scope_id

    def patched(self, event: PlanPatched) -> None:
        """Fold in that the plan has changed."""
        self.revision = event.revision
        parts = [view for view in self.subtasks.values() if view.parent_id == event.scope_id]
        self._join(joining(event.patch), event.scope_id)
        unended = (view.spec for view in parts if view.status not in ENDED_STATUSES)
        for spec in rewired(event.patch, unended).values():
            view = self.subtasks[spec.id]
            for dependency in view.spec.depends_on:
                waiting = self.dependents.get(dependency, [])
                waiting[:] = [name for name in waiting if name != spec.id]
            view.spec, view.waits_for = spec, 0
            self.set_status(view, SubtaskStatus.READY)
            self._connect(view)

    def _connect(self, view: SubtaskView) -> None:
        for dependency in dict.fromkeys(view.spec.depends_on):
            self.dependents.setdefault(dependency, []).append(view.spec.id)
            view.waits_for += not self._has_delivered(self.subtasks[dependency])
        if view.waits_for:
            self.set_status(view, SubtaskStatus.BLOCKED)

    @staticmethod
    def _has_delivered(view: SubtaskView) -> bool:
        return view.status in _DELIVERED

    def end(self, view: SubtaskView, status: SubtaskStatus) -> None:
        """End a subtask, once; what waited for it may be ready then."""
        if view.status in ENDED_STATUSES:
            return
        self.set_status(view, status)
        if status in _DELIVERED:
            for dependent in self.dependents.get(view.spec.id, ()):
                self.unblock(self.subtasks[dependent])

    def reopen(self, view: SubtaskView, status: SubtaskStatus = SubtaskStatus.READY) -> None:
        """Open a subtask that was done again, with those above it; what has not begun waits for it again."""
        if not self._has_delivered(view):
            return
        self._change(view, status)
        if view.parent_id:
            self.reopen(self.subtasks[view.parent_id], SubtaskStatus.DELEGATED)
        for name in self.dependents.get(view.spec.id, ()):
            dependent = self.subtasks[name]
            dependent.waits_for += 1
            if dependent.status in _WAITING:
                self._change(dependent, SubtaskStatus.BLOCKED)

    def handed_back(self, event: SubtaskHandedBack) -> None:
        """Fold in that a subtask is to be planned."""
        self.subtasks[event.subtask.id].spec = event.subtask

    def unblock(self, view: SubtaskView) -> None:
        """Take one off what a subtask waits for."""
        view.waits_for -= 1
        if not view.waits_for and view.status is SubtaskStatus.BLOCKED:
            self.set_status(view, SubtaskStatus.READY)

    def set_status(self, view: SubtaskView, status: SubtaskStatus) -> None:
        """Move a subtask, unless it has ended."""
        if view.status not in ENDED_STATUSES:
            self._change(view, status)

    def _change(self, view: SubtaskView, status: SubtaskStatus) -> None:
        self.counts[view.status] -= 1
        self.counts[status] += 1
        view.status = status
