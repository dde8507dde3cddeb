"""A sample of ``make bench-noisy``, and that it would notice a run that lies."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from swarm.assembly import Parts
from swarm.core.events import AgentNudged, AttemptEnded, AttemptOutcome, ToolReturned, VerdictGiven
from swarm.core.messages import CheckResult, Verdict
from swarm.core.state import RunState
from swarm.core.task import Task
from swarm.journal.store import RunFolder
from swarm.testing.simulation.noisy import Noise, NoisyProcess, NoisyTally, noisy_scenario, play_noisy
from swarm.testing.simulation.simulation import RUN_ID, Simulation


def test_noisy_runs_converge_to_a_verified_branch() -> None:
    tally = NoisyTally()
    for seed in range(3):
        outcome = play_noisy(seed, 30)
        assert not outcome.failed, outcome
        tally.add(outcome)
    assert (tally.seeds, tally.converged, tally.false_success) == (3, 3, 0)


class _Louder(NoisyProcess):
    noise = Noise(wrong=0.3, malformed=0.1, loops=0.2, splits=0.1, bad_plans=0.6, rubrics=0.3, shared=0.6, flaky=0.1)


def test_each_kind_of_noise_is_there(tmp_path: Path) -> None:
    simulation = Simulation(noisy_scenario(7, 30, _Louder.noise), RunFolder(tmp_path / RUN_ID), _Louder)
    assert not simulation.play().failed
    events = [recorded.event for recorded in simulation.world.facts.recorded]
    outcomes = Counter(event.outcome for event in events if isinstance(event, AttemptEnded))
    assert outcomes[AttemptOutcome.SPLIT]
    assert outcomes[AttemptOutcome.INTEGRATED] >= 30
    assert any(isinstance(event, AgentNudged) and event.stuck for event in events)
    assert any(isinstance(event, ToolReturned) and event.unusable for event in events)
    refused = [
        event.verdict.reason for event in events if isinstance(event, VerdictGiven) and not event.verdict.accepted
    ]
    assert any("does not hold" in reason for reason in refused)
    assert any("does not meet its rubric" in reason for reason in refused)
    assert any("the machine was busy" in reason for reason in refused)
    assert any(
        event.verdict.judgements for event in events if isinstance(event, VerdictGiven) and event.verdict.accepted
    )
    assert outcomes[AttemptOutcome.CONFLICTED]
    assert any("cycle" in reason or "two subtasks have the id" in reason for reason in refused)


class _Credulous:
    async def verify(
        self,
        commit: str,
        *,
        base: str,
        checks: Sequence[str],
        name: str,
        writes: Sequence[str] = (),
        final: bool = False,
    ) -> Verdict:
        return Verdict(True, True, "", await self.try_checks(commit, checks=checks, name=name, timeout_s=1.0))

    async def try_checks(
        self, commit: str, *, checks: Sequence[str], name: str, timeout_s: float
    ) -> tuple[CheckResult, ...]:
        return tuple(CheckResult(check, 0, 0.1, "OK", "ab" * 32) for check in checks)


class _Lying(NoisyProcess):
    async def assemble(self, folder: RunFolder, state: RunState, task: Task) -> Parts:
        parts = await super().assemble(folder, state, task)
        return dataclasses.replace(parts, verifier=_Credulous())


def test_success_on_a_branch_that_is_wrong_would_be_found() -> None:
    tally = NoisyTally()
    tally.add(play_noisy(0, 30, _Lying))
    assert tally.false_success == 1
    assert tally.converged == 0
