"""Checks on the untouched start: the run's own before anything is paid for, those of subtasks beside the work."""

import asyncio
import logging
from dataclasses import replace

from swarm.core.baseline import BASELINE_S, SHOWN, BaselineChecked, passing
from swarm.core.events import NoteRecorded, PauseReason
from swarm.core.stimuli import PauseAsked, StartChecked, Stimulus
from swarm.errors import SwarmError
from swarm.opening import OpenRun

log = logging.getLogger(__name__)

TRIAL_S = 10.0
"""How long a subtask's check may take on the untouched start."""

TRIALS_S = 15.0
"""How much time a process spends on such trials altogether: a few tell of a plan whose checks cannot fail."""

MOST_AT_ONCE = 8
PAUSE_S = 1.0


async def check_start(run: OpenRun, commit: str) -> Stimulus:
    """Run the run's own checks on the commit that it starts from."""
    task = run.scheduler.state.task
    assert task is not None
    try:
        results = await run.parts.verifier.try_checks(
            commit,
            checks=task.all_checks,
            name="start.check",
            timeout_s=min(BASELINE_S, task.limits.check_timeout_s),
        )
    except SwarmError as error:
        return PauseAsked(PauseReason.STORAGE, f"the run's checks could not be run: {error.message}", error.code)
    return StartChecked(BaselineChecked(commit, results))


async def try_subtask_checks(run: OpenRun) -> None:
    """Learn which checks of subtasks at work pass on the untouched start as well, as long as that costs little."""
    state, left_s = run.scheduler.state, TRIALS_S
    assert state.task is not None
    if not state.task.baseline:
        return
    while left_s > 0:
        await asyncio.sleep(PAUSE_S)
        checks = _untried(run)
        if not checks:
            continue
        try:
            results = await run.parts.verifier.try_checks(
                state.base_commit, checks=checks, name="trial.check", timeout_s=TRIAL_S
            )
        except SwarmError as error:
            log.warning("checks could not be tried on the untouched start: %s", error.message)
            return
        left_s -= max(0.1, sum(result.seconds for result in results))
        if state.ended or state.paused or run.session.draining:
            return
        # Only what they came to matters; it is nobody's evidence.
        brief = tuple(replace(result, output="") for result in results)
        await run.record(BaselineChecked(state.base_commit, brief, whole=False), *_note(run, passing(results)))


def _untried(run: OpenRun) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for attempt in run.view.active.values():
        for check in run.view.subtasks[attempt.subtask_id].spec.checks:
            if check not in run.scheduler.state.tried:
                found[check] = None
            if len(found) >= MOST_AT_ONCE:
                return tuple(found)
    return tuple(found)


def _note(run: OpenRun, passed: tuple[str, ...]) -> list[NoteRecorded]:
    if not passed or "trial" in run.scheduler.state.noticed:
        return []
    text = (
        f"the check `{passed[0][:SHOWN]}` of a subtask passes before the work is done, so it proves little; the report "
        "counts such subtasks as unproven"
    )
    return [NoteRecorded(text, notice="trial")]
