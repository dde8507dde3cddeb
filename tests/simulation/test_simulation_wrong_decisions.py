"""Bugs seeded into decisions and folds: the simulation must notice each, as it notices safeguards that are missing."""

import dataclasses
from typing import Any

import pytest

from swarm.clock import SteadyClock
from swarm.core.draft import Draft
from swarm.core.endings import end_outrun
from swarm.core.events import AttemptHandedIn, AttemptOpened, Event, ModelReplied, ToolReturned
from swarm.core.limits import Limits
from swarm.core.merge_queue import MergeQueue
from swarm.core.messages import Verdict
from swarm.core.node import Node, SubtaskState
from swarm.core.plan import Subtask
from swarm.core.scheduler import Scheduler
from swarm.core.state import RunState
from swarm.core.stimuli import AttemptAccepted, Decision, MergeConflicted, MergeDone, Stimulus
from swarm.testing.simulation import CommitFate, Deed, Happening, Scenario, Temper, simulate
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

    monkeypatch.setattr(RunState, "link", link)
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


def hedged(seed: int) -> Scenario:
    """Work of one kind whose last ones are mostly hedged."""
    limits = Limits(workers=6, max_attempts=6, hedge=1.0, hedge_samples=1, max_hedges=40)
    temper = Temper(wrong=0.2, slowest_s=600.0)
    subtasks = tuple(Subtask(id=f"s{number}", instruction="work", checks=(f"check s{number}",)) for number in range(10))
    return Scenario(seed, subtasks=subtasks, limits=limits, temper=temper)


def test_nothing_is_wrong_with_hedges_whenever_the_process_is_killed() -> None:
    killed = {30 + 12 * number: (CommitFate.LOST, CommitFate.UNKNOWN)[number % 2] for number in range(10)}
    outcomes = [simulate(dataclasses.replace(hedged(seed), fates=killed)) for seed in range(3)]
    assert [str(outcome) for outcome in outcomes if outcome.failed] == []
    assert sum(outcome.crashes for outcome in outcomes) > 6


def test_a_loser_that_goes_on_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_say_so(draft: Draft) -> None:
        before = len(draft.decision.commands)
        end_outrun(draft)
        del draft.decision.commands[before:]

    monkeypatch.setattr("swarm.core.scheduler.end_outrun", only_say_so)
    assert says(found_with(scenario_of=hedged), "after its end was recorded")


def test_a_second_hedge_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(self: Node) -> SubtaskState:
        self.hedged = False
        return exchange(self)

    exchange = Node.exchange
    monkeypatch.setattr(Node, "exchange", forgetful)
    assert says(found_with(scenario_of=hedged), "one hedge too many", "and none of them is a hedge")


def test_that_the_later_of_two_is_merged_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def exchange_again(draft: Draft) -> None:
        for node in draft.state.hedged.values():
            if node.state is SubtaskState.INTEGRATING and node.rival and node.rival.handoff:
                node.exchange()
        end_outrun(draft)

    def slow_to_decide(self: Scheduler, stimuli: list[Stimulus], now: float) -> Decision:
        return handle(self, [each for each in stimuli if not isinstance(each, AttemptAccepted)], now)

    handle = Scheduler.handle
    monkeypatch.setattr(Scheduler, "handle", slow_to_decide)
    monkeypatch.setattr("swarm.core.scheduler.end_outrun", exchange_again)
    assert says(
        found_with(scenario_of=hedged), "was accepted first", "its acceptance is not on disk", "outrun by nothing"
    )
