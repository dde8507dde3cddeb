"""Makes runs: records what is asked for and prepares the run's repository. Nothing is asked of a model for that."""

import asyncio
import dataclasses
import functools
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from swarm import __version__
from swarm.conversation import Conversation, Session
from swarm.core.events import (
    FORMAT,
    AttemptStarted,
    Event,
    NoteRecorded,
    PlanExtended,
    RunCreated,
    RunSettings,
    attempt_id,
)
from swarm.core.hidden import recorded
from swarm.core.plan import ROOT_PLAN_ID, Plan, Subtask, SubtaskKind, validate_graph
from swarm.core.plan_quality import Surroundings, examine, in_notes, refuse_errors
from swarm.core.planning_prompts import opening_for_plan
from swarm.core.repository_map import RepositoryMap
from swarm.core.settings import JUDGE, OF_THE_RUN, named_roles, roles_for_work
from swarm.core.stimuli import AttemptFailed, AttemptPlanned, AttemptRejected
from swarm.core.task import Task
from swarm.errors import PlanError, UsageError
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder, RunStore
from swarm.planner import Planner, PlanQuestion
from swarm.protocols import Model
from swarm.redaction import redact_known
from swarm.workspace.git import Git
from swarm.workspace.repository import RunRepository
from swarm.workspace.repository_map import map_repository
from swarm.workspace.user_repository import inspect_user_repository


def new_run_id(now: float) -> str:
    """Return an id that sorts by time: date, time of day (UTC) and a few random letters."""
    return time.strftime("%Y%m%d-%H%M%S-", time.gmtime(now)) + secrets.token_hex(2)


def absolute(repository: str) -> Path:
    """Return a repository's path as seen from the current folder."""
    return Path(repository).absolute()


def branch_name(run_id: str) -> str:
    """Return the short name of the branch that a run's result is on."""
    return f"swarm/{run_id}"


def root_plan(task: Task) -> tuple[Subtask, ...]:
    """Return the plan that a run without a given one starts with: one subtask, to plan the rest."""
    instruction = task.instruction[:100_000]
    return (
        Subtask(id=ROOT_PLAN_ID, title="Plan the work", instruction=instruction, kind=SubtaskKind.PLAN, role="planner"),
    )


async def create_run(
    store: RunStore,
    task: Task,
    *,
    settings: RunSettings,
    plan: Plan | None = None,
    run_id: str = "",
    hidden: Mapping[str, bytes] = MappingProxyType({}),
    clock: Callable[[], float] = time.time,
) -> RunFolder:
    """Record a new run and prepare its repository. Nothing is asked of a model yet.

    Args:
        store: where runs live.
        task: what to do; its repository must have a commit.
        settings: how it will be carried out.
        plan: a given plan; without one the run starts with planning.
        run_id: the id to use; a new one when empty.
        hidden: files that the hidden checks need and no agent may see, by their paths in a checkout.
        clock: wall-clock time in Unix seconds.

    Raises:
        UsageError: the repository, the plan or the run id cannot be used.
        PlanError: something is wrong with the given plan; names the subtask.
    """
    subtasks = plan.subtasks if plan else root_plan(task)
    validate_graph(subtasks, limits=task.limits)
    git = Git()
    user = await inspect_user_repository(absolute(task.repository), git=git)
    instruction = redact_known(task.instruction)
    doubts = await _look_through(
        task, plan, settings, RunRepository.open(user.git_dir, run_id="plan", git=git), user.head_commit
    )
    task = task.model_copy(update={"repository": str(user.top or user.git_dir), "instruction": instruction})
    run_id = run_id or new_run_id(clock())
    folder = store.prepare(run_id)
    repository = await RunRepository.create(
        folder.repository, user=user, base_commit=user.head_commit, run_id=run_id, git=git
    )
    kept = [await _kept_hidden(hidden, repository, user.head_commit)] if hidden else []
    created = RunCreated(FORMAT, run_id, __version__, task, settings, user.head_commit, branch_name(run_id))
    notes = [NoteRecorded(note) for note in (*user.notes, *doubts)]
    reason = "given by the user" if plan else ""
    journal = SqliteJournal.create(folder.journal, run_id=run_id, clock=clock)
    try:
        await journal.append(created, *notes, *kept, PlanExtended(1, subtasks, reason=reason))
    finally:
        await journal.close()
    return store.admit(folder)


async def _look_through(
    task: Task, plan: Plan | None, settings: RunSettings, repository: RunRepository, commit: str
) -> tuple[str, ...]:
    """Return what is doubtful about a plan that a person gives, in words for the run's notes.

    Raises:
        PlanError: it has something that cannot be carried out; names the subtask.
    """
    if plan is None:
        return ()
    files = frozenset(path for path, _ in await repository.files(commit))
    roles = OF_THE_RUN.union(roles_for_work(named_roles(settings), task.limits.roles))
    surroundings = dataclasses.replace(plan_surroundings(task, RepositoryMap("", files)), given=True, roles=roles)
    findings = await asyncio.to_thread(examine, plan.subtasks, surroundings)
    refuse_errors(findings, "the plan")
    return tuple(f"the plan: {text}" for text in in_notes(findings))


async def _kept_hidden(hidden: Mapping[str, bytes], repository: RunRepository, base_commit: str) -> Event:
    fact = recorded(hidden)
    for path in hidden:
        if await repository.read_file(base_commit, path) is not None:
            raise UsageError(
                f"the hidden file {path} is in the repository, where every agent can read it",
                hint="Take it out of the repository's HEAD, or give it another path.",
            )
    return fact


def plan_surroundings(task: Task, seen: RepositoryMap) -> Surroundings:
    """Return what a plan for a whole task is looked at against, on this machine."""
    return Surroundings(
        task.instruction,
        task.all_checks,
        files=seen.files or None,
        runs=functools.cache(lambda program: shutil.which(program) is not None),
        may_nest=task.limits.max_depth > 1,
    )


async def propose_plan(task: Task, model: Model, settings: RunSettings) -> Plan:
    """Ask a planner for a plan of a task; nothing is recorded and nothing is carried out.

    Args:
        task: what is to be planned.
        model: who answers.
        settings: how it would be carried out: who there is to do it.

    Raises:
        PlanError: the planner found no usable plan.
        EndpointError: the endpoint gave no reply.
        UsageError: the repository cannot be used.
    """
    git = Git()
    user = await inspect_user_repository(absolute(task.repository), git=git)
    # Only read from: the outline of what is there.
    repository = RunRepository.open(user.git_dir, run_id="plan", git=git)
    seen = await map_repository(repository, user.head_commit, goal=task.instruction)
    (root,) = root_plan(task)
    started = AttemptStarted(attempt_id(root.id, 1), root.id, 1, user.head_commit)

    async def forget(*_: Event) -> None:
        """Nothing is built on it, so nothing needs to be recorded."""

    conversation = Conversation(
        started.attempt_id,
        past=(),
        model=model,
        role=root.role,
        record=forget,
        session=Session(),
        max_output_tokens=task.limits.max_output_tokens,
    )
    surroundings = plan_surroundings(task, seen)
    roles = roles_for_work(named_roles(settings), task.limits.roles)
    has_judges = JUDGE in named_roles(settings)
    question = PlanQuestion(task.limits.max_subtasks, surroundings, roles, has_judges)
    planner = Planner(started.attempt_id, conversation=conversation, question=question)
    opening = opening_for_plan(
        task,
        root,
        started,
        seen=seen,
        room=task.limits.max_subtasks,
        may_nest=surroundings.may_nest,
        roles=roles,
    )
    stimulus = await planner.run(opening)
    if isinstance(stimulus, AttemptPlanned):
        return Plan(subtasks=stimulus.subtasks)
    assert isinstance(stimulus, AttemptRejected | AttemptFailed)
    raise PlanError(stimulus.reason, hint="Try a stronger planner model, or write the plan yourself (--plan).")
