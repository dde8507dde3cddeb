"""When an agent counts as stuck, and what becomes of its subtask: rung after rung, and the same after a crash."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarm.core.events import (
    AttemptEnded,
    AttemptOutcome,
    AttemptStarted,
    PauseReason,
    PersonWanted,
    RunOpened,
    RunPaused,
    RunSettings,
    SubtaskEnded,
)
from swarm.core.limits import Limits, RoleLimits, StuckLimits
from swarm.core.messages import ToolCall
from swarm.core.node import SubtaskState
from swarm.core.plan import Subtask
from swarm.core.scheduler import Scheduler
from swarm.core.stimuli import AttemptStuck, CancelAsked, Stimulus, TellAsked
from swarm.core.stuck import StuckKind, StuckWatch, masked
from tests.core.worlds import World, opened, random_plan

LIMITS = StuckLimits()


class Steps:
    """Plays steps of an agent, and says how it is stuck after them."""

    def __init__(self, limits: StuckLimits = LIMITS) -> None:
        self.watch = StuckWatch()
        self.limits = limits

    def do(self, tool: str, result: str, *, failed: bool = False, **arguments: str) -> StuckKind | None:
        if failed:
            self.watch.returned(0, failed=True)
        self.watch.closed([ToolCall("c", tool, json.dumps(arguments))], [result])
        return self.watch.found(self.limits)


def test_the_same_call_with_the_same_result_is_a_loop() -> None:
    steps = Steps()
    found = [steps.do("search", "nothing", pattern="x") for _ in range(4)]
    assert found == [None, None, None, StuckKind.REPEATED]


def test_what_changes_by_itself_does_not_hide_a_loop() -> None:
    steps = Steps()
    found = [
        steps.do("shell", f"2026-01-0{n} 10:0{n}: 3 failed in {n}.41s (pid {n}7) at 0x{n}f", command="pytest")
        for n in range(1, 5)
    ]
    assert found[-1] is StuckKind.REPEATED
    assert masked("took 12 ms, 3 failed") == masked("took 15 ms, 3 failed")
    assert masked("3 failed") != masked("2 failed")
    assert masked("a" * 9_000 + "x" * 20_000 + "b" * 9_000) != masked("a" * 9_000 + "x" * 20_001 + "b" * 9_000)


def test_other_results_are_no_loop() -> None:
    steps = Steps()
    assert not any(steps.do("shell", f"{n} failed", command="pytest") for n in range(40))


def test_the_same_failure_counts_sooner() -> None:
    steps = Steps()
    found = [steps.do("edit_file", "old text not found", failed=True, path="a") for _ in range(3)]
    assert found == [None, None, StuckKind.FAILING]


def test_to_and_fro_is_a_loop() -> None:
    steps = Steps()
    found = [steps.do("read_file", "abc"[n % 2], path="ab"[n % 2]) for n in range(6)]
    assert found == [None] * 5 + [StuckKind.ALTERNATING]


def test_steps_that_show_nothing_new_are_found_and_new_files_are_news() -> None:
    steps = Steps()
    for n in range(3):
        steps.do("read_file", f"text {n}", path=f"{n}")
    found = [steps.do("read_file", f"text {n % 3}", path=f"{n % 3}") for n in range(12)]
    assert found == [None] * 11 + [StuckKind.NOTHING_NEW]
    steps = Steps()
    for n in range(30):
        steps.do("write_file", "Wrote it.", path=f"{n % 3}", content=f"{n}")
        steps.watch.changed(f"tree {n}")
        assert steps.watch.found(LIMITS) is None
    found = []
    for n in range(13):  # back and forth between files that were there before
        steps.do("write_file", "Wrote it.", path=f"{n % 3}", content=f"{n}")
        steps.watch.changed(f"tree {n % 3}")
        found.append(steps.watch.found(LIMITS))
    assert found[-1] is StuckKind.NOTHING_NEW


@pytest.mark.parametrize(
    ("tool", "arguments", "polling"),
    [
        ("shell", {"command": "sleep 5"}, ()),
        ("shell", {"command": "make status"}, ("make st*",)),
        ("peek", {}, ("peek",)),
    ],
)
def test_polling_is_exempt(tool: str, arguments: dict[str, str], polling: tuple[str, ...]) -> None:
    steps = Steps(StuckLimits(polling=polling))
    assert not any(steps.do(tool, "not yet", failed=False, **arguments) for _ in range(50))
    other = Steps(StuckLimits(polling=polling))
    assert any(other.do("shell", "not yet", command="make check") for _ in range(4))


def test_after_a_hint_the_agent_begins_anew_but_has_still_seen_what_it_has_seen() -> None:
    steps = Steps()
    for _ in range(4):
        steps.do("search", "nothing", pattern="x")
    steps.watch.hinted()
    found = [steps.do("search", "nothing", pattern="x") for _ in range(4)]
    assert found == [None, None, None, StuckKind.REPEATED]
    assert steps.watch.hints == 1
    assert "search" in steps.watch.tried()
    assert "nothing" in steps.watch.tried()


# -- the ladder --------------------------------------------------------------------------------------------------------

PLAN = (Subtask(id="a", instruction="work"), Subtask(id="b", instruction="work", depends_on=("a",)))


class Ladder:
    """A run whose agents are stuck with ``a``. Every step is also taken by a scheduler that knows only the facts."""

    def __init__(self, limits: Limits, models: dict[str, str]) -> None:
        self.world = World(1, PLAN, limits, good=1.0)
        named = RunSettings("http://127.0.0.1:1/v1", models, "none")
        self.world.record(RunOpened(2, "host", 1, named, self.world.task))

    def stuck(self) -> None:
        attempt = self.world.state.nodes["a"].attempt
        assert attempt is not None
        self.world.pending.clear()
        self.tell(AttemptStuck(attempt.attempt_id, "tried it"))

    def tell(self, stimulus: Stimulus) -> None:
        restored = Scheduler.restore(self.world.facts)
        other = restored.handle([stimulus], self.world.now + 1)
        before = len(self.world.facts)
        self.world.decide([stimulus])
        assert other.facts == [recorded.event for recorded in self.world.facts[before:]]

    def facts(self, *kinds: type) -> list[object]:
        return [recorded.event for recorded in self.world.facts if isinstance(recorded.event, kinds)]


def test_the_rungs_are_a_fresh_view_a_stronger_role_and_a_person() -> None:
    ladder = Ladder(Limits(workers=2, max_attempts=4), {"worker": "m", "strong": "big"})
    for _ in range(4):
        ladder.stuck()
    started = [event for event in ladder.facts(AttemptStarted) if isinstance(event, AttemptStarted)]
    assert [event.role for event in started] == ["", "", "strong", ""]
    assert started[1].feedback == "tried it"
    ended = [event for event in ladder.facts(AttemptEnded) if isinstance(event, AttemptEnded)]
    assert {event.outcome for event in ended} == {AttemptOutcome.STUCK}
    assert ladder.facts(PersonWanted) == [PersonWanted("a", "tried it")]
    (paused,) = ladder.facts(RunPaused)
    assert isinstance(paused, RunPaused)
    assert paused.reason is PauseReason.PERSON
    assert ladder.world.stopped


def test_without_a_stronger_role_that_rung_is_left_out() -> None:
    ladder = Ladder(Limits(max_attempts=3), {"worker": "m"})
    for _ in range(3):
        ladder.stuck()
    assert len(ladder.facts(PersonWanted)) == 1
    assert {event.role for event in ladder.facts(AttemptStarted) if isinstance(event, AttemptStarted)} == {""}


def test_a_role_names_its_own_stronger_one_and_attempts_are_bounded() -> None:
    limits = Limits(max_attempts=2, roles={"worker": RoleLimits(stronger="expert")})
    ladder = Ladder(limits, {"worker": "m", "strong": "big"})
    ladder.stuck()
    ladder.stuck()
    assert len(ladder.facts(AttemptStarted)) == 2
    assert len(ladder.facts(PersonWanted)) == 1
    ladder = Ladder(limits.model_copy(update={"max_attempts": 3}), {"worker": "m"})
    ladder.stuck()
    ladder.stuck()
    started = [event for event in ladder.facts(AttemptStarted) if isinstance(event, AttemptStarted)]
    assert started[-1].role == "expert"


@pytest.mark.parametrize("to_all", [True, False])
def test_a_persons_word_lets_it_go_on_with_all_its_attempts(to_all: bool) -> None:
    ladder = Ladder(Limits(max_attempts=2), {"worker": "m"})
    ladder.stuck()
    ladder.stuck()
    world = ladder.world
    world.crash()
    assert world.stopped  # nobody has said anything
    world.stopped = False
    world.scheduler = Scheduler.restore(world.facts)
    world.record(opened(world.task))
    world.decide([TellAsked("look in src/", "r1", "" if to_all else "a")])
    assert world.state.nodes["a"].state is SubtaskState.RUNNING
    assert not world.state.held
    ladder.stuck()
    assert world.state.nodes["a"].state is SubtaskState.RUNNING
    world.play()
    assert set(world.states().values()) <= {SubtaskState.DONE}


def test_a_person_may_cancel_what_waits() -> None:
    ladder = Ladder(Limits(max_attempts=1), {"worker": "m"})
    ladder.stuck()
    world = ladder.world
    world.stopped = False
    world.scheduler = Scheduler.restore(world.facts)
    world.record(opened(world.task))
    world.decide([CancelAsked("a", "r1")])
    assert world.states() == {"a": SubtaskState.CANCELLED, "b": SubtaskState.SKIPPED}
    assert not world.state.held
    assert world.state.ended


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(1, 15), workers=st.integers(1, 6))
def test_runs_with_stuck_agents_end_and_each_subtask_once(seed: int, count: int, workers: int) -> None:
    limits = Limits(workers=workers, max_depth=2, roles={"worker": RoleLimits(stronger="expert")})
    world = World(seed, random_plan(seed, count), limits, good=0.5, circles=True)
    world.play(crashes=0.05)
    assert world.state.ended
    ended = [recorded.event.subtask_id for recorded in world.facts if isinstance(recorded.event, SubtaskEnded)]
    assert sorted(ended) == sorted(world.state.nodes)
    started = [recorded.event for recorded in world.facts if isinstance(recorded.event, AttemptStarted)]
    assert len({event.attempt_id for event in started}) == len(started)


def test_others_go_on_while_one_waits_for_a_person() -> None:
    world = World(
        1, (Subtask(id="a", instruction="x"), Subtask(id="c", instruction="x")), Limits(max_attempts=1), good=1
    )
    world.decide([AttemptStuck("a@1", "tried it")])
    assert not world.stopped
    world.pending = [each for each in world.pending if "a@1" not in str(each)]
    while not world.stopped:
        world.step()
    assert world.states() == {"a": SubtaskState.READY, "c": SubtaskState.DONE}
    assert world.state.paused
