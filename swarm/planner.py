"""The planner: turns a plan subtask into subtasks of its own, with the validator's words for repairs."""

import json

from swarm.conversation import Conversation
from swarm.core.events import AgentNudged, AttemptOpened, ToolReturned, VerdictGiven
from swarm.core.messages import Message, Reply, Verdict
from swarm.core.plan import (
    ROOT_PLAN_ID,
    Plan,
    Subtask,
    SubtaskKind,
    answer_schema,
    checked_too_early,
    without_checks,
)
from swarm.core.prompts import plan_refused
from swarm.core.stimuli import AttemptFailed, AttemptPlanned, AttemptRejected, Stimulus
from swarm.errors import PlanError

MAX_REPAIRS = 2
SOURCE = "the planner's answer"


class Planner:
    """Carries out one attempt at a plan subtask: a question, and up to two repairs."""

    def __init__(
        self, attempt_id: str, *, conversation: Conversation, room: int, goal_checks: tuple[str, ...] = ()
    ) -> None:
        self._attempt_id = attempt_id
        self._conversation = conversation
        self._room = room
        self._goal_checks = goal_checks

    async def run(self, opening: tuple[Message, ...]) -> Stimulus:
        """Ask until the answer is a plan, and return it.

        Raises:
            EndpointError: no reply was to be had; the attempt stays open.
        """
        transcript = self._conversation.transcript
        if not transcript.opened:
            self._conversation.note(AttemptOpened(self._attempt_id, opening))
        last = transcript.reply or transcript.last_reply
        reason = ""
        while True:
            if last is not None and last.finish_reason == "length":
                await self._conversation.commit()
                return AttemptFailed(self._attempt_id, "the plan was cut off at the model's length limit")
            if last is not None:
                try:
                    return AttemptPlanned(self._attempt_id, self._read(last))
                except PlanError as error:
                    reason = error.message
                self._refuse(last, reason)
            if transcript.step > MAX_REPAIRS:
                await self._conversation.commit()
                return AttemptRejected(self._attempt_id, f"no usable plan in {transcript.step} answers: {reason}")
            last = await self._conversation.ask(schema=answer_schema())

    def _read(self, reply: Reply) -> tuple[Subtask, ...]:
        subtasks = read_plan(reply, room=self._room)
        early = checked_too_early(subtasks, self._goal_checks)
        if early and self._conversation.transcript.step <= MAX_REPAIRS:
            raise PlanError(
                f"the checks of {', '.join(early[:20])} are those of the whole goal, which cannot pass while other "
                "subtasks are still at work; check only the subtask's own files, or give it no checks",
                subtask=early[0],
            )
        # A planner that will not see it loses these checks: the run's own checks judge the result in the end.
        return without_checks(subtasks, early, self._goal_checks)

    def _refuse(self, reply: Reply, reason: str) -> None:
        step = self._conversation.transcript.step
        verdict = Verdict(accepted=False, verified=False, reason=reason)
        self._conversation.note(VerdictGiven(self._attempt_id, step, verdict))
        words = plan_refused(reason)
        if not reply.tool_calls:
            self._conversation.note(AgentNudged(self._attempt_id, step, words))
        for index in range(len(reply.tool_calls)):
            self._conversation.note(ToolReturned(self._attempt_id, step, index, words, failed=True, seconds=0.0))


def read_plan(reply: Reply, *, room: int) -> tuple[Subtask, ...]:
    """Read a plan out of a reply: a tool call's arguments, bare JSON, or one fenced block.

    Raises:
        PlanError: there is no plan in it, or the plan is not a DAG; the message is meant for the model.
    """
    plan = Plan.parse(_plan_text(reply), source=SOURCE)
    if len(plan.subtasks) > room:
        raise PlanError(f"{len(plan.subtasks)} subtasks are too many; the limit is {room}")
    for subtask in plan.subtasks:
        if subtask.id == ROOT_PLAN_ID:
            raise PlanError(f"the id {ROOT_PLAN_ID!r} is taken; give this subtask another id", subtask=subtask.id)
    return tuple(subtask.model_copy(update={"role": _role_of(subtask)}) for subtask in plan.subtasks)


def _role_of(subtask: Subtask) -> str:
    return "planner" if subtask.kind is SubtaskKind.PLAN else "worker"


def _plan_text(reply: Reply) -> str:
    if reply.tool_calls:
        return reply.tool_calls[0].arguments
    text = reply.content.strip()
    pieces = text.split("```", 3)
    if len(pieces) == 3:  # one fenced block, with prose around it perhaps
        return pieces[1].removeprefix("json").strip()
    if not text.startswith(("{", "[")):
        raise PlanError(f"{SOURCE} is prose, not JSON: {json.dumps(text[:120])}")
    return text
