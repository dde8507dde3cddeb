"""One attempt from a command to a stimulus: its workspace, its conversation, its agent or planner."""

import asyncio
import contextlib
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from swarm.agent import Agent, AgentWork
from swarm.budgeting import OverBudget, Purse
from swarm.conversation import Conversation, Interrupted, Record, Session
from swarm.core.budget import Refused
from swarm.core.events import (
    AttemptHandedIn,
    AttemptStarted,
    Event,
    PauseReason,
    ToolReturned,
    VerdictGiven,
    WorkspaceSnapshotted,
)
from swarm.core.judging import Case
from swarm.core.limits import Limits
from swarm.core.messages import Handoff, Message
from swarm.core.patch import PlanPatch
from swarm.core.patching import admit
from swarm.core.plan import SubtaskKind
from swarm.core.plan_quality import Surroundings
from swarm.core.planning_prompts import opening_for_plan, opening_for_replan
from swarm.core.prompts import opening_for_work
from swarm.core.repository_map import RepositoryMap
from swarm.core.requests import told_to
from swarm.core.scopes import forgotten, scope_of
from swarm.core.settings import JUDGE, roles_for_work
from swarm.core.state import RunState
from swarm.core.stimuli import AttemptAccepted, AttemptFailed, BudgetSpent, PauseAsked, Stimulus
from swarm.errors import (
    AccessDenied,
    EndpointError,
    EndpointUnavailable,
    JournalError,
    ModelNotFound,
    QuotaExhausted,
    RateLimited,
    ReplyInvalid,
    RequestRejected,
    SwarmError,
    ToolError,
    WorkspaceError,
    is_systemic,
)
from swarm.journal.spool import ReplySpool
from swarm.judges import Judges
from swarm.planner import PatchQuestion, Planner, PlanQuestion, Question
from swarm.protocols import Intake, Model, Outcomes, Verifier, Workspace, Workspaces
from swarm.text import neutralise
from swarm.tools.toolbox import Toolbox

log = logging.getLogger(__name__)

PAUSING: tuple[type[EndpointError], ...] = (
    AccessDenied,
    EndpointUnavailable,
    ModelNotFound,
    QuotaExhausted,
    RateLimited,
    ReplyInvalid,
)
"""Faults of the endpoint that no other attempt would be spared: the run pauses, the attempt stays open."""


MAX_ALIKE = 3
"""Subtasks that fail in the very same way before that is held to be the endpoint's doing, or the program's."""


@dataclass(frozen=True, slots=True)
class AttemptRunner:
    """Carries out attempts. What varies between attempts is an argument of :meth:`run`."""

    state: RunState
    session: Session
    model: Model
    toolbox: Toolbox
    workspaces: Workspaces
    intake: Intake
    verifier: Verifier
    outcomes: Outcomes | None
    record: Record
    survey: Callable[[str], Awaitable[RepositoryMap]]
    spool: ReplySpool
    purse: Purse
    judges: Judges
    runs: Callable[[str], bool] | None = None

    async def run(self, started: AttemptStarted, past: Iterable[Event]) -> Stimulus | None:
        """Carry an attempt out, from the beginning or from where its past events end.

        Returns:
            How it ended; None when it was interrupted and stays open.

        Raises:
            JournalError: the journal refuses to go on, so nothing may.
        """
        try:
            return await self._carry_out(started, past)
        except Interrupted:
            return None
        except OverBudget as over:
            return await self._over_budget(started.attempt_id, over.refusal)
        except JournalError:
            raise
        except PAUSING as error:
            return PauseAsked(PauseReason.ENDPOINT, error.message, error.code, role=error.role)
        except RequestRejected as error:
            if self.session.failed_alike(error.message, started.subtask_id) >= MAX_ALIKE:
                return PauseAsked(PauseReason.ENDPOINT, error.message, error.code)
            return await self._failed(started.attempt_id, error.message)
        except SwarmError as error:
            if is_systemic(error):
                return PauseAsked(PauseReason.STORAGE, error.message, error.code)
            return await self._failed(started.attempt_id, error.message)
        except Exception as error:  # noqa: BLE001 - a bug in one attempt must not take 300 others down
            return await self._broke(started, error)

    async def _broke(self, started: AttemptStarted, error: Exception) -> Stimulus:
        """End an attempt that met a bug. One that all meet stops the run instead, while there is work left to save."""
        message = f"internal error: {type(error).__name__}: {error}"
        place = traceback.extract_tb(error.__traceback__, limit=-1)[0]
        way = f"{type(error).__name__} at {place.filename}:{place.lineno}"
        told = error if way not in self.session.alike else None  # its traceback once
        log.error("attempt %s broke: %s", started.attempt_id, message, exc_info=told)
        if self.session.failed_alike(way, started.subtask_id) >= MAX_ALIKE:
            return PauseAsked(PauseReason.BROKEN, message, "internal")
        return await self._failed(started.attempt_id, message)

    async def _over_budget(self, attempt_id: str, refusal: Refused) -> Stimulus:
        if refusal.pauses:
            return BudgetSpent(attempt_id, refusal.reason)
        return await self._failed(attempt_id, refusal.reason, final=True)

    async def _failed(self, attempt_id: str, reason: str, *, final: bool = False) -> Stimulus:
        await self.close(attempt_id)
        return AttemptFailed(attempt_id, reason, final)

    async def close(self, attempt_id: str) -> None:
        """Remove the workspace; one that cannot be removed costs space, never the attempt's result."""
        try:
            await self.workspaces.close(attempt_id)
        except WorkspaceError as error:
            log.warning("the workspace of %s stays: %s", attempt_id, error.message)

    async def _carry_out(self, started: AttemptStarted, past: Iterable[Event]) -> Stimulus:
        subtask = self.state.nodes[started.subtask_id].subtask
        conversation = Conversation(
            started.attempt_id,
            past=past,
            model=self.model,
            role=started.role or subtask.role,
            record=self.record,
            session=self.session,
            max_output_tokens=self._limits.max_output_tokens,
            spool=self.spool,
            told=lambda: told_to(self.state, subtask.id),
            purse=self.purse,
        )
        if subtask.kind is SubtaskKind.PLAN:
            question, opening = self._ask_planner(started, await self.survey(started.base_commit))
            return await Planner(started.attempt_id, conversation=conversation, question=question).run(opening)
        if subtask.kind is SubtaskKind.JUDGE:
            return await self._judge(started)
        await self._take_over_outcome(conversation)
        tree = conversation.transcript.tree or started.tree
        workspace = await self.workspaces.open(started.attempt_id, base_commit=started.base_commit, tree=tree)
        wanted = () if conversation.transcript.opened else subtask.writes
        files = await asyncio.to_thread(_texts, workspace, wanted) if wanted else {}
        opening = self._opening_for_work(started, files)
        stimulus = await self._agent(started, conversation, workspace).run(opening)
        await self.close(started.attempt_id)
        return stimulus

    async def _judge(self, started: AttemptStarted) -> Stimulus:
        """Carry out a subtask that judges what is on the branch: its checks first, then judges."""
        subtask, attempt_id = self.state.nodes[started.subtask_id].subtask, started.attempt_id
        commit = started.base_commit
        verdict = await self.verifier.verify(commit, base=commit, checks=subtask.checks, name=f"{attempt_id}.check")
        if verdict.accepted:
            case = Case(
                f"{attempt_id}#0",
                subtask.id,
                attempt_id,
                subtask.instruction,
                subtask.rubric or subtask.instruction,
                subtask.judges,
                self.state.base_commit,
                commit,
                tuple(handoff for _, handoff in self.state.handoffs_for(subtask.id)),
                verdict.checks,
            )
            verdict = await self.judges.judge(case, verdict)
        reasons = [reason for said in verdict.judgements for reason in said.reasons]
        handoff = Handoff(f"Judged {commit[:12]}.", decisions=tuple(reasons))
        await self.record(AttemptHandedIn(attempt_id, 0, handoff), VerdictGiven(attempt_id, 0, verdict))
        # Another attempt would ask the same of the same work.
        return AttemptAccepted(attempt_id) if verdict.accepted else AttemptFailed(attempt_id, verdict.reason, True)

    async def _take_over_outcome(self, conversation: Conversation) -> None:
        """Adopt what a call came to that was made, but not recorded, when the process before this one was killed."""
        attempt_id, step = conversation.attempt_id, conversation.transcript.step
        if self.outcomes is None:
            return
        for index in conversation.transcript.interrupted():
            kept = await self.outcomes.find(attempt_id, step, index)
            if kept is not None:
                conversation.note(
                    ToolReturned(attempt_id, step, index, kept.content, kept.failed, kept.seconds, full=kept.full)
                )
                if kept.tree != conversation.transcript.tree:
                    conversation.note(WorkspaceSnapshotted(attempt_id, step, kept.tree))

    def _agent(self, started: AttemptStarted, conversation: Conversation, workspace: Workspace) -> Agent:
        node = self.state.nodes[started.subtask_id]
        may_split = node.depth < self._limits.max_depth
        work = AgentWork(self.state.run_id, node.subtask, started, self._limits, may_split)
        return Agent(
            work,
            conversation=conversation,
            toolbox=self.toolbox,
            workspace=workspace,
            intake=self.intake,
            verifier=self.verifier,
            outcomes=self.outcomes,
            judges=self.judges,
        )

    def _opening_for_work(self, started: AttemptStarted, files: Mapping[str, str]) -> tuple[Message, ...]:
        assert self.state.task is not None
        subtask = self.state.nodes[started.subtask_id].subtask
        decided = self.state.decisions.text()
        return opening_for_work(self.state.task, subtask, started, self.state.handoffs_for(subtask.id), files, decided)

    def _ask_planner(self, started: AttemptStarted, seen: RepositoryMap) -> tuple[Question, tuple[Message, ...]]:
        state = self.state
        assert state.task is not None
        room = max(0, self._limits.max_subtasks - len(state.nodes))
        decided = state.decisions.text()
        roles = roles_for_work(state.roles, self._limits.roles)
        asked = state.replans.asked.get(started.subtask_id)
        if asked is None:
            subtask = state.nodes[started.subtask_id].subtask
            surroundings = self._surroundings(started.subtask_id, seen)
            nests = surroundings.may_nest
            opening = opening_for_plan(
                state.task, subtask, started, seen=seen, room=room, may_nest=nests, decided=decided, roles=roles
            )
            return PlanQuestion(room, surroundings, roles, has_judges=JUDGE in state.roles), opening
        scope = state.nodes[asked.scope_id].subtask if asked.scope_id else None
        parts = (node for node in state.parts_of(asked.scope_id) if node.subtask.id != asked.subtask_id)
        may_nest = scope_of(state, asked.scope_id).depth < self._limits.max_depth
        opening = opening_for_replan(
            state.task,
            asked,
            started,
            scope=scope,
            parts=parts,
            seen=seen,
            room=room,
            may_nest=may_nest,
            decided=decided,
            roles=roles,
        )

        def fit(patch: PlanPatch) -> PlanPatch:
            return admit(patch, scope_of(state, asked.scope_id), self._limits)

        def doubt(patch: PlanPatch) -> str:
            return forgotten(state, asked.about, fit(patch))

        return PatchQuestion(started.revision, room, may_nest, fit, doubt, roles, JUDGE in state.roles), opening

    def _surroundings(self, subtask_id: str, seen: RepositoryMap) -> Surroundings:
        assert self.state.task is not None
        node = self.state.nodes[subtask_id]
        return Surroundings(
            node.subtask.instruction,
            self.state.task.all_checks,
            files=seen.files or None,
            runs=self.runs,
            may_nest=node.depth + 1 < self._limits.max_depth,
            nested=node.depth > 0,
        )

    @property
    def _limits(self) -> Limits:
        assert self.state.task is not None
        return self.state.task.limits


def _texts(workspace: Workspace, paths: Iterable[str]) -> dict[str, str]:
    """Return the texts of those paths that are text files in the workspace."""
    texts = {}
    for path in paths:
        with contextlib.suppress(ToolError, UnicodeDecodeError):
            texts[path] = neutralise(workspace.files.read(path).decode())
    return texts
