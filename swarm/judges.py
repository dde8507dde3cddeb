"""Judges: models in another role and another context that decide where no command can."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from swarm.budgeting import Purse
from swarm.conversation import Conversation, Record, Session
from swarm.core.events import AgentNudged, AttemptOpened, Event, JudgeStarted, ToolReturned
from swarm.core.judging import (
    ASKED_AGAIN,
    DIFF_LIMIT,
    MAX_ASKED_AGAIN,
    Case,
    Outcome,
    is_settled,
    objections_in_words,
    opening_for_judge,
    outcome_of,
    read_judgement,
    verdict_schema,
)
from swarm.core.messages import Judgement, JudgeVote, Message, Reply, Verdict
from swarm.core.settings import JUDGE
from swarm.core.state import RunState
from swarm.errors import ContextOverflow, RequestRejected
from swarm.journal.spool import ReplySpool
from swarm.protocols import Model
from swarm.text import neutralise, neutralise_line

Diff = Callable[[str, str], Awaitable[str]]
"""Returns the difference between two commits as a patch."""


async def no_diff(_base: str, _commit: str) -> str:
    """Show nothing: for repositories that live in memory."""
    return ""


@dataclass(frozen=True, slots=True)
class Judges:
    """Asks judges one after the other until the rest could change nothing.

    Each one's conversation is recorded like an attempt's, under an id of its own: budgets, the spool and a resume
    treat its calls like all others.
    """

    state: RunState
    session: Session
    model: Model
    record: Record
    spool: ReplySpool | None
    purse: Purse | None
    past_of: Callable[[str], list[Event]]
    diff: Diff

    async def judge(self, case: Case, verdict: Verdict) -> Verdict:
        """Return a verdict of checks that accepts, with what judges say of the case added.

        Raises:
            EndpointError: no reply was to be had.
            Interrupted: the run is draining.
            OverBudget: a call does not fit into what may be used.
            WorkspaceError: git failed.
        """
        judgements: list[Judgement] = []
        while not is_settled(judgements, case.judges):
            judgements.append(await self._ask(case, len(judgements) + 1))
        said = tuple(judgements)
        match outcome_of(said, case.judges):
            case Outcome.PASSED:
                return dataclasses.replace(verdict, verified=True, reason="", judgements=said)
            case Outcome.FAILED:
                reason = neutralise(objections_in_words(said))
                return dataclasses.replace(verdict, accepted=False, verified=True, reason=reason, judgements=said)
        reason = f"{len(said)} judge{'' if len(said) == 1 else 's'} came to no verdict"
        return dataclasses.replace(verdict, verified=False, reason=reason, judgements=said)

    async def _ask(self, case: Case, number: int) -> Judgement:
        judge_id = case.judge_id(number)
        past: list[Event] = []
        if judge_id in self.state.ledger.accounts:
            past = await asyncio.to_thread(self.past_of, judge_id)
        else:
            started = JudgeStarted(judge_id, case.subtask_id, case.attempt_id, number, case.judges, case.commit)
            await self.record(started)
        conversation = Conversation(
            judge_id,
            past=past,
            model=self.model,
            role=JUDGE,
            record=self.record,
            session=self.session,
            max_output_tokens=self.state.limits.max_output_tokens,
            spool=self.spool,
            purse=self.purse,
        )
        if not conversation.transcript.opened:
            opening = await self._opening(case, number)
            conversation.note(AttemptOpened(judge_id, opening))
        try:
            return await self._converse(conversation)
        except (RequestRejected, ContextOverflow) as error:
            return Judgement(judge_id, "", JudgeVote.NONE, (error.message,))

    async def _opening(self, case: Case, number: int) -> tuple[Message, ...]:
        change = "" if case.base == case.commit else await self.diff(case.base, case.commit)
        return opening_for_judge(case, neutralise(change[: 4 * DIFF_LIMIT]), number)

    async def _converse(self, conversation: Conversation) -> Judgement:
        transcript = conversation.transcript
        reply = transcript.reply or transcript.last_reply
        problem = ""
        while True:
            if reply is not None:
                answer = read_judgement(reply, conversation.attempt_id, neutralise_line(reply.model)[:100])
                if isinstance(answer, Judgement):
                    await conversation.commit()
                    return answer
                problem = answer
                _object_to(conversation, reply, ASKED_AGAIN.format(problem=problem))
            if transcript.step > MAX_ASKED_AGAIN:
                await conversation.commit()
                return Judgement(conversation.attempt_id, "", JudgeVote.NONE, (f"no verdict: {problem}",))
            reply = await conversation.ask(schema=verdict_schema())


def _object_to(conversation: Conversation, reply: Reply, words: str) -> None:
    judge_id, step = conversation.attempt_id, conversation.transcript.step
    if not reply.tool_calls:
        conversation.note(AgentNudged(judge_id, step, words))
    for index in range(len(reply.tool_calls)):
        conversation.note(ToolReturned(judge_id, step, index, words, failed=True, seconds=0.0))
