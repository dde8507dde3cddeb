"""Simulated runs: a sample of seeds, a crash at commits, and that a seed makes the same run wherever it is played."""

import os
import subprocess
import sys

import pytest

from swarm.core.plan import Subtask
from swarm.testing.simulation import CommitFate, Scenario, Temper, campaign, play_seed, simulate, sweep

SAMPLE = 10


@pytest.mark.parametrize("first", [0, 10, 20, 30])
def test_a_sample_of_seeds_is_green(first: int) -> None:
    tally = campaign(range(first, first + SAMPLE))
    assert [str(outcome) for outcome in tally.failed] == []
    assert tally.seeds == SAMPLE
    assert tally.crashes > SAMPLE / 4
    assert tally.events > 50 * SAMPLE


def test_a_crash_at_any_commit_of_a_run_changes_nothing_about_its_truth() -> None:
    work = Subtask(id="a", instruction="work", checks=("check a shared/0.txt",))
    more = work.model_copy(update={"id": "b", "checks": ("check b shared/0.txt",)})
    tally = sweep(Scenario(seed=13, subtasks=(work, more), temper=Temper(wrong=0.5, fault=0.2)), every=2)
    assert [str(outcome) for outcome in tally.failed] == []
    assert tally.crashes > 20


@pytest.mark.parametrize("fate", [CommitFate.LOST, CommitFate.UNKNOWN, CommitFate.REFUSED, CommitFate.FROZEN])
def test_each_fate_of_a_commit_costs_a_process(fate: CommitFate) -> None:
    outcome = simulate(Scenario(seed=5, subtasks=(Subtask(id="a", instruction="work"),), fates={9: fate}))
    assert not outcome.failed, outcome
    assert outcome.crashes == 1
    assert outcome.sessions == 2


def test_a_seed_makes_the_same_run_in_every_process() -> None:
    program = "from swarm.testing.simulation import play_seed; print([play_seed(s).digest for s in (1, 6)])"
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert digests == {f"{[play_seed(seed).digest for seed in (1, 6)]}\n"}


def test_the_command_plays_a_seed_and_prints_figures() -> None:
    command = [sys.executable, "-m", "swarm.testing.simulation", "--seed", "4"]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    assert ended.stdout.splitlines()[-1].startswith('{"bench": "bench-simulation", "metrics": {"seeds": 1, "failed": 0')
    assert "seed 4: " in ended.stderr
