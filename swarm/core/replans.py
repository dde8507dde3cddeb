"""Facts of a plan that changes while it is carried out: a planner is asked again, and answers with a patch."""

from dataclasses import dataclass, field
from enum import StrEnum

from swarm.core.patch import PlanPatch


class ReplanCause(StrEnum):
    """Why a planner is asked for another plan."""

    FAILURE = "failure"
    FACTS = "facts"
    CHECKS = "checks"
    STUCK = "stuck"
    PERSON = "person"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class ReplanAsked:
    """A planner is asked to change its plan; the extension of the plan by ``subtask_id``, which does so, follows.

    Attributes:
        subtask_id: the plan subtask whose attempts answer with a patch.
        scope_id: the plan subtask whose parts may change; empty for those that stand below none.
        cause: what kind of reason there is.
        reason: the reason in words.
        about: the subtasks that it is about.
        request_id: the person's request, if one asks.
        driven: whether a process drove the run.
    """

    subtask_id: str
    scope_id: str
    cause: ReplanCause
    reason: str
    about: tuple[str, ...] = ()
    request_id: str = ""
    driven: bool = True


@dataclass(frozen=True, slots=True)
class PlanPatched:
    """The plan has changed. ``patch`` names subtasks as the plan does; what it drops has ended or ends now."""

    revision: int
    scope_id: str
    patch: PlanPatch
    attempt_id: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class PatchRefused:
    """A planner's patch was not taken, for the reason given; it goes back to the planner."""

    attempt_id: str
    step: int
    reason: str


@dataclass(slots=True)
class Replans:
    """The fold of these facts.

    Attributes:
        asked: by the plan subtask that carries it out, every replanning so far.
        open: by scope, the replanning that has not ended.
        counts: by scope, how often its planner was asked again without a person's asking.
        unanswered: by scope, what has happened since the planner of the open replanning was shown the plan: the
            subtasks, and what there is to say of them.
        changed_at: by scope, the revision in which its subtasks were changed last.
    """

    asked: dict[str, ReplanAsked] = field(default_factory=dict)
    open: dict[str, ReplanAsked] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    unanswered: dict[str, dict[str, str]] = field(default_factory=dict)
    changed_at: dict[str, int] = field(default_factory=dict)

    def ask(self, event: ReplanAsked) -> None:
        """Fold a question in."""
        self.asked[event.subtask_id] = self.open[event.scope_id] = event
        if event.cause is not ReplanCause.PERSON:
            self.counts[event.scope_id] = self.counts.get(event.scope_id, 0) + 1

    def show(self, subtask_id: str) -> None:
        """Fold in that an attempt at a subtask starts: a planner sees the plan as it is now."""
        if subtask_id in self.asked:
            self.unanswered.pop(self.asked[subtask_id].scope_id, None)

    def note(self, scope_id: str, subtask_id: str, news: str) -> None:
        """Fold in what happened to a subtask: news to a planner that is at work on its plan already."""
        if scope_id in self.open:
            self.unanswered.setdefault(scope_id, {})[subtask_id] = news

    def close(self, subtask_id: str) -> None:
        """Fold the end of a subtask in: a replanning is over."""
        if subtask_id in self.asked:
            self.open.pop(self.asked[subtask_id].scope_id, None)
