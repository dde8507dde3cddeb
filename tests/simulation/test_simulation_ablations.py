"""Each safeguard switched off in turn: the simulation must notice. A simulation that finds nothing proves nothing."""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from swarm.core.branch_checks import BranchChecks
from swarm.core.branch_facts import RemovalStarted
from swarm.core.checked_heads import Culprit
from swarm.core.draft import Draft
from swarm.core.endings import cancel_attempts
from swarm.core.events import (
    AttemptStarted,
    Event,
    ModelCalled,
    ToolCalled,
    VerdictGiven,
    WorkspaceSnapshotted,
    attempt_id,
)
from swarm.core.limits import Limits
from swarm.core.node import Node
from swarm.core.plan import Subtask
from swarm.core.scheduler import Scheduler
from swarm.core.transcript import Transcript
from swarm.journal.committer import Batch
from swarm.journal.spool import ReplySpool, SpooledCall
from swarm.opening import OpenRun
from swarm.protocols import Workspace
from swarm.testing.simulation import (
    CommitFate,
    Deed,
    Happening,
    Outcome,
    Scenario,
    SimulatedCommitter,
    SimulatedProcess,
    simulate,
)
from swarm.testing.simulation.places import SimulatedWorkspaces
from swarm.testing.simulation.scenario import Temper

MOST_SEEDS = 30


def found_with(
    process_type: type[SimulatedProcess] = SimulatedProcess,
    scenario_of: Callable[[int], Scenario] = Scenario.of,
) -> Outcome:
    """Return the first outcome with something wrong."""
    for seed in range(MOST_SEEDS):
        outcome = simulate(scenario_of(seed), process_type)
        if outcome.failed:
            return outcome
    raise AssertionError(f"{MOST_SEEDS} seeds did not notice")


def frozen(seed: int) -> Scenario:
    return Scenario(seed, subtasks=_works(3), fates={5 + seed: CommitFate.FROZEN})


def crowded(seed: int) -> Scenario:
    return Scenario(seed, subtasks=_works(10, "shared/0.txt"), limits=Limits(workers=3, max_attempts=8))


def often_killed(seed: int) -> Scenario:
    fates = {10 + seed + 15 * number: CommitFate.LOST for number in range(8)}
    return Scenario(seed, subtasks=_works(4, "shared/0.txt", "shared/1.txt"), fates=fates)


def poisoned(seed: int) -> Scenario:
    """Work that breaks what was sound, found by checks on the branch while the run goes on, and kills meanwhile."""
    fates = {10 + seed + 25 * number: CommitFate.LOST for number in range(6)}
    limits = Limits(workers=3, max_attempts=5, check_every=1 + seed % 3)
    subtasks = tuple(
        part.model_copy(update={"depends_on": ("s0",) if number == 5 else ()}) for number, part in enumerate(_works(8))
    )
    temper = Temper(poisons=0.4)
    return Scenario(seed, subtasks, limits, checks=("sane", "whole"), temper=temper, fates=fates)


def poisoned_in_a_hurry(seed: int) -> Scenario:
    """The same with more to do at once: attempts end, and others could start, at any moment."""
    limits = Limits(workers=8, max_attempts=5, check_every=1)
    temper = Temper(poisons=0.2, slowest_s=20.0)
    return Scenario(seed, _works(40), limits, checks=("sane", "whole"), temper=temper)


def cancelled(seed: int) -> Scenario:
    return Scenario(seed, subtasks=_works(4), happenings=(Happening(30.0 + seed, Deed.CANCEL, "s1"),))


def _works(count: int, *shared: str) -> tuple[Subtask, ...]:
    return tuple(
        Subtask(id=f"s{number}", instruction="work", checks=(" ".join(("check", f"s{number}", *shared)),))
        for number in range(count)
    )


def says(outcome: Outcome, *words: str) -> bool:
    return any(word in wrong for wrong in outcome.wrong for word in words)


class HastyCommitter(SimulatedCommitter):
    """Says that everything is on disk as soon as it is asked."""

    def put(self, batch: Batch) -> None:
        self._acknowledged(batch.events[-1][0])
        self._report(batch.appends, None)
        super().put(batch)

    def _answer(self, group: Sequence[Batch], seqs: Sequence[int], error: Any) -> None:
        """It has been said already."""


class AcknowledgedTooEarly(SimulatedProcess):
    def make_committer(self, *arguments: Any) -> SimulatedCommitter:
        committer = super().make_committer(*arguments)
        committer.__class__ = HastyCommitter
        return committer


class UnfencedCommitter(SimulatedCommitter):
    """Commits under whatever epoch the journal has by now."""

    def _commit(self, group: Sequence[Batch]) -> Any:
        (self._epoch,) = self._connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
        return super()._commit(group)


class Unfenced(SimulatedProcess):
    def make_committer(self, *arguments: Any) -> SimulatedCommitter:
        committer = super().make_committer(*arguments)
        committer.__class__ = UnfencedCommitter
        return committer


class Forgetful(SimulatedProcess):
    """Folds one kind of event into memory, but does not record it."""

    unrecorded: type[Event]

    def prepare(self, run: OpenRun) -> None:
        record = run.runner.record

        async def record_others(*events: Event) -> None:
            for event in events:
                if isinstance(event, self.unrecorded):
                    run.scheduler.apply(event, run.clock())
            await record(*(event for event in events if not isinstance(event, self.unrecorded)))

        run.runner = dataclasses.replace(run.runner, record=record_others)


class Impatient(SimulatedProcess):
    """Acts on what it records without waiting for the disk."""

    def prepare(self, run: OpenRun) -> None:
        record = run.runner.record
        tasks: set[asyncio.Task[None]] = set()

        async def record_later(*events: Event) -> None:
            task = asyncio.ensure_future(record(*events))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            await asyncio.sleep(0)

        run.runner = dataclasses.replace(run.runner, record=record_later)


class ForgetsResumed(SimulatedProcess):
    """Starts attempts that were at work from their beginning."""

    def prepare(self, run: OpenRun) -> None:
        run.begun.clear()


class StaleWorkspaces(SimulatedWorkspaces):
    """Begins with the files of the base commit instead of those of the last snapshot."""

    async def open(self, attempt_id: str, *, base_commit: str, tree: str = "") -> Workspace:
        return await super().open(attempt_id, base_commit=base_commit)


class ForgetsFiles(SimulatedProcess):
    def prepare(self, run: OpenRun) -> None:
        run.runner = dataclasses.replace(run.runner, workspaces=StaleWorkspaces(self.hands))


class BlankSpool(ReplySpool):
    """Finds nothing of what processes before this one have received."""

    def call(self, attempt_id: str, step: int, digest: str) -> SpooledCall:
        return super().call(attempt_id, step, f"{digest} {id(self)}")


class ForgetsReceived(SimulatedProcess):
    def prepare(self, run: OpenRun) -> None:
        run.runner = dataclasses.replace(run.runner, spool=BlankSpool(run.folder.spool))


def test_an_acknowledgement_before_the_commit_is_noticed() -> None:
    assert says(found_with(AcknowledgedTooEarly), "not on disk", "was acknowledged")


def test_acting_before_the_commit_is_noticed() -> None:
    assert says(found_with(Impatient), "not on disk")


def test_a_missing_epoch_check_is_noticed() -> None:
    assert says(found_with(Unfenced, frozen), "another one had taken the run over")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (ModelCalled, "intent is not on disk"),
        (ToolCalled, "no tool call without a result is on disk"),
        (VerdictGiven, "its acceptance is not on disk"),
        (WorkspaceSnapshotted, "files that no snapshot on disk holds"),
    ],
)
def test_a_fact_that_is_not_recorded_is_noticed(kind: type[Event], words: str) -> None:
    class ForgetsThis(Forgetful):
        unrecorded = kind

    outcome = found_with(ForgetsThis)
    assert says(outcome, words), outcome


def test_a_resumed_attempt_that_is_not_read_back_is_noticed() -> None:
    assert says(found_with(ForgetsResumed), "again, whose reply is on disk", "opens its workspace with other files")


def test_files_that_do_not_go_with_the_conversation_are_noticed() -> None:
    assert says(found_with(ForgetsFiles), "other files than those of its last snapshot")


def test_a_received_reply_that_is_bought_again_is_noticed() -> None:
    assert says(found_with(ForgetsReceived, often_killed), "whose whole reply a process had received")


def test_a_wrong_base_after_a_conflict_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def start_ready(self: Scheduler) -> None:
        while self.state.at_work < self.state.limits.workers and (node := self.state.next_ready()):
            tree = node.conflict.tree if node.conflict else ""
            identifier = attempt_id(node.subtask.id, node.attempts + 1)
            started = AttemptStarted(
                identifier, node.subtask.id, node.attempts + 1, self.state.head, tree, node.feedback
            )
            self._draft.emit(started)

    monkeypatch.setattr(Scheduler, "_start_ready", start_ready)
    assert says(found_with(scenario_of=crowded), "of an integrated commit 0 times", "fails on the branch")


def test_a_tool_call_that_is_answered_twice_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def unanswered(self: Transcript) -> list[tuple[int, Any]]:
        return list(enumerate(self.reply.tool_calls)) if self.reply else []

    monkeypatch.setattr(Transcript, "unanswered", unanswered)
    assert says(found_with(scenario_of=often_killed), "among the tool results")


def test_a_cancelled_attempt_that_goes_on_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_say_so(draft: Draft, node: Node) -> None:
        before = len(draft.decision.commands)
        cancel_attempts(draft, node)
        del draft.decision.commands[before:]

    monkeypatch.setattr("swarm.core.people.cancel_attempts", only_say_so)
    assert says(found_with(scenario_of=cancelled), "after its end was recorded")


def test_work_that_stays_done_though_its_change_is_gone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swarm.core.state.reopen", lambda *_: 0)
    assert says(found_with(scenario_of=poisoned), "fails on the branch")


def test_work_that_starts_from_a_change_that_is_being_taken_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def start_ready(self: Scheduler) -> None:
        while self.state.at_work < self.state.limits.workers and (node := self.state.next_ready()):
            number = node.attempts + 1
            identifier = attempt_id(node.subtask.id, number)
            self._draft.emit(AttemptStarted(identifier, node.subtask.id, number, self.state.head))

    monkeypatch.setattr(Scheduler, "_start_ready", start_ready)
    assert says(found_with(scenario_of=poisoned_in_a_hurry), "was taken out")


def test_a_removal_without_its_intent_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(self: BranchChecks, culprit: Culprit) -> None:
        reason = culprit.result.command
        started = RemovalStarted(culprit.attempt_id, culprit.merge, self._draft.state.head, reason, "it fails")
        self._draft.state.apply(started, self._draft.now)

    monkeypatch.setattr(BranchChecks, "_deal_with", at_once)
    assert says(found_with(scenario_of=poisoned), "that intent is not on disk")


@pytest.mark.parametrize("scenario_of", [frozen, crowded, often_killed, cancelled, poisoned])
def test_with_its_safeguards_the_same_scenarios_are_green(scenario_of: Callable[[int], Scenario]) -> None:
    assert [str(outcome) for seed in range(5) if (outcome := simulate(scenario_of(seed))).failed] == []
