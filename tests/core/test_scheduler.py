"""The scheduler, played through with random plans, outcomes, interleavings and crashes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarm.core.events import (
    AttemptEnded,
    AttemptHandedIn,
    AttemptStarted,
    PauseReason,
    PlanExtended,
    RunEnded,
    RunOutcome,
    RunPaused,
    SubtaskEnded,
    SubtaskOutcome,
    VerdictGiven,
)
from swarm.core.limits import Limits
from swarm.core.messages import Handoff, Verdict
from swarm.core.node import ENDED, SubtaskState
from swarm.core.plan import Subtask, SubtaskKind
from swarm.core.scheduler import Scheduler
from swarm.core.stimuli import (
    AttemptAccepted,
    AttemptFailed,
    AttemptPlanned,
    AttemptRejected,
    AttemptSplit,
    CancelAsked,
    CancelAttempt,
    Drain,
    MergeAttempt,
    PauseAsked,
    RunAttempt,
)
from tests.core.worlds import World, opened, random_plan


def work(identifier: str, *depends_on: str, **fields: object) -> Subtask:
    return Subtask.model_validate({"id": identifier, "instruction": "do", "depends_on": depends_on, **fields})


def started(world: World) -> list[str]:
    return [command.started.attempt_id for command in world.pending if isinstance(command, RunAttempt)]


def assert_every_subtask_ended_once(world: World) -> None:
    ended = [fact.event.subtask_id for fact in world.facts if isinstance(fact.event, SubtaskEnded)]
    assert sorted(ended) == sorted(world.state.nodes)
    attempts_started = [fact.event.attempt_id for fact in world.facts if isinstance(fact.event, AttemptStarted)]
    attempts_ended = [fact.event.attempt_id for fact in world.facts if isinstance(fact.event, AttemptEnded)]
    assert sorted(attempts_started) == sorted(attempts_ended)
    assert len(set(attempts_started)) == len(attempts_started)


def assert_nothing_is_lost(world: World) -> None:
    """The branch holds the work of every attempt that was merged: nobody's merge took another's work away."""
    expected = {attempt_id.rpartition("@")[0] for attempt_id in world.merged}
    assert world.contents[world.branch] == expected
    assert world.state.head == world.branch


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(1, 25), workers=st.integers(1, 8), good=st.floats(0.2, 1.0))
def test_any_plan_in_any_interleaving_ends_with_every_subtask_ended_once(
    seed: int, count: int, workers: int, good: float
) -> None:
    limits = Limits(workers=workers, max_attempts=2, max_depth=2, max_repairs=1)
    world = World(seed, random_plan(seed, count), limits, checks=("true",), good=good)
    world.play()
    assert world.state.ended is not None
    assert_every_subtask_ended_once(world)
    assert_nothing_is_lost(world)
    assert world.widest <= workers


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(1, 20))
def test_crashes_change_nothing_about_what_was_decided(seed: int, count: int) -> None:
    world = World(seed, random_plan(seed, count), Limits(workers=4, max_depth=2), good=0.8)
    world.play(crashes=0.2)
    assert_every_subtask_ended_once(world)
    assert_nothing_is_lost(world)
    # the fold of the facts is the state that was reached, whoever folds
    again = Scheduler.restore(world.facts)
    again.check()
    assert {key: node.state for key, node in again.state.nodes.items()} == world.states()
    assert again.state.head == world.state.head


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(1, 20), workers=st.integers(1, 6))
def test_work_conserving_no_worker_idles_while_something_is_ready(seed: int, count: int, workers: int) -> None:
    world = World(seed, random_plan(seed, count), Limits(workers=workers, max_depth=2))
    while not world.stopped:
        ready = sum(node.state is SubtaskState.READY for node in world.state.nodes.values())
        assert not ready or world.state.at_work == workers
        world.step()


def test_dependencies_are_done_before_a_subtask_starts() -> None:
    world = World(1, (work("a"), work("b", "a"), work("c", "a", "b")), good=1.0)
    assert started(world) == ["a@1"]
    world.play()
    order = [fact.event.subtask_id for fact in world.facts if isinstance(fact.event, AttemptStarted)]
    assert order == ["a", "b", "c"]
    assert world.state.ended is not None
    assert world.state.ended.outcome is RunOutcome.DONE


def test_the_longest_chain_starts_first() -> None:
    plan = (work("alone"), work("leaf", "mid"), work("mid", "root"), work("root"))
    world = World(1, plan, Limits(workers=1), good=1.0)
    assert started(world) == ["root@1"]


def test_children_of_a_plan_subtask_inherit_what_waits_for_it() -> None:
    chain = (work("p", kind="plan"), work("x", "p"), work("y", "x"), work("z", "y"), work("other"))
    world = World(1, chain, Limits(workers=1), good=1.0)
    assert started(world) == ["p@1"]
    world.pending.clear()
    world.decide([AttemptPlanned("p@1", (work("part"),))])
    assert started(world) == ["p.part@1"]  # before "other", although each alone is one subtask long


def test_a_failed_subtask_skips_what_needs_it_and_nothing_else() -> None:
    world = World(1, (work("a"), work("b", "a"), work("c", "b"), work("d")), Limits(max_attempts=1), good=1.0)
    world.pending = [command for command in world.pending if command.started.attempt_id == "d@1"]  # type: ignore[union-attr]
    world.decide([AttemptFailed("a@1", "broke")])
    world.play()
    states = world.states()
    assert states["a"] is SubtaskState.FAILED
    assert states["b"] is states["c"] is SubtaskState.SKIPPED
    assert states["d"] is SubtaskState.DONE
    assert world.state.ended is not None
    assert world.state.ended.outcome is RunOutcome.FAILED


def test_a_late_result_of_an_attempt_that_is_over_changes_nothing() -> None:
    world = World(1, (work("a"),), good=1.0)
    world.pending.clear()
    world.decide([AttemptFailed("a@1", "broke")])
    assert started(world) == ["a@2"]
    before = len(world.facts)
    world.decide([AttemptFailed("a@1", "again")])
    assert len(world.facts) == before


def test_feedback_of_a_failed_attempt_reaches_the_next_one() -> None:
    world = World(1, (work("a"),))
    world.pending.clear()
    world.decide([AttemptFailed("a@1", "the disk was full")])
    (command,) = world.pending
    assert isinstance(command, RunAttempt)
    assert command.started.feedback == "the disk was full"


def test_a_conflict_sends_the_subtask_back_with_both_sides() -> None:
    world = World(3, (work("a"),), good=1.0)
    world.step()
    (merge,) = world.pending
    assert isinstance(merge, MergeAttempt)
    world.good = 0.0
    world.step()
    (command,) = world.pending
    assert isinstance(command, RunAttempt)
    assert command.started.tree == "tree a@1"
    assert command.started.base_commit == "base"
    assert "a.py" in command.started.feedback


def test_conflicts_use_up_no_attempts_until_there_are_too_many() -> None:
    world = World(3, (work("a"),), Limits(max_attempts=1, max_conflicts=3), good=1.0)
    while not world.stopped:
        world.good = 0.0 if isinstance(world.pending[0], MergeAttempt) else 1.0
        world.step()
    assert [each for fact in world.facts if isinstance(each := fact.event, AttemptStarted)][-1].attempt_id == "a@4"
    (end,) = [fact.event for fact in world.facts if isinstance(fact.event, SubtaskEnded)]
    assert end.outcome is SubtaskOutcome.FAILED
    assert end.reason.startswith("4 attempts; the last one: the work conflicts")


def test_a_split_leaves_its_planner_all_attempts() -> None:
    world = World(3, (work("a"),), Limits(max_attempts=2), good=1.0)
    world.pending.clear()
    world.decide([AttemptSplit("a@1", "too big", ("one", "two"))])
    for number in (2, 3):
        assert started(world) == [f"a@{number}"]
        world.pending.clear()
        world.decide([AttemptRejected(f"a@{number}", "no usable plan")])
    assert world.state.nodes["a"].state is SubtaskState.FAILED


def test_a_limit_pauses_the_run_resumable() -> None:
    world = World(1, (work("a"), work("b", "a")), Limits(max_time_s=5), good=1.0)
    world.now += 100
    world.decide([])
    assert any(isinstance(command, Drain) for command in world.pending), "though nothing was recorded meanwhile"
    world.play()
    assert world.state.ended is None
    assert world.state.paused is not None
    assert world.state.paused.reason is PauseReason.LIMIT
    assert "max-time" in world.state.paused.message


def test_a_pause_keeps_open_attempts_open_and_a_resume_goes_on_with_them() -> None:
    world = World(1, (work("a"), work("b")), good=1.0)
    world.decide([PauseAsked(PauseReason.SIGNAL, "SIGTERM")])
    world.pending = world.pending[-1:]
    world.step()
    assert world.stopped
    assert isinstance(world.facts[-1].event, RunPaused)
    world.stopped = False
    world.crash()
    assert sorted(started(world)) == ["a@1", "b@1"]
    world.play()
    assert world.state.ended is not None
    assert world.state.ended.outcome is RunOutcome.DONE


def test_failing_run_checks_are_repaired_within_limits() -> None:
    world = World(1, (work("a"),), Limits(max_repairs=2), checks=("make test",), good=1.0)
    while not world.stopped:
        world.good = 0.0 if type(world.pending[0]).__name__ == "CheckRun" else 1.0
        world.step()
    assert [key for key in world.state.nodes if key.startswith("repair")] == ["repair-1", "repair-2"]
    assert world.state.ended is not None
    assert world.state.ended.outcome is RunOutcome.FAILED
    assert "a check failed" in world.state.ended.reason


def test_without_any_check_a_run_is_unverified_not_done() -> None:
    world = World(1, (work("a"),))
    world.pending.clear()
    world.record(AttemptHandedIn("a@1", 1, Handoff("did", commit=world._commit("a@1"))))
    world.record(VerdictGiven("a@1", 1, Verdict(accepted=True, verified=False)))
    world.decide([AttemptAccepted("a@1")])
    world.good = 1.0
    world.play()
    assert world.states() == {"a": SubtaskState.UNVERIFIED}
    assert world.state.ended is not None
    assert world.state.ended.outcome is RunOutcome.UNVERIFIED


def test_cancelling_the_run_ends_everything_and_it_stays_dead() -> None:
    world = World(1, (work("a"), work("b", "a"), work("p", kind="plan")))
    world.decide([CancelAsked()])
    assert set(world.states().values()) == {SubtaskState.CANCELLED}
    assert not any(isinstance(command, RunAttempt | CancelAttempt) for command in world.pending)
    assert isinstance(world.facts[-1].event, RunEnded)
    assert world.facts[-1].event.outcome is RunOutcome.CANCELLED


def test_cancelling_one_subtask_skips_its_dependents_only() -> None:
    world = World(1, (work("a"), work("b", "a"), work("c")), good=1.0)
    world.decide([CancelAsked("a")])
    world.play()
    states = world.states()
    assert (states["a"], states["b"], states["c"]) == (
        SubtaskState.CANCELLED,
        SubtaskState.SKIPPED,
        SubtaskState.DONE,
    )


@pytest.mark.parametrize(
    ("children", "words"),
    [
        ((work("x", "y"), work("y", "x")), "cycle"),
        ((work("x"), work("x")), "two subtasks"),
        ((work("a"),), "already"),
        ((work("x", "nowhere"),), "not in the plan"),
        (tuple(work(f"n{number}") for number in range(50)), "room"),
    ],
)
def test_a_planners_impossible_answer_is_refused_and_it_may_try_again(
    children: tuple[Subtask, ...], words: str
) -> None:
    plan = (work("plan", kind="plan"), work("a"))
    world = World(1, plan, Limits(max_subtasks=50))
    world.pending.clear()
    world.decide([AttemptPlanned("plan@1", children)])
    (command,) = world.pending
    assert isinstance(command, RunAttempt)
    assert command.started.attempt_id == "plan@2"
    assert words in command.started.feedback
    assert not any(isinstance(fact.event, PlanExtended) and fact.event.parent_id for fact in world.facts)


def test_split_turns_work_into_planning_but_not_for_ever() -> None:
    world = World(7, (work("a"),), Limits(max_depth=1), good=1.0)
    world.pending.clear()
    world.decide([AttemptSplit("a@1", "too big", ("left", "right"))])
    node = world.state.nodes["a"]
    assert node.subtask.kind is SubtaskKind.PLAN
    assert "- left" in node.subtask.instruction
    world.pending.clear()
    world.decide([AttemptPlanned("a@2", (work("one"), work("two", "one")))])
    assert "a.one@1" in started(world)
    world.pending.clear()
    world.decide([AttemptSplit("a.one@1", "still too big", ("x",))])
    (command,) = world.pending
    assert isinstance(command, RunAttempt)
    assert "nested" in command.started.feedback
    world.play()
    assert all(state in ENDED for state in world.states().values())


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(2, 15), moment=st.integers(0, 40))
def test_cancelling_at_any_moment_ends_cancelled_and_loses_no_merge(seed: int, count: int, moment: int) -> None:
    world = World(seed, random_plan(seed, count), Limits(workers=4, max_depth=2), checks=("true",), good=0.8)
    for _ in range(moment):
        if not world.stopped:
            world.step()
    if world.state.ended:
        return
    world.decide([CancelAsked()])
    world.play(crashes=0.2)
    assert world.state.ended is not None
    assert world.state.ended.outcome is RunOutcome.CANCELLED
    assert_nothing_is_lost(world)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(2, 15), moment=st.integers(0, 30))
def test_cancelling_one_subtask_at_any_moment_breaks_nothing_else(seed: int, count: int, moment: int) -> None:
    world = World(seed, random_plan(seed, count), Limits(workers=4, max_depth=2), good=0.9)
    for _ in range(moment):
        if not world.stopped:
            world.step()
    victim = f"s{seed % count}"
    was_over = world.states()[victim] in ENDED
    if not world.stopped:
        world.decide([CancelAsked(victim)])
    world.play(crashes=0.1)
    assert_every_subtask_ended_once(world)
    assert_nothing_is_lost(world)
    assert was_over or world.states()[victim] is SubtaskState.CANCELLED


def test_a_cancel_while_the_runs_checks_run_is_not_lost() -> None:
    world = World(1, (work("a"),), checks=("make test",), good=1.0)
    while type(world.pending[0]).__name__ != "CheckRun":
        world.step()
    world.decide([CancelAsked()])
    assert world.stopped
    assert world.state.ended is not None
    assert world.state.ended.outcome is RunOutcome.CANCELLED


def test_a_repair_of_a_very_long_goal_fits() -> None:
    world = World(1, (work("a"),), checks=("make test",), good=1.0)
    world.task = world.task.model_copy(update={"instruction": "x" * 200_000})
    world.record(opened(world.task))
    while type(world.pending[0]).__name__ != "CheckRun":
        world.step()
    world.good = 0.0
    world.step()
    assert "repair-1" in world.state.nodes


def test_a_split_is_no_way_around_checks() -> None:
    world = World(1, (work("a", checks=("pytest hard",)),), good=1.0)
    world.pending.clear()
    world.decide([AttemptSplit("a@1", "too big", ("part",))])
    world.pending.clear()
    world.decide([AttemptPlanned("a@2", (work("part", checks=("true",)),))])
    last = world.state.nodes["a.checks"].subtask
    assert last.checks == ("pytest hard",)
    assert last.depends_on == ("a.part",)


def test_ranks_count_what_waits_for_a_parents_parent() -> None:
    world = World(1, (work("p", kind="plan"), work("x", "p"), work("y", "x")), Limits(workers=1), good=1.0)
    world.pending.clear()
    world.decide([AttemptPlanned("p@1", (work("c", kind="plan"),))])
    world.pending.clear()
    world.decide([AttemptPlanned("p.c@1", (work("d"),))])
    assert world.state.nodes["p.c.d"].rank == 3.0
