"""The run's own checks and judges: on the merged branch at the end, and on its commits while the run goes on."""

from swarm.attempt import PAUSING
from swarm.budgeting import OverBudget
from swarm.conversation import Interrupted
from swarm.core.events import PauseReason
from swarm.core.judging import Case
from swarm.core.messages import CheckResult, Verdict
from swarm.core.state import RunState
from swarm.core.stimuli import CheckHead, HeadCheckDone, PauseAsked, RunCheckDone, Stimulus
from swarm.errors import LimitReached, SwarmError
from swarm.failpoints import reach
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


async def check_head(run: OpenRun, command: CheckHead) -> Stimulus:
    """Run each check for itself on a commit of the branch: which of them fail is the question, not whether one does."""
    results: list[CheckResult] = []
    try:
        for check in command.checks:
            verdict = await run.parts.verifier.verify(
                command.head, base=command.head, checks=(check,), name="run.head-check"
            )
            results += verdict.checks
    except SwarmError as error:
        return PauseAsked(PauseReason.STORAGE, f"checks on the branch could not be run: {error.message}", error.code)
    reach("head-check.done")
    passed = all(result.passed for result in results)
    return HeadCheckDone(command.head, Verdict(accepted=passed, verified=True, checks=tuple(results)))


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
