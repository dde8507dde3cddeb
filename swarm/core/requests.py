"""What a person asks of a run while it goes on, from whichever process: to pause, to cancel, to be told something."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from swarm.core.events import (
    PauseReason,
)
from swarm.core.node import ENDED
from swarm.core.patch import PlanPatch
from swarm.core.patching import admit, difference
from swarm.core.plan import ROOT_PLAN_ID, Plan, Subtask
from swarm.core.plan_quality import Surroundings, examine, refuse_errors
from swarm.core.replans import ReplanCause
from swarm.core.scopes import scope_named, scope_of, whole_plan
from swarm.core.state import RunState
from swarm.core.steering import TellRequested
from swarm.core.stimuli import ApproveAsked, CancelAsked, PauseAsked, ReplanWanted, RequestRefused, TellAsked
from swarm.errors import PlanError

TEXT_LIMIT = 4_000
"""The most characters of one message to an agent."""

MAX_TOLD = 64
"""How many messages a run takes: each becomes part of the prompts of all agents that it is meant for."""

_WITH_TEXT = ("tell", "replan")

PAUSED_BY_PERSON = "paused by a person"

PersonAsked = PauseAsked | CancelAsked | TellAsked | ReplanWanted | ApproveAsked | RequestRefused


class Request(BaseModel):
    """One request, as it lies in a run's mailbox.

    Attributes:
        kind: what is asked.
        subtask_id: the subtask that it is about; the whole run when empty.
        text: what the agents or the planner are told.
        plan: the plan that is approved of instead of the run's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["pause", "cancel", "tell", "replan", "approve"]
    subtask_id: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=TEXT_LIMIT)
    plan: Plan | None = None

    @model_validator(mode="after")
    def _fields_fit_the_kind(self) -> Self:
        if self.kind in _WITH_TEXT and not self.text.strip():
            raise ValueError("there is nothing to tell")
        if self.kind not in _WITH_TEXT and self.text:
            raise ValueError(f"a request to {self.kind} has no text")
        if self.kind in ("pause", "approve") and self.subtask_id:
            raise ValueError("only a whole run can be paused or approved of")
        if self.kind != "approve" and self.plan:
            raise ValueError(f"a request to {self.kind} has no plan")
        return self

    def stimulus(self, request_id: str) -> PersonAsked:
        """Return what the scheduler is told of it."""
        match self.kind:
            case "pause":
                return PauseAsked(PauseReason.REQUESTED, PAUSED_BY_PERSON, request_id=request_id)
            case "cancel":
                return CancelAsked(self.subtask_id, request_id)
            case "tell":
                return TellAsked(self.text, request_id, self.subtask_id)
            case "approve":
                return ApproveAsked(self.plan.subtasks if self.plan else None, request_id)
            case "replan":
                return ReplanWanted(self.text, request_id, self.subtask_id)


def why_refused(state: RunState, asked: PersonAsked) -> str:
    """Return why a request cannot be carried out, as a sentence, or an empty string when it can."""
    if isinstance(asked, ApproveAsked):
        return _why_not_approved(state, asked)
    if isinstance(asked, ReplanWanted):
        return _why_not_replanned(state, asked)
    if not isinstance(asked, CancelAsked | TellAsked):
        return ""
    verb = "cancelled" if isinstance(asked, CancelAsked) else "told anything"
    if isinstance(asked, TellAsked) and len(state.told) >= MAX_TOLD:
        return f"nobody can be {verb} any more: this run has taken {MAX_TOLD} messages"
    if not asked.subtask_id:
        return ""
    node = state.nodes.get(asked.subtask_id)
    if node is None:
        return f"{asked.subtask_id!r} cannot be {verb}: the plan has no such subtask"
    if node.state in ENDED:
        return f"{asked.subtask_id!r} cannot be {verb}: it is {node.state} already"
    return ""


def _why_not_approved(state: RunState, asked: ApproveAsked) -> str:
    """Return why a plan cannot be approved of."""
    if not state.awaits_approval:
        return "no plan waits for an approval"
    if not state.has_plan:
        return "there is no plan yet that could be approved of"
    try:
        edited_plan(state, asked.subtasks or ())
        refuse_errors(examine(asked.subtasks or (), _around(state)))
    except PlanError as error:
        return f"the edited plan cannot be used: {error.message}"
    return ""


def _around(state: RunState) -> Surroundings:
    """What a person's plan is looked at against; which programs there are is known to whoever drives the run."""
    assert state.task is not None
    return Surroundings(state.task.instruction, state.task.all_checks, may_nest=state.limits.max_depth > 1, given=True)


def edited_plan(state: RunState, subtasks: tuple[Subtask, ...]) -> PlanPatch:
    """Return the patch that makes a person's plan of the run's, of which nothing has been started.

    Raises:
        PlanError: it cannot be used.
    """
    scope = scope_of(state, whole_plan(state))
    return admit(difference(scope, subtasks), scope, state.limits) if subtasks else PlanPatch()


def _why_not_replanned(state: RunState, asked: ReplanWanted) -> str:
    """Return why a planner cannot be asked to change its plan."""
    node = state.nodes.get(asked.subtask_id)
    if asked.subtask_id and node is None:
        return f"{asked.subtask_id!r} cannot be planned anew: the plan has no such subtask"
    scope = scope_named(state, asked.subtask_id)
    if scope in state.replans.open:
        return "the plan is being changed already: its planner is at work"
    if scope == "" and ROOT_PLAN_ID in state.nodes and not state.nodes[ROOT_PLAN_ID].children:
        return "there is no plan yet that could be changed"
    if sum(each.cause is ReplanCause.PERSON for each in state.replans.asked.values()) >= MAX_TOLD:
        return f"the plan cannot be changed any more: people have asked for that {MAX_TOLD} times"
    return ""


def told_to(state: RunState, subtask_id: str) -> Iterator[TellRequested]:
    """Yield what a person has said to a subtask: to all, to itself, or to a planned subtask that it is a part of."""
    above = set()
    name = state.nodes[subtask_id].parent
    while name:
        above.add(name)
        name = state.nodes[name].parent
    for message in state.told:
        to_parts = message.request_id in state.told_to_parts and message.subtask_id in above
        if message.subtask_id in ("", subtask_id) or to_parts:
            yield message
