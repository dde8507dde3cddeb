"""The planner: an attempt at a plan subtask, or at changing a plan; the validator's words go back for repairs."""

import contextlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from swarm.conversation import Conversation
from swarm.core.events import AgentNudged, AttemptOpened, Event, PatchRefused, ToolReturned, VerdictGiven
from swarm.core.messages import Message, Reply, Verdict
from swarm.core.patch import PlanPatch, patch_schema
from swarm.core.plan import (
    ROOT_PLAN_ID,
    Plan,
    Subtask,
    SubtaskKind,
    checked_too_early,
    without_checks,
)
from swarm.core.plan_quality import QualityFinding, Surroundings, errors, examine, in_notes, in_words
from swarm.core.plan_schema import answer_schema
from swarm.core.planning_prompts import DOUBTS, patch_refused, plan_refused
from swarm.core.sequence import in_sequence
from swarm.core.settings import WORKER
from swarm.core.stimuli import AttemptFailed, AttemptPatched, AttemptPlanned, AttemptRejected, Stimulus
from swarm.errors import PlanError
from swarm.protocols import JsonSchema

MAX_REPAIRS = 2
SOURCE = "the planner's answer"

LONGEST_ANSWER = 200_000
"""A refused answer of more characters is not sent back to be mended: reading it again costs too much."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a conversation with a planner is.

    Attributes:
        last: no other answer is going to be asked for.
        doubted: the planner was told what is doubtful about its answer, and may insist on it.
    """

    last: bool
    doubted: bool


class Question(Protocol):
    """What a planner is asked for."""

    @property
    def noun(self) -> str:
        """What the answer is called."""
        ...

    def schema(self) -> JsonSchema:
        """Return the JSON Schema of the answer."""
        ...

    def read(self, attempt_id: str, reply: Reply, stage: Stage) -> Stimulus:
        """Return what the scheduler is told of an answer.

        Args:
            attempt_id: the attempt.
            reply: the answer.
            stage: how far the conversation is.

        Raises:
            PlanError: the answer cannot be used; the message is meant for the model.
        """
        ...

    def refusal(self, attempt_id: str, step: int, reason: str) -> Event:
        """Return the fact that an answer cannot be used."""
        ...

    def refused(self, reason: str) -> str:
        """Return what the planner is told of an answer that cannot be used."""
        ...


class Planner:
    """Carries out one attempt: a question, and up to two repairs."""

    def __init__(self, attempt_id: str, *, conversation: Conversation, question: Question) -> None:
        self._attempt_id = attempt_id
        self._conversation = conversation
        self._question = question

    async def run(self, opening: tuple[Message, ...]) -> Stimulus:
        """Ask until the answer is of use, and return it.

        Raises:
            EndpointError: no reply was to be had; the attempt stays open.
        """
        transcript, noun = self._conversation.transcript, self._question.noun
        if not transcript.opened:
            self._conversation.note(AttemptOpened(self._attempt_id, opening))
        last = transcript.reply or transcript.last_reply
        reason = ""
        while True:
            if last is not None and last.finish_reason == "length":
                await self._conversation.commit()
                return AttemptFailed(self._attempt_id, f"the {noun} was cut off at the model's length limit")
            if last is not None:
                repeats = self._repeats(last)
                try:
                    stage = Stage(last=transcript.step > MAX_REPAIRS or repeats, doubted=self._doubted())
                    return self._question.read(self._attempt_id, last, stage)
                except PlanError as error:
                    reason = error.message
                self._refuse(last, reason)
                if stage.last or len(_said(last)) > LONGEST_ANSWER:
                    await self._conversation.commit()
                    doubted = self._only_doubted()
                    if doubted is not None:
                        return doubted
                    answers = f"{transcript.step} answer{'' if transcript.step == 1 else 's'}"
                    again = ", the last two alike" if repeats else ""
                    return AttemptRejected(self._attempt_id, f"no usable {noun} in {answers}{again}: {reason}")
            last = await self._conversation.ask(schema=self._question.schema())

    def _only_doubted(self) -> Stimulus | None:
        """Return the newest answer that nothing but doubts spoke against: better than none, where none came after."""
        if not self._doubted():
            return None
        for message in reversed(self._conversation.transcript.messages):
            if message.reply is not None:
                with contextlib.suppress(PlanError):
                    return self._question.read(self._attempt_id, message.reply, Stage(last=False, doubted=True))
        return None

    def _doubted(self) -> bool:
        """Whether the planner was told before what is doubtful about its answer."""
        return any(DOUBTS in message.content for message in self._conversation.transcript.messages)

    def _repeats(self, reply: Reply) -> bool:
        """Whether an answer is word for word the one that was refused just before: more of them would be, too."""
        answers = [message.reply for message in self._conversation.transcript.messages if message.reply is not None]
        before = [each for each in answers if each is not reply]
        return bool(before) and _said(before[-1]) == _said(reply)

    def _refuse(self, reply: Reply, reason: str) -> None:
        step = self._conversation.transcript.step
        self._conversation.note(self._question.refusal(self._attempt_id, step, reason))
        words = self._question.refused(reason)
        if not reply.tool_calls:
            self._conversation.note(AgentNudged(self._attempt_id, step, words))
        for index in range(len(reply.tool_calls)):
            self._conversation.note(ToolReturned(self._attempt_id, step, index, words, failed=True, seconds=0.0))


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    """A plan is asked for.

    Attributes:
        room: how many subtasks it may have.
        surroundings: what it is looked at against.
        roles: who may carry out its work, the usual one first.
        has_judges: whether the run has a model of its own for judges.
    """

    room: int
    surroundings: Surroundings
    roles: tuple[str, ...] = (WORKER,)
    has_judges: bool = False
    noun: str = "plan"

    def schema(self) -> JsonSchema:
        """Return the JSON Schema of a plan."""
        return answer_schema(may_nest=self.surroundings.may_nest, room=self.room, roles=self.roles)

    def read(self, attempt_id: str, reply: Reply, stage: Stage) -> Stimulus:
        """Return the subtasks of an answer. Raises PlanError."""
        answered = read_plan(reply, room=self.room)
        subtasks = with_roles(answered, self.roles, insisted=stage.last)
        if not self.has_judges:
            subtasks = decided_by_commands(subtasks)
        stood_in = _stood_in(answered, self.roles)
        goal_checks = self.surroundings.goal_checks
        early = checked_too_early(subtasks, goal_checks)
        if early and not stage.last:
            raise PlanError(
                f"the checks of {', '.join(early[:20])} are those of the whole goal, which cannot pass while other "
                "subtasks are still at work; check only the subtask's own files, or give it no checks",
                subtask=early[0],
            )
        # A planner that will not see it loses these checks: the run's own checks judge the result in the end.
        subtasks = without_checks(subtasks, early, goal_checks)
        if stage.last:  # likewise, what would change the same files at the same time is put in a row
            subtasks = in_sequence(subtasks)
        findings = examine(subtasks, self.surroundings)
        wrong = errors(findings)
        if wrong or (findings and not (stage.doubted or stage.last)):
            raise PlanError(_objection(wrong, findings, stage))
        return AttemptPlanned(attempt_id, subtasks, (*in_notes(findings), *stood_in))

    def refusal(self, attempt_id: str, step: int, reason: str) -> Event:
        """Return the fact that a plan cannot be used."""
        return VerdictGiven(attempt_id, step, Verdict(accepted=False, verified=False, reason=reason))

    def refused(self, reason: str) -> str:
        """Return what the planner is told of a plan that cannot be used."""
        return plan_refused(reason)


@dataclass(frozen=True, slots=True)
class PatchQuestion:
    """A patch of a plan is asked for.

    Attributes:
        revision: the revision of the plan that the planner was shown.
        room: how many subtasks may join.
        may_nest: whether subtasks may be plans themselves.
        roles: who may carry out work, the usual one first.
        admit: raises PlanError where the patch does not fit the plan as it is now.
        doubt: returns what is doubtful about a patch, in words for its planner.
        has_judges: whether the run has a model of its own for judges.
    """

    revision: int
    room: int
    may_nest: bool
    admit: Callable[[PlanPatch], object]
    doubt: Callable[[PlanPatch], str] = lambda _: ""
    roles: tuple[str, ...] = (WORKER,)
    has_judges: bool = False
    noun: str = "patch"

    def schema(self) -> JsonSchema:
        """Return the JSON Schema of a patch."""
        return patch_schema(may_nest=self.may_nest, room=self.room, roles=self.roles)

    def read(self, attempt_id: str, reply: Reply, stage: Stage) -> Stimulus:
        """Return the patch of an answer. Raises PlanError."""
        patch = read_patch(reply, revision=self.revision)
        given = {"add": with_roles(patch.add, self.roles, insisted=stage.last)}
        given["change"] = with_roles(patch.change, self.roles, insisted=stage.last)
        if not self.has_judges:
            given = {name: decided_by_commands(subtasks) for name, subtasks in given.items()}
        patch = patch.model_copy(update=given)
        if not stage.last:
            self.admit(patch)  # of the last one the scheduler says itself what is wrong
            if not stage.doubted and (doubt := self.doubt(patch)):
                raise PlanError(f"{DOUBTS}\n- {doubt}")
        return AttemptPatched(attempt_id, patch)

    def refusal(self, attempt_id: str, step: int, reason: str) -> Event:
        """Return the fact that a patch cannot be used."""
        return PatchRefused(attempt_id, step, reason)

    def refused(self, reason: str) -> str:
        """Return what the planner is told of a patch that cannot be used."""
        return patch_refused(reason)


def _objection(wrong: Sequence[QualityFinding], findings: Sequence[QualityFinding], stage: Stage) -> str:
    """Return what a planner is told of its plan: what must be mended, and once what it should think about."""
    doubts = [] if stage.doubted else [finding for finding in findings if finding not in wrong]
    parts = ["; ".join(in_notes(wrong))] if wrong else []
    if doubts:
        parts.append(f"{DOUBTS}\n{in_words(doubts)}")
    return "\n".join(parts)


def _said(reply: Reply) -> str:
    return f"{reply.content.strip()} {[call.arguments for call in reply.tool_calls]}"


def read_plan(reply: Reply, *, room: int) -> tuple[Subtask, ...]:
    """Read a plan out of a reply: a tool call's arguments, bare JSON, or one fenced block.

    Raises:
        PlanError: there is no plan in it, or the plan is not a DAG; the message is meant for the model.
    """
    plan = Plan.parse(_text_of(reply), source=SOURCE)
    if len(plan.subtasks) > room:
        raise PlanError(f"{len(plan.subtasks)} subtasks are too many; the limit is {room}")
    for subtask in plan.subtasks:
        if subtask.id == ROOT_PLAN_ID:
            raise PlanError(f"the id {ROOT_PLAN_ID!r} is taken; give this subtask another id", subtask=subtask.id)
    return plan.subtasks


def read_patch(reply: Reply, *, revision: int) -> PlanPatch:
    """Read a patch out of a reply, as :func:`read_plan` reads a plan; it is one of the given revision.

    Raises:
        PlanError: there is no patch in it.
    """
    return PlanPatch.parse(_text_of(reply), source=SOURCE).model_copy(update={"revision": revision})


def with_roles(subtasks: tuple[Subtask, ...], roles: Sequence[str], *, insisted: bool) -> tuple[Subtask, ...]:
    """Return subtasks with the roles that carry them out: a planner's for plans, for work those that were named.

    Args:
        subtasks: as a planner wrote them.
        roles: who may carry out work, the usual one first.
        insisted: no other answer is going to be asked for: who is not there is stood in for by the usual one.

    Raises:
        PlanError: a role is named that the run does not have; the message is meant for the model.
    """
    return tuple(_with_role(subtask, roles, insisted=insisted) for subtask in subtasks)


def decided_by_commands(subtasks: Iterable[Subtask]) -> tuple[Subtask, ...]:
    """Return a planner's subtasks without rubrics beside checks.

    Where the run names no model for judges, they would be put to the model that did the work: small ones find fault
    with what passes every check, and what checks let through is seldom found by those that wrote it.
    """
    return tuple(
        subtask.model_copy(update={"rubric": ""}) if subtask.checks and subtask.rubric else subtask
        for subtask in subtasks
    )


def _stood_in(answered: Sequence[Subtask], roles: Sequence[str]) -> list[str]:
    """Return in words which roles are stood in for, where a planner insists on what is not there."""
    named = {subtask.role: subtask.id for subtask in answered if subtask.kind is SubtaskKind.WORK}
    return [
        f"{name}: there is no role {role!r}; {roles[0]} does it" for role, name in named.items() if role not in roles
    ]


def _with_role(subtask: Subtask, roles: Sequence[str], *, insisted: bool) -> Subtask:
    if subtask.kind is SubtaskKind.PLAN:
        return subtask.model_copy(update={"role": "planner"})
    if subtask.kind is SubtaskKind.WORK and subtask.role in roles:
        return subtask
    if subtask.kind is SubtaskKind.WORK and not insisted:
        raise PlanError(
            f"subtask {subtask.id!r} has the role {subtask.role!r}, which is not there; work can have: "
            f"{', '.join(roles)}",
            subtask=subtask.id,
        )
    return subtask.model_copy(update={"role": roles[0]})


def _text_of(reply: Reply) -> str:
    if reply.tool_calls:
        return reply.tool_calls[0].arguments
    text = reply.content.strip()
    pieces = text.split("```", 3)
    if len(pieces) == 3:  # one fenced block, with prose around it perhaps
        return pieces[1].removeprefix("json").strip()
    if not text.startswith(("{", "[")):
        raise PlanError(f"{SOURCE} is prose, not JSON: {json.dumps(text[:120])}")
    return text
