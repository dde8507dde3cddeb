"""The runtime: loop number one. It records what the scheduler decides and then carries it out.

``swarm.opening`` takes a run over, ``drive`` carries it out until it has ended or is paused.
"""

import asyncio
import contextlib
import gc
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from swarm.baseline import check_start, try_subtask_checks
from swarm.core.events import (
    AttemptStarted,
    ClockJumped,
    Event,
    RunEnded,
    RunOutcome,
    RunPaused,
)
from swarm.core.stimuli import (
    CancelAttempt,
    CheckHead,
    CheckRun,
    CheckStart,
    Command,
    Drain,
    Drained,
    MergeAttempt,
    MergeDone,
    MergeRemoved,
    Probe,
    ProbeAnswered,
    RemoveMerge,
    RunAttempt,
    Stimulus,
    Stop,
)
from swarm.core.views import RunView
from swarm.creation import branch_name
from swarm.errors import JournalError
from swarm.executors.local import LocalExecutor
from swarm.failpoints import reach
from swarm.integrator import merge_attempt, remove_merge
from swarm.llm.tariff import STAND_IN
from swarm.opening import OpenRun
from swarm.probing import probe
from swarm.run_check import check_head, check_run

DRAIN_S = 10.0
"""How long work in flight may go on to its next durable point before it is cancelled."""

TICK_S = 1.0
"""How often limits are looked at while nothing else happens."""

_PYTHONS_THRESHOLDS = (700, 10, 10)
_RARE_COLLECTIONS = (10_000, 10, 5)

PROBE = "probe"
"""The name of the piece of work that asks the endpoint of a parked run whether it is back."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """How driving a run ended: it is over (``ended``) or paused and resumable (``paused``).

    ``unpublished`` says why the branch in the user's repository is not at ``head``, when it is not.
    """

    run_id: str
    branch: str
    head: str
    ended: RunEnded | None
    paused: RunPaused | None
    view: RunView
    unpublished: str = ""

    @property
    def done(self) -> bool:
        """Whether everything got done and was verified."""
        return self.ended is not None and self.ended.outcome is RunOutcome.DONE


async def drive(run: OpenRun, *, changes: AsyncGenerator[Event, None] | None = None) -> RunResult:
    """Carry a run out until it has ended or is paused.

    Args:
        run: the run.
        changes: facts that come from outside while it goes on: what is learnt of the endpoints.

    Returns:
        How it ended.

    Raises:
        JournalError: the journal refused a commit; everything acknowledged before is safe and the run resumable.
    """
    collect_rarely()
    try:
        async with asyncio.TaskGroup() as group:
            executor = LocalExecutor(group, run.inbox.put)
            # Until the branch is there, nothing keeps the base commit alive in the user's repository.
            run.parts.publisher.changed()
            helpers = [
                group.create_task(run.parts.publisher.run(), name="publisher"),
                group.create_task(run.parts.remains.keep_swept(run.leftovers), name="sweeper"),
                group.create_task(run.requests.run(run.scheduler.state.requests, run.inbox.put), name="requests"),
                group.create_task(run.parts.upkeep(run.inbox.put), name="upkeep"),
                group.create_task(_record_changes(run, changes), name="changes"),
                group.create_task(try_subtask_checks(run), name="trials"),
            ]
            await _loop(run, executor)
            await executor.drain(0)
            for helper in helpers:
                helper.cancel()
    except* JournalError as errors:
        raise errors.exceptions[0] from None
    state = run.scheduler.state
    if state.ended:
        reach("run.ended")
    await run.parts.publisher.publish()
    if state.ended:
        await run.parts.remains.close_all()
        run.runner.spool.clear()
    return RunResult(
        state.run_id,
        branch_name(state.run_id),
        state.head,
        state.ended,
        state.paused,
        run.view,
        run.parts.publisher.problem,
    )


def collect_rarely() -> None:
    """Have Python look for garbage in cycles less often, unless somebody has set that otherwise.

    A run keeps nearly all that it makes: looking through it after every 700 objects took a tenth of an agent's step.
    """
    if gc.get_threshold() == _PYTHONS_THRESHOLDS:
        gc.set_threshold(*_RARE_COLLECTIONS)


async def _record_changes(run: OpenRun, changes: AsyncGenerator[Event, None] | None) -> None:
    if changes is None:
        return
    async with contextlib.aclosing(changes) as following:
        async for change in following:
            if not (run.scheduler.state.ended or run.scheduler.state.paused):
                await run.record(change)


async def _loop(run: OpenRun, executor: LocalExecutor) -> None:
    stimuli: list[Stimulus] = []
    while True:
        if jump := run.clock.settle():
            await run.record(ClockJumped(round(jump.seconds, 3), jump.before))
        decision = run.scheduler.handle(stimuli, run.clock())
        reach("decision.before-commit")
        await run.journal.append(*decision.facts)
        reach("decision.after-commit")
        run.requests.settle(decision.facts)
        for command in decision.commands:
            if isinstance(command, Stop):
                return
            _perform(run, executor, command)
        stimuli = await run.inbox.take(TICK_S)


def _perform(run: OpenRun, executor: LocalExecutor, command: Command) -> None:
    match command:
        case RunAttempt(started):
            executor.start(started.attempt_id, _attempt(run, started))
        case CancelAttempt(attempt_id):
            executor.cancel(attempt_id)
            executor.start(f"end of {attempt_id}", _clear_away(run, executor, attempt_id))
        case MergeAttempt():
            executor.start(f"merge {command.attempt_id}", _merge(run, command))
        case RemoveMerge():
            executor.start(f"removal {command.attempt_id}", _remove(run, command))
        case CheckHead():
            executor.start(f"check on branch {command.head}", check_head(run, command))
        case CheckRun(head):
            executor.start(f"check {head}", check_run(run, head))
        case CheckStart(commit):
            executor.start("check of the start", check_start(run, commit))
        case Probe(wait_s, role):
            executor.start(PROBE, _probe(run, wait_s, role or STAND_IN))
        case Drain():
            run.session.draining = True
            executor.cancel(PROBE)
            executor.start_draining(DRAIN_S, Drained())
        case _:
            raise AssertionError(f"no such command: {command}")


async def _attempt(run: OpenRun, started: AttemptStarted) -> Stimulus | None:
    past: list[Event] = []
    if started.attempt_id in run.begun:
        # One after the other: read all at once, hundreds of conversations would all be back only when the last one is.
        async with run.reading:
            past = await asyncio.to_thread(run.past_of, started.attempt_id)
    run.begun.add(started.attempt_id)
    return await run.runner.run(started, past)


async def _clear_away(run: OpenRun, executor: LocalExecutor, attempt_id: str) -> None:
    """Have the workspace of a cancelled attempt over as soon as nothing works on it any more."""
    await executor.ended(attempt_id)
    await run.runner.close(attempt_id)


async def _probe(run: OpenRun, wait_s: float, role: str) -> Stimulus:
    await asyncio.sleep(wait_s)
    answer = await probe(run.runner.model, role=role)
    if isinstance(answer, ProbeAnswered):
        run.session.draining = False
    return answer


async def _merge(run: OpenRun, command: MergeAttempt) -> Stimulus:
    stimulus = await merge_attempt(run.parts.branch, command, run.scheduler.state.run_id)
    if isinstance(stimulus, MergeDone):
        run.parts.publisher.changed()
    return stimulus


async def _remove(run: OpenRun, command: RemoveMerge) -> Stimulus:
    stimulus = await remove_merge(run.parts.branch, command, run.scheduler.state.run_id)
    if isinstance(stimulus, MergeRemoved):
        run.parts.publisher.changed()
    return stimulus
