"""Second attempts beside slow ones: when they begin, which of the two counts, and what becomes of the other one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarm.core.events import (
    AttemptEnded,
    AttemptHandedIn,
    AttemptOutcome,
    AttemptStarted,
    Hedge,
    Integrated,
    ModelCalled,
    ModelReplied,
    RunOutcome,
    RunParked,
    RunWoken,
    SubtaskEnded,
    VerdictGiven,
    WorkspaceSnapshotted,
)
from swarm.core.limits import Limits, RoleLimits, Usage
from swarm.core.messages import Handoff, Reply
from swarm.core.node import SubtaskState
from swarm.core.parts import SubtaskStatus
from swarm.core.plan import Subtask
from swarm.core.recorded_objects import OpenFiles
from swarm.core.scheduler import Scheduler
from swarm.core.stimuli import (
    AttemptAccepted,
    AttemptFailed,
    AttemptSplit,
    AttemptStuck,
    BudgetSpent,
    CancelAsked,
    CancelAttempt,
    RunAttempt,
    Stimulus,
)
from swarm.core.views import restored
from tests.core.worlds import ACCEPTED, REFUSED, World, opened, random_plan

WARM = ("step-1", "step-2", "step-3")
SLOW, HEDGE = "step-9@1", "step-9@2"


def work(identifier: str, *needs: str, **fields: object) -> Subtask:
    return Subtask.model_validate({"id": identifier, "instruction": "do", "depends_on": needs, **fields})


def slow_world(*more: Subtask, **limits: object) -> World:
    """Return a world in which three steps are done, each in a few seconds, and a fourth one takes long."""
    plan = (*map(work, WARM), work("step-9"), work("last", "step-9"), *more)
    known = {"workers": 4, "hedge": 5.0, "hedge_samples": 3, **limits}
    world = World(1, plan, Limits.model_validate(known), good=1.0)
    for name in WARM:
        finish(world, f"{name}@1")
    world.now += 100
    return world


def at_work(world: World) -> list[str]:
    return [command.started.attempt_id for command in world.pending if isinstance(command, RunAttempt)]


def take(world: World, attempt: str) -> None:
    """Take an attempt out of what is still to be carried out."""
    world.pending = [
        command
        for command in world.pending
        if not (isinstance(command, RunAttempt) and command.started.attempt_id == attempt)
    ]


def end(world: World, stimulus: Stimulus) -> None:
    """Have an attempt end like this."""
    take(world, stimulus.attempt_id)  # type: ignore[union-attr]
    world.decide([stimulus])


def finish(world: World, attempt: str) -> None:
    """Have an attempt accepted and merged."""
    accepted(world, attempt)
    end(world, AttemptAccepted(attempt))
    merge(world)


def accepted(world: World, attempt: str) -> None:
    """Record that an attempt's hand-in was accepted; the scheduler does not know yet."""
    take(world, attempt)
    world.record(AttemptHandedIn(attempt, 1, Handoff("did it", commit=world._commit(attempt))))
    world.record(VerdictGiven(attempt, 1, ACCEPTED))


def merge(world: World) -> None:
    """Carry out everything that is no attempt."""
    while any(not isinstance(command, RunAttempt) for command in world.pending):
        attempts = [command for command in world.pending if isinstance(command, RunAttempt)]
        world.pending = [command for command in world.pending if not isinstance(command, RunAttempt)]
        world.step()
        world.pending += attempts


def outcomes(world: World) -> dict[str, AttemptOutcome]:
    return {each.event.attempt_id: each.event.outcome for each in world.facts if isinstance(each.event, AttemptEnded)}


def hedges(world: World) -> list[AttemptStarted]:
    return [
        each.event for each in world.facts if isinstance(each.event, AttemptStarted) and each.event.hedge is not None
    ]


# -- when one begins -----------------------------------------------------------------------------------------------


def test_a_straggler_on_the_longest_chain_gets_a_second_attempt_and_the_reason_is_recorded() -> None:
    world = slow_world()
    assert at_work(world) == [SLOW]
    world.decide([])
    assert at_work(world) == [SLOW, HEDGE]
    (started,) = hedges(world)
    assert started.hedge is not None
    assert (started.attempt_id, started.number, started.base_commit) == (HEDGE, 2, world.branch)
    assert started.hedge.straggler == SLOW
    assert started.hedge.samples == 3
    assert started.hedge.seconds > 100 > 5 * started.hedge.usual_s > 0
    world.now += 1000
    world.decide([])
    assert at_work(world) == [SLOW, HEDGE], "one hedge for a subtask is enough"


def test_it_begins_when_nothing_has_been_recorded_for_long() -> None:
    world = slow_world()
    silent_since = world.facts[-1].at
    assert world.now - silent_since > 90
    world.decide([])
    assert world.facts[-1].at - silent_since > 90
    assert hedges(world)


@pytest.mark.parametrize(
    "limits",
    [
        {"hedge": None},
        {"hedge": 100.0},
        {"hedge_samples": 4},
        {"max_hedges": 0},
        {"workers": 1},
        {"roles": {"worker": RoleLimits(workers=1)}},
        {"max_time_s": "a moment from now"},
    ],
    ids=str,
)
def test_it_does_not_begin(limits: dict[str, object]) -> None:
    world = slow_world()
    narrowed = {"max_time_s": world.now + 2} if "max_time_s" in limits else limits
    world.state.task = world.task.model_copy(update={"limits": world.limits.model_copy(update=narrowed)})
    world.decide([])
    assert hedges(world) == []
    assert SLOW in at_work(world)
    assert not world.stopped


@pytest.mark.parametrize(
    "limit", ["max_calls", "max_tokens", "max_cost_usd", "max_subtask_calls", "max_subtask_tokens"]
)
def test_it_does_not_begin_where_a_budget_has_less_left_than_the_straggler_has_taken(limit: str) -> None:
    most = {"max_calls": 3, "max_tokens": 300, "max_cost_usd": 0.3, "max_subtask_calls": 3, "max_subtask_tokens": 300}
    for room, expected in ((most[limit], 0), (most[limit] * 2, 1)):
        world = slow_world(**{limit: room})
        for step in (1, 2):
            world.record(ModelCalled(SLOW, step, "model", "d"))
            world.record(ModelReplied(SLOW, step, Reply("", usage=Usage(90, 0, 10)), 0.1, 0.2, cost_usd=0.1))
        world.decide([])
        assert len(hedges(world)) == expected


def test_ready_work_goes_first() -> None:
    others = [work(f"other-{number}", "step-3") for number in range(4)]
    world = slow_world(*others)
    world.decide([])
    assert hedges(world) == []
    assert world.state.at_work == 4


def test_what_no_long_chain_waits_for_gets_none() -> None:
    chain = [work("long-1", "step-1"), *(work(f"long-{n}", f"long-{n - 1}") for n in range(2, 6))]
    world = slow_world(*chain)
    world.decide([])
    assert hedges(world) == []
    for number in range(1, 3):
        finish(world, f"long-{number}@1")
    assert hedges(world) == []
    finish(world, "long-3@1")
    assert [started.subtask_id for started in hedges(world)] == ["step-9"], "now its own chain is the longest one"


def test_a_run_has_a_bounded_number_of_them() -> None:
    chains = [
        work(f"{name}-{n}", *([f"step-{n}"] if name == "after" else []))
        for n in range(20, 24)
        for name in ("step", "after")
    ]
    world = slow_world(*chains, workers=9, max_hedges=2)
    world.decide([])
    assert len(hedges(world)) == 2
    world.now += 1000
    world.decide([])
    assert len(hedges(world)) == 2


# -- which of the two counts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "other"), [(HEDGE, SLOW), (SLOW, HEDGE)])
def test_the_first_that_is_accepted_counts_and_the_other_one_is_ended(first: str, other: str) -> None:
    world = slow_world()
    world.decide([])
    accepted(world, first)
    world.decide([AttemptAccepted(first)])
    assert at_work(world) == [], "the other one is cancelled"
    assert outcomes(world)[other] is AttemptOutcome.OUTRUN
    merge(world)
    assert outcomes(world)[first] is AttemptOutcome.INTEGRATED
    assert [name for name in world.merged if name.startswith("step-9")] == [first]
    assert world.state.nodes["step-9"].state is SubtaskState.DONE
    assert world.state.nodes["step-9"].tries == 1
    assert at_work(world) == ["last@1"]


@pytest.mark.parametrize(("first", "other"), [(HEDGE, SLOW), (SLOW, HEDGE)])
def test_when_both_are_accepted_before_anybody_decides_the_first_one_counts(first: str, other: str) -> None:
    world = slow_world()
    world.decide([])
    accepted(world, first)
    accepted(world, other)
    world.decide([AttemptAccepted(other), AttemptAccepted(first)])
    merge(world)
    assert outcomes(world)[other] is AttemptOutcome.OUTRUN
    assert [name for name in world.merged if name.startswith("step-9")] == [first]


def test_the_handoff_of_the_one_that_counts_is_handed_on() -> None:
    world = slow_world()
    world.decide([])
    world.record(AttemptHandedIn(HEDGE, 1, Handoff("the hedge's", commit=world._commit(HEDGE))))
    world.record(AttemptHandedIn(SLOW, 1, Handoff("the straggler's", commit=world._commit(SLOW))))
    world.record(VerdictGiven(HEDGE, 1, ACCEPTED))
    world.record(VerdictGiven(SLOW, 1, ACCEPTED))
    take(world, HEDGE)
    end(world, AttemptAccepted(SLOW))
    merge(world)
    assert [handoff.summary for _, handoff in world.state.handoffs_for("last")] == ["the hedge's"]
    subtask = restored(world.facts).subtasks["step-9"]
    assert subtask.handoff is not None
    assert subtask.handoff.summary == "the hedge's"


ENDS = {
    "failed": AttemptFailed(SLOW, "broke"),
    "out of budget": AttemptFailed(SLOW, "the subtask has used 3 of 3 model calls", final=True),
    "stuck": AttemptStuck(SLOW, "in circles"),
    "split": AttemptSplit(SLOW, "too big", ("one", "two")),
}


@pytest.mark.parametrize("stimulus", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("one", [SLOW, HEDGE])
def test_when_one_of_them_fails_the_other_one_goes_on(stimulus: Stimulus, one: str) -> None:
    other = HEDGE if one == SLOW else SLOW
    world = slow_world(max_attempts=1)
    world.decide([])
    end(world, type(stimulus)(one, *(getattr(stimulus, name) for name in stimulus.__match_args__[1:])))  # type: ignore[call-arg, arg-type]
    node = world.state.nodes["step-9"]
    assert at_work(world) == [other]
    assert node.state is SubtaskState.RUNNING
    assert node.attempt is not None
    assert node.attempt.attempt_id == other
    finish(world, other)
    assert world.states()["step-9"] is SubtaskState.DONE
    assert node.subtask.kind == "work"


def test_the_two_of_them_are_one_try() -> None:
    world = slow_world(max_attempts=2)
    world.decide([])
    end(world, AttemptFailed(HEDGE, "broke"))
    assert at_work(world) == [SLOW]
    end(world, AttemptFailed(SLOW, "broke, too"))
    assert at_work(world) == ["step-9@3"]
    world.now += 1000
    world.decide([])
    assert at_work(world) == ["step-9@3"], "there was a hedge"
    end(world, AttemptFailed("step-9@3", "and again"))
    assert world.state.nodes["step-9"].state is SubtaskState.FAILED
    assert world.state.nodes["last"].state is SubtaskState.SKIPPED


def test_a_refused_hand_in_of_one_says_nothing_about_the_other_one() -> None:
    world = slow_world()
    world.decide([])
    world.record(AttemptHandedIn(SLOW, 1, Handoff("did it", commit=world._commit(SLOW))))
    world.record(AttemptHandedIn(HEDGE, 1, Handoff("did it", commit=world._commit(HEDGE))))
    world.record(VerdictGiven(HEDGE, 1, REFUSED))
    world.decide([])
    assert world.states()["step-9"] is SubtaskState.VERIFYING
    end(world, AttemptFailed(HEDGE, "wrong"))
    world.record(VerdictGiven(SLOW, 1, ACCEPTED))
    end(world, AttemptAccepted(SLOW))
    merge(world)
    assert world.states()["step-9"] is SubtaskState.DONE


def test_cancelling_the_subtask_ends_both() -> None:
    world = slow_world()
    world.decide([])
    before = len(world.facts)
    world.scheduler.handle([], world.now)
    decision = world.scheduler.handle([CancelAsked("step-9", "r1")], world.now + 1)
    assert [c.attempt_id for c in decision.commands if isinstance(c, CancelAttempt)] == [HEDGE, SLOW]
    ended = [fact.attempt_id for fact in decision.facts if isinstance(fact, AttemptEnded)]
    assert ended == [HEDGE, SLOW]
    assert before == len(world.facts)
    world.scheduler.check()


# -- kills ---------------------------------------------------------------------------------------------------------


def test_after_a_kill_both_go_on() -> None:
    world = slow_world()
    world.decide([])
    world.crash()
    assert at_work(world) == [SLOW, HEDGE]
    finish(world, HEDGE)
    assert outcomes(world)[SLOW] is AttemptOutcome.OUTRUN


def test_a_kill_right_after_the_verdict_ends_the_one_that_lost() -> None:
    world = slow_world()
    world.decide([])
    accepted(world, HEDGE)
    world.crash()
    assert at_work(world) == []
    assert outcomes(world)[SLOW] is AttemptOutcome.OUTRUN
    merge(world)
    assert world.merged[-1] == HEDGE


def test_a_parked_run_wakes_with_both() -> None:
    world = slow_world()
    world.decide([])
    world.pending.clear()
    world.record(RunParked("gone", "endpoint_unavailable", 0, 60.0), RunWoken(0))
    world.decide([])
    assert sorted(at_work(world)) == [SLOW, HEDGE]


def test_a_copy_of_the_run_needs_the_files_of_both() -> None:
    world = slow_world()
    world.decide([])
    world.record(
        WorkspaceSnapshotted(SLOW, 1, "files of the first"), WorkspaceSnapshotted(HEDGE, 1, "files of the second")
    )
    world.record(AttemptHandedIn(HEDGE, 1, Handoff("did it", commit="commit of the second")))
    files = OpenFiles()
    for recorded in world.facts:
        files.apply(recorded.event)
    needed = files.needed(Scheduler.restore(world.facts).state)
    assert {"files of the first", "files of the second", "commit of the second"} <= set(needed)
    assert {"base", "head 3"} <= set(needed), "what they started from"


def test_two_that_wait_for_money_pause_the_run() -> None:
    world = slow_world()
    world.decide([])
    end(world, BudgetSpent(SLOW, "too dear"))
    assert not world.stopped
    end(world, BudgetSpent(HEDGE, "too dear"))
    assert world.stopped
    assert world.state.paused is not None


# -- whatever happens ----------------------------------------------------------------------------------------------


def assert_hedges_kept_their_rules(world: World) -> None:
    limits = world.limits
    found = hedges(world)
    assert len(found) <= limits.max_hedges
    assert len({started.subtask_id for started in found}) == len(found)
    started = [each.event.attempt_id for each in world.facts if isinstance(each.event, AttemptStarted)]
    ended = [each.event.attempt_id for each in world.facts if isinstance(each.event, AttemptEnded)]
    assert sorted(started) == sorted(ended)
    settled = [each.event.subtask_id for each in world.facts if isinstance(each.event, SubtaskEnded)]
    assert sorted(settled) == sorted(world.state.nodes)
    outrun = {name for name, outcome in outcomes(world).items() if outcome is AttemptOutcome.OUTRUN}
    merged = {each.event.attempt_id for each in world.facts if isinstance(each.event, Integrated)}
    assert not outrun & merged
    assert world.widest <= limits.workers


class WatchedWorld(World):
    """A world that looks whether a worker was left idle, or work left waiting for a hedge."""

    def decide(self, stimuli: list[Stimulus]) -> None:
        before = len(self.facts)
        super().decide(stimuli)
        state = self.state
        if self.stopped or state.parked or state.ended or state.heads.removing or not state.begun:
            return
        free = state.at_work < state.limits.workers
        assert not (free and state.next_ready()), "a worker is idle although work is ready"
        if any(isinstance(fact.event, AttemptStarted) and fact.event.hedge for fact in self.facts[before:]):
            assert not state.next_ready(), "a hedge began although work was ready"


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    count=st.integers(2, 25),
    workers=st.integers(2, 8),
    good=st.floats(0.3, 1.0),
    most=st.sampled_from([1, 3, 30]),
)
def test_any_plan_in_any_interleaving_ends_with_every_subtask_ended_once(
    seed: int, count: int, workers: int, good: float, most: int
) -> None:
    limits = Limits(
        workers=workers, max_attempts=2, max_depth=2, max_repairs=1, hedge=1.0, hedge_samples=1, max_hedges=most
    )
    world = WatchedWorld(seed, random_plan(seed, count), limits, checks=("true",), good=good, circles=True)
    world.play()
    assert_hedges_kept_their_rules(world)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(2, 20))
def test_kills_change_nothing_about_what_was_decided(seed: int, count: int) -> None:
    limits = Limits(workers=6, max_depth=2, hedge=1.0, hedge_samples=1, max_hedges=30)
    world = World(seed, random_plan(seed, count), limits, good=0.8)
    world.play(crashes=0.2)
    assert_hedges_kept_their_rules(world)
    again = Scheduler.restore(world.facts)
    again.check()
    assert {key: node.state for key, node in again.state.nodes.items()} == world.states()


def test_random_worlds_do_hedge() -> None:
    limits = Limits(workers=8, hedge=1.0, hedge_samples=1, max_hedges=30)
    worlds = [World(seed, random_plan(seed, 20), limits, good=0.9) for seed in range(20)]
    for world in worlds:
        world.play(crashes=0.05, replans=0.02)
        assert_hedges_kept_their_rules(world)
    won = [
        started for world in worlds for started in hedges(world) if outcomes(world)[started.attempt_id] == "integrated"
    ]
    lost = [started for world in worlds for started in hedges(world) if outcomes(world)[started.attempt_id] == "outrun"]
    assert len(won) > 10
    assert len(lost) > 10


def test_a_run_whose_straggler_never_ends_does() -> None:
    world = slow_world()
    world.decide([])
    world.pending = [
        command for command in world.pending if command != next(iter(world.pending))
    ]  # the straggler hangs
    finish(world, HEDGE)
    finish(world, "last@1")
    assert world.state.ended is not None
    assert world.state.ended.outcome is RunOutcome.DONE


# -- what people see -----------------------------------------------------------------------------------------------


def test_views_count_both_and_what_the_loser_cost() -> None:
    world = slow_world()
    world.decide([])
    view = restored(world.facts)
    assert view.at_work == 2
    assert view.counts[SubtaskStatus.RUNNING] == 1
    for attempt in (SLOW, HEDGE):
        world.record(ModelCalled(attempt, 1, "model", "d"))
        world.record(ModelReplied(attempt, 1, Reply("", usage=Usage(90, 0, 10)), 0.1, 0.2, cost_usd=0.5))
    finish(world, HEDGE)
    view = restored(world.facts)
    assert view.subtasks["step-9"].status == "done"
    assert view.wasted.usage.total_tokens == 100
    assert view.wasted.priced_usd == 0.5
    assert world.state.ledger.wasted == view.wasted


def test_a_hedge_is_told_in_words() -> None:
    hedge = Hedge("a@1", 95.4, 20.04, 7)
    assert hedge.in_words() == ("a hedge beside a@1, which has taken 95 s where 20 s are usual (7 such attempts)")


def test_a_journal_without_hedges_loads_the_same() -> None:
    world = World(3, random_plan(3, 10), Limits(workers=3), good=0.9)
    world.play()
    assert not hedges(world)
    assert opened(world.task).task.limits.hedge is None
