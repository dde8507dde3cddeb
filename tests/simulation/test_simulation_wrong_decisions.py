"""Bugs seeded into decisions and folds: the simulation must notice each, as it notices safeguards that are missing."""

from typing import Any

import pytest

from swarm.clock import SteadyClock
from swarm.core.events import AttemptHandedIn, AttemptOpened, Event, ModelReplied, ToolReturned
from swarm.core.merge_queue import MergeQueue
from swarm.core.messages import Verdict
from swarm.core.node import Node
from swarm.core.plan import Subtask
from swarm.core.state import RunState
from swarm.core.stimuli import MergeConflicted, MergeDone
from swarm.testing.simulation import Deed, Happening, Scenario
from swarm.verifier import CheckVerifier
from tests.simulation.test_simulation_ablations import Forgetful, crowded, found_with, often_killed, says

CHAIN = tuple(
    Subtask(id=f"s{number}", instruction="work", depends_on=(f"s{number - 1}",) if number else (), checks=())
    for number in range(4)
)


def asleep(seed: int) -> Scenario:
    return Scenario(seed, subtasks=CHAIN, happenings=(Happening(30.0 + seed, Deed.SUSPEND, seconds=8 * 3600.0),))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (AttemptOpened, "has another past"),
        (ModelReplied, "whose whole reply a process had received"),
        (ToolReturned, "whose reply is on disk"),
        (AttemptHandedIn, "another commit than the one it handed in"),
    ],
)
def test_a_fact_that_the_next_process_misses_is_noticed(kind: type[Event], words: str) -> None:
    class ForgetsThis(Forgetful):
        unrecorded = kind

    outcome = found_with(ForgetsThis, often_killed)
    assert says(outcome, words), outcome


def test_work_that_is_accepted_without_its_checks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def accept(self: CheckVerifier, commit: str, **_: Any) -> Verdict:
        return Verdict(True, True)

    monkeypatch.setattr(CheckVerifier, "verify", accept)
    assert says(found_with(), "is done, but")


def test_a_subtask_that_does_not_wait_for_what_it_needs_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def link(self: RunState, node: Node) -> None:
        for dependency in node.subtask.depends_on:
            self.nodes[dependency].dependents.append(node.subtask.id)

    monkeypatch.setattr(RunState, "_link", link)
    assert says(found_with(), "is not the recount", "before its dependencies")


def test_a_conflict_that_is_taken_for_a_merge_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def conflicted(self: MergeQueue, stimulus: MergeConflicted) -> None:
        self.merged(MergeDone(stimulus.attempt_id, stimulus.head))

    monkeypatch.setattr(MergeQueue, "conflicted", conflicted)
    assert says(found_with(scenario_of=crowded), "of an integrated commit 0 times")


def test_time_asleep_that_counts_as_work_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SteadyClock, "__call__", lambda self: self._wall())
    monkeypatch.setattr(SteadyClock, "settle", lambda self: None)
    assert says(found_with(scenario_of=asleep), "but it did for")
