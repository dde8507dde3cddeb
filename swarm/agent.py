"""The agent: loop number two. It turns a subtask into an accepted hand-in by alternating model and tool calls.

Every step is recorded before the next is built on it, so :meth:`Agent.run` can be started again at any time with what
the journal holds and goes on exactly there.
"""

import asyncio
from dataclasses import dataclass

from swarm.conversation import Conversation
from swarm.core.events import (
    AgentNudged,
    AttemptHandedIn,
    AttemptOpened,
    AttemptStarted,
    ToolCalled,
    ToolReturned,
    VerdictGiven,
    WorkspaceSnapshotted,
)
from swarm.core.judging import Case
from swarm.core.limits import Limits
from swarm.core.messages import CONTENT_FILTER, Handoff, Message, ToolCall, Verdict
from swarm.core.plan import Subtask
from swarm.core.prompts import CUT_OFF, FILTERED, NO_CALL, NOT_YET, STUCK, TOO_DEEP, TOO_SOON, TRY_ELSE
from swarm.core.stimuli import (
    AttemptAccepted,
    AttemptFailed,
    AttemptGaveUp,
    AttemptRejected,
    AttemptSplit,
    AttemptStuck,
    Stimulus,
)
from swarm.core.stuck import StuckKind
from swarm.core.transcript import Transcript
from swarm.errors import HandInRefused, ToolError
from swarm.failpoints import reach
from swarm.judges import Judges
from swarm.protocols import Intake, KeptOutcome, Outcomes, ToolContext, Verifier, Workspace
from swarm.tools.control import Finish, GiveUp, Split, parse_control
from swarm.tools.recovery import EDIT, outcome_after_kill, state_before
from swarm.tools.toolbox import Toolbox, ToolOutcome

MAX_HINTS = 1
"""How often an agent is told that it is stuck; after that, another one begins with a fresh view."""

MAX_URGES = 2
"""How often an agent that gives up is told to go on."""

MAX_REFUSALS = 3
"""Replies in a row without a usable call before the attempt counts as failed."""

MAX_FILTERED = 2
"""Replies in a row that the server's filter keeps back; the next attempt starts without what caused it."""


@dataclass(frozen=True, slots=True)
class AgentWork:
    """What one attempt is about."""

    run_id: str
    subtask: Subtask
    started: AttemptStarted
    limits: Limits
    may_split: bool = True


class Agent:
    """Carries out one attempt at a work subtask."""

    def __init__(
        self,
        work: AgentWork,
        *,
        conversation: Conversation,
        toolbox: Toolbox,
        workspace: Workspace,
        intake: Intake,
        verifier: Verifier,
        outcomes: Outcomes | None = None,
        judges: Judges | None = None,
    ) -> None:
        self._work = work
        self._attempt_id = work.started.attempt_id
        self._conversation = conversation
        self._toolbox = toolbox
        self._workspace = workspace
        self._intake = intake
        self._verifier = verifier
        self._outcomes = outcomes
        self._judges = judges
        self._context = ToolContext(workspace)

    async def run(self, opening: tuple[Message, ...]) -> Stimulus:
        """Go on until the attempt is over, and return how it ended.

        Args:
            opening: the opening messages, for an attempt that has none recorded yet.

        Raises:
            EndpointError: no reply was to be had; the attempt stays open.
            WorkspaceError: git or the file system failed.
        """
        transcript = self._conversation.transcript
        if not transcript.opened:
            self._conversation.note(AttemptOpened(self._attempt_id, opening))
        while True:
            ended = await self._answer_calls()
            if ended:
                return ended
            self._nudge_if_unusable()
            if transcript.handins >= self._work.limits.max_handins and transcript.rejection:
                await self._conversation.commit()
                return AttemptRejected(self._attempt_id, transcript.rejection)
            exhausted = self._exhausted()
            if exhausted:
                await self._conversation.commit()
                return AttemptFailed(self._attempt_id, exhausted)
            stuck = transcript.watch.found(self._work.limits.stuck)
            if stuck and transcript.watch.hints >= MAX_HINTS:
                await self._conversation.commit()
                return AttemptStuck(self._attempt_id, _why_stuck(stuck, transcript))
            if stuck:
                words = STUCK[stuck] + TRY_ELSE
                self._conversation.note(AgentNudged(self._attempt_id, transcript.step, words, stuck))
            withheld = transcript.withheld(may_split=self._work.may_split)
            await self._conversation.ask(tools=self._toolbox.specs, withheld=withheld)

    def _exhausted(self) -> str:
        """Return why the attempt may not go on, empty when it may."""
        transcript = self._conversation.transcript
        if transcript.filtered() >= MAX_FILTERED:
            return "the server's content filter kept the answer back, and again"
        if transcript.refusals >= MAX_REFUSALS:
            return f"{MAX_REFUSALS} replies in a row held no usable tool call"
        if transcript.step >= self._work.limits.max_steps:
            return f"out of steps after {transcript.step} (max_steps)"
        return ""

    def _nudge_if_unusable(self) -> None:
        reply = self._conversation.transcript.last_reply
        if reply is not None and not reply.tool_calls:
            text = {"length": CUT_OFF, CONTENT_FILTER: FILTERED}.get(reply.finish_reason, NO_CALL)
            self._conversation.note(AgentNudged(self._attempt_id, self._conversation.transcript.step, text))

    async def _answer_calls(self) -> Stimulus | None:
        transcript = self._conversation.transcript
        cut_off = transcript.reply is not None and transcript.reply.finish_reason == "length"
        for index, call in transcript.unanswered():
            objection = (
                ToolOutcome(CUT_OFF, failed=True) if cut_off else self._toolbox.objection(call.name, call.arguments)
            )
            if objection is not None:
                self._answer(index, objection, 0.0, unusable=True)
                continue
            try:
                control = parse_control(call.name, call.arguments)
            except ToolError as error:
                self._answer(index, ToolOutcome(error.message, failed=True), 0.0)
                continue
            if control is None:
                await self._call_tool(index, call)
                continue
            ended = await self._control(index, control)
            if ended:
                return ended
        return None

    async def _call_tool(self, index: int, call: ToolCall) -> None:
        if await self._was_interrupted(index, call):
            return
        step = self._conversation.transcript.step
        read_only = self._toolbox.is_read_only(call.name)
        if not read_only:  # what reads is made again after a kill, whether anybody knows that it was begun or not
            before = await asyncio.to_thread(state_before, call, self._workspace) if call.name == EDIT else ""
            await self._conversation.commit(ToolCalled(self._attempt_id, step, index, call.name, before))
        reach("tool.after-intent")
        clock = asyncio.get_running_loop().time
        begin = clock()
        outcome = await self._toolbox.call(call.name, call.arguments, self._context)
        seconds = round(clock() - begin, 4)
        reach("tool.done")
        if read_only:
            self._answer(index, outcome, seconds)
            return
        if self._outcomes is not None:
            kept = KeptOutcome(outcome.content, outcome.failed, seconds, full=outcome.full)
            await self._outcomes.keep(self._attempt_id, step, index, kept)
        self._answer(index, outcome, seconds)
        await self._snapshot()

    async def _was_interrupted(self, index: int, call: ToolCall) -> bool:
        """Answer a call that another process had begun when it was killed, unless it is to be made again."""
        before = self._conversation.transcript.called.get(index)
        if before is None:
            return False
        outcome = await asyncio.to_thread(
            outcome_after_kill, call, before, toolbox=self._toolbox, workspace=self._workspace
        )
        if outcome is not None:
            self._answer(index, outcome, 0.0)
        return outcome is not None

    async def _snapshot(self) -> str:
        tree = await self._workspace.snapshot()
        if tree != self._conversation.transcript.tree:
            step = self._conversation.transcript.step
            self._conversation.note(WorkspaceSnapshotted(self._attempt_id, step, tree))
        return tree

    def _answer(self, index: int, outcome: ToolOutcome, seconds: float, *, unusable: bool = False) -> None:
        step = self._conversation.transcript.step
        self._conversation.note(
            ToolReturned(
                self._attempt_id, step, index, outcome.content, outcome.failed, seconds, unusable, outcome.full
            )
        )

    async def _control(self, index: int, control: Finish | Split | GiveUp) -> Stimulus | None:
        match control:
            case Finish():
                return await self._hand_in(index, control)
            case Split():
                return await self._split(index, control)
            case GiveUp():
                return await self._give_up(index, control)

    async def _split(self, index: int, control: Split) -> Stimulus | None:
        messages = self._conversation.transcript.messages
        if not self._work.may_split and not any(message.content == TOO_DEEP for message in messages):
            self._answer(index, ToolOutcome(TOO_DEEP, failed=True), 0.0)
            return None
        if self._conversation.transcript.handins:
            # Whoever has handed in found it small enough; failing checks do not make it bigger.
            self._answer(index, ToolOutcome(NOT_YET, failed=True), 0.0)
            return None
        await self._conversation.commit()
        return AttemptSplit(self._attempt_id, control.reason, control.parts)

    async def _give_up(self, index: int, control: GiveUp) -> Stimulus | None:
        transcript = self._conversation.transcript
        if transcript.urged < MAX_URGES:
            # Small models give up at the first failing test; told to go on, many of them do.
            words = NOT_YET if await self._changed_paths() else TOO_SOON
            self._answer(index, ToolOutcome(words, failed=True), 0.0)
            return None
        await self._conversation.commit()
        return AttemptGaveUp(self._attempt_id, f"the agent gave up: {control.reason}")

    async def _changed_paths(self) -> tuple[str, ...]:
        tree = self._conversation.transcript.tree
        return await self._intake.changed_paths(self._work.started.base_commit, tree) if tree else ()

    async def _hand_in(self, index: int, finish: Finish) -> Stimulus | None:
        transcript = self._conversation.transcript
        handoff = transcript.pending
        if handoff is None:
            try:
                handoff = await self._handoff(finish)
            except HandInRefused as refused:
                self._answer(index, ToolOutcome(f"Not handed in: {refused.message}. {refused.hint}", failed=True), 0.0)
                return None
            await self._conversation.commit(AttemptHandedIn(self._attempt_id, transcript.step, handoff))
            reach("handin.recorded")
        base = self._work.started.base_commit
        verdict = await self._verifier.verify(
            handoff.commit or base,
            base=base,
            checks=self._work.subtask.checks,
            name=f"{self._attempt_id}.check",
            writes=self._work.subtask.writes,
        )
        if verdict.accepted and self._judges is not None and self._work.subtask.rubric:
            verdict = await self._judges.judge(self._case(handoff, verdict), verdict)
        reach("verdict.unrecorded")
        given = VerdictGiven(self._attempt_id, transcript.step, verdict)
        if verdict.accepted:
            await self._conversation.commit(given)
            return AttemptAccepted(self._attempt_id)
        self._conversation.note(given)
        self._answer(index, ToolOutcome(f"Not accepted. {verdict.reason}", failed=True), 0.0)
        await self._conversation.commit()
        return None

    def _case(self, handoff: Handoff, verdict: Verdict) -> Case:
        subtask, base = self._work.subtask, self._work.started.base_commit
        return Case(
            f"{self._attempt_id}#{self._conversation.transcript.step}",
            subtask.id,
            self._attempt_id,
            subtask.instruction,
            subtask.rubric,
            subtask.judges,
            base,
            handoff.commit or base,
            (handoff,),
            verdict.checks,
        )

    async def _handoff(self, finish: Finish) -> Handoff:
        base = self._work.started.base_commit
        # Every call that may change files was followed by a snapshot, so the newest one is what is there.
        tree = self._conversation.transcript.tree or await self._snapshot()
        changed = await self._intake.changed_paths(base, tree)
        commit = ""
        if changed:
            message = commit_message(self._work, finish.summary)
            commit = await self._intake.commit(self._attempt_id, tree=tree, parent=base, message=message)
        return Handoff(finish.summary, finish.decisions, finish.concerns, changed, commit)


def _why_stuck(kind: StuckKind, transcript: Transcript) -> str:
    """Return how an agent was stuck and what it did last: the next one should do something else."""
    return f"the agent was stuck ({kind}). What it did last, and what came of it:\n{transcript.watch.tried()}"


def commit_message(work: AgentWork, summary: str) -> str:
    """Return the message of an attempt's commit: title, what was done, and trailers that lead back to the run."""
    title = " ".join(work.subtask.name.split())[:72]
    body = summary.strip()[:4000]
    trailers = f"Swarm-Run: {work.run_id}\nSwarm-Subtask: {work.subtask.id}\nSwarm-Attempt: {work.started.attempt_id}\n"
    return f"{title}\n\n{body}\n\n{trailers}" if body else f"{title}\n\n{trailers}"
