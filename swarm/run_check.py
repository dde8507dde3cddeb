"""The run's own checks and judges, on the merged branch."""

from swarm.attempt import PAUSING
from swarm.budgeting import OverBudget
from swarm.conversation import Interrupted
from swarm.core.events import PauseReason
from swarm.core.judging import Case
from swarm.core.messages import Verdict
from swarm.core.state import RunState
from swarm.core.stimuli import PauseAsked, RunCheckDone, Stimulus
from swarm.errors import LimitReached, SwarmError
from swarm.opening import OpenRun

MOST_HANDOFFS = 40


async def check_run(run: OpenRun, head: str) -> Stimulus | None:
    """Judge the merged branch; None when that was interrupted and is to be begun again."""
    try:
        return RunCheckDone(head, await _verdict(run, head))
    except Interrupted:
        return None
    except OverBudget as over:
        return PauseAsked(PauseReason.LIMIT, over.refusal.reason, LimitReached.code)
    except PAUSING as error:
        return PauseAsked(PauseReason.ENDPOINT, error.message, error.code)
    except SwarmError as error:
        return PauseAsked(PauseReason.STORAGE, f"the run's checks could not be run: {error.message}", error.code)


async def _verdict(run: OpenRun, head: str) -> Verdict:
    state = run.scheduler.state
    task = state.task
    assert task is not None
    verdict = await run.parts.verifier.verify(
        head,
        base=state.base_commit,
        checks=task.all_checks,
        name="run.check",
        writes=tuple({path for node in state.nodes.values() for path in node.subtask.writes}),
        final=True,
    )
    if verdict.accepted and task.rubric:
        return await run.runner.judges.judge(_case(state, head, verdict), verdict)
    return verdict


def _case(state: RunState, head: str, verdict: Verdict) -> Case:
    task = state.task
    assert task is not None
    handoffs = tuple(node.handoff for node in state.nodes.values() if node.handoff)[:MOST_HANDOFFS]
    return Case(
        f"run#{head[:16]}",
        "",
        "",
        task.instruction,
        task.rubric,
        task.judges,
        state.base_commit,
        head,
        handoffs,
        tuple(result for result in verdict.checks if not result.hidden),
    )
