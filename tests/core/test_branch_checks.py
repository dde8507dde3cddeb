"""Checks on the branch while the run goes on: what is asked, who is blamed, and what becomes of the blamed."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarm.core.branch_facts import ChangeKept, ChangeRemoved, HeadChecked, RemovalStarted
from swarm.core.checked_heads import CheckedHeads
from swarm.core.events import FORMAT, AttemptEnded, AttemptStarted, Integrated, RunCreated, SubtaskEnded, SubtaskOutcome
from swarm.core.limits import Limits
from swarm.core.messages import CheckResult, Verdict
from swarm.core.node import ACCEPTED, SubtaskState
from swarm.core.plan import Subtask
from swarm.core.scheduler import Scheduler
from swarm.core.stimuli import CheckHead, CheckRun, MergeAttempt, RemoveMerge, RunAttempt
from swarm.core.task import Task
from swarm.core.views import restored
from tests.core.worlds import SETTINGS, World, random_plan


def work(identifier: str, *depends_on: str) -> Subtask:
    return Subtask(id=identifier, instruction="do", depends_on=depends_on)


def heads_of(count: int) -> CheckedHeads:
    heads = CheckedHeads()
    task = Task(instruction="x", checks=("sane", "whole"))
    heads.apply(RunCreated(FORMAT, "run", "0", task, SETTINGS, "h0", "swarm/run"))
    for number in range(1, count + 1):
        heads.apply(Integrated(f"s{number}@1", f"h{number - 1}", f"h{number}"))
    return heads


def found(heads: CheckedHeads, head: str, **passed: bool) -> None:
    results = tuple(CheckResult(check, int(not good), 1.0, "", "") for check, good in passed.items())
    heads.apply(HeadChecked(head, Verdict(all(passed.values()), True, "", results)))


@settings(max_examples=200, deadline=None)
@given(count=st.integers(1, 200), data=st.data())
def test_halving_finds_the_culprit_with_a_logarithm_of_checks(count: int, data: st.DataObject) -> None:
    good = data.draw(st.integers(0, count - 1))
    culprit = data.draw(st.integers(good + 1, count))
    heads = heads_of(count)
    found(heads, f"h{good}", sane=True, whole=False)
    found(heads, f"h{count}", sane=False, whole=False)
    asked = 0
    while heads.culprit() is None:
        question = heads.question()
        assert question is not None
        assert question.checks == ("sane",)
        found(heads, question.head, sane=int(question.head[1:]) < culprit)
        asked += 1
    blamed = heads.culprit()
    assert blamed is not None
    assert (blamed.attempt_id, blamed.merge) == (f"s{culprit}@1", f"h{culprit}")
    assert asked <= 2 + math.ceil(math.log2(count - good))


def test_a_failure_that_does_not_repeat_blames_nobody() -> None:
    heads = heads_of(5)
    found(heads, "h1", sane=True, whole=False)
    found(heads, "h5", sane=False, whole=False)
    question = heads.question()
    assert question is not None
    assert question.head == "h5"
    found(heads, "h5", sane=True)
    assert heads.question() is None
    assert heads.culprit() is None


def test_a_check_that_fails_where_it_has_passed_is_flaky_and_asks_for_nothing() -> None:
    heads = heads_of(3)
    found(heads, "h3", sane=True, whole=True)
    for _ in range(3):
        found(heads, "h3", sane=False)
    assert heads.question() is None
    assert heads.culprit() is None


def test_what_never_passed_is_no_regression() -> None:
    heads = heads_of(5)
    found(heads, "h5", sane=True, whole=False)
    about_base = heads.question_about_base()
    assert about_base is not None
    assert (about_base.head, about_base.checks) == ("h0", ("whole",))
    found(heads, "h0", whole=False)
    assert heads.question_about_base() is None
    assert heads.question() is None
    assert (heads.head, heads.passing, heads.merges_since) == ("h5", 1, 0)
    heads.apply(Integrated("s6@1", "h5", "h6"))
    assert heads.merges_since == 1


def test_what_passed_before_the_run_is_a_regression() -> None:
    heads = heads_of(2)
    found(heads, "h2", sane=False, whole=True)
    found(heads, "h0", sane=True)
    question = heads.question()
    assert question is not None
    assert question.head == "h2"  # once more, before anybody is blamed


class Course:
    """A world in which commands are carried out in order, checks on the branch first, and all goes well."""

    def __init__(self, *subtasks: Subtask, spoils: str, **limits: int) -> None:
        self.world = World(1, subtasks, Limits(workers=1, **limits), checks=("sane", "whole"), good=1.1)
        self.spoils = spoils

    def until(self, kind: type, most: int = 200) -> object:
        """Go on until a command of this kind is pending, and return it."""
        for _ in range(most):
            for command in self.world.pending:
                if isinstance(command, kind):
                    return command
            self.step()
        raise AssertionError(f"no {kind.__name__} came")

    def step(self) -> None:
        self.world.pending.sort(key=lambda command: not isinstance(command, CheckHead))
        command = self.world.pending[0]
        if isinstance(command, RunAttempt):
            first = command.started.number == 1
            self.world.spoiling = 1.0 if command.started.subtask_id == self.spoils and first else 0.0
        self.world.random.seed(7)  # chance always hands in a commit
        self.world.random.randrange = lambda *_: 0  # type: ignore[method-assign]
        self.world.step()

    def to_the_end(self) -> None:
        for _ in range(500):
            if self.world.stopped:
                return
            self.step()
        raise AssertionError("the run does not end")


def events_of(world: World, kind: type) -> list[object]:
    return [fact.event for fact in world.facts if isinstance(fact.event, kind)]


def test_the_culprit_is_taken_out_and_goes_back_with_the_failure() -> None:
    course = Course(*(work(f"s{n}") for n in range(6)), spoils="s3", check_every=2)
    removal = course.until(RemoveMerge)
    assert isinstance(removal, RemoveMerge)
    assert removal.attempt_id == "s3@1"
    # Nothing starts from a branch that is about to change, and nothing is merged into it.
    assert not any(isinstance(command, MergeAttempt) for command in course.world.pending)
    started = len(events_of(course.world, AttemptStarted))
    while not events_of(course.world, ChangeRemoved):
        assert len(events_of(course.world, AttemptStarted)) == started
        course.step()
    course.to_the_end()
    world = course.world
    assert world.state.ended is not None
    assert world.states()["s3"] in ACCEPTED
    second = [event for event in events_of(world, AttemptStarted) if event.attempt_id == "s3@2"]  # type: ignore[attr-defined]
    assert "`sane`" in second[0].feedback  # type: ignore[attr-defined]
    assert world.contents[world.branch] == {f"s{n}" for n in range(6)}
    assert world.removed == ["s3@1"]


def test_what_others_built_on_stays_and_is_repaired() -> None:
    course = Course(work("a"), work("b", "a"), work("c", "b"), work("d"), spoils="a", check_every=2)
    course.to_the_end()
    world = course.world
    assert world.removed == []
    kept = events_of(world, ChangeKept)
    assert len(kept) == 1
    assert "builds on it" in kept[0].why  # type: ignore[attr-defined]
    assert "repair-1" in world.states()
    assert world.state.repairs == 1
    assert not any(name.startswith("!") for name in world.contents[world.branch])


def test_dependents_that_have_not_begun_wait_again() -> None:
    course = Course(work("a"), work("x"), work("y"), work("b", "a"), spoils="a", check_every=1)
    course.until(RemoveMerge)
    assert course.world.states()["b"] is SubtaskState.READY
    while not events_of(course.world, ChangeRemoved):
        course.step()
    assert course.world.states()["b"] is SubtaskState.BLOCKED
    view = restored(course.world.facts)
    assert view.subtasks["b"].status == "blocked"
    statuses = [part.status for part in view.subtasks.values()]
    assert all(count == statuses.count(status) for status, count in view.counts.items())
    course.to_the_end()
    assert course.world.states() == dict.fromkeys(("a", "x", "y", "b"), SubtaskState.DONE)
    again = restored(course.world.facts)
    assert {name: str(part.status) for name, part in again.subtasks.items()} == dict.fromkeys("axyb", "done")


def test_a_slow_check_is_given_rest() -> None:
    world = World(
        3, tuple(work(f"s{n}") for n in range(40)), Limits(workers=1, check_every=1), checks=("sane",), good=1.1
    )
    slow = CheckResult("sane", 0, 20.0, "", "")
    world._result = lambda head, check: slow  # type: ignore[method-assign]
    world.play()
    # 40 merges take about 100 seconds of this world's clock; a check of 20 s with its rest takes 100.
    assert 1 <= len(world.head_checks) <= 3


def test_no_checks_on_the_branch_when_they_are_switched_off() -> None:
    world = World(3, tuple(work(f"s{n}") for n in range(9)), Limits(check_every=0), checks=("sane",), good=1.1)
    world.play()
    assert world.head_checks == []


@pytest.mark.parametrize("crashes", [0.0, 0.2])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(1, 25), every=st.integers(1, 5), good=st.floats(0.5, 1.0))
def test_no_change_is_lost_whatever_is_taken_out(
    crashes: float, seed: int, count: int, every: int, good: float
) -> None:
    limits = Limits(workers=4, max_attempts=3, max_depth=2, max_repairs=2, check_every=every)
    world = World(seed, random_plan(seed, count), limits, checks=("sane", "whole"), good=good, spoiling=0.2)
    world.play(crashes=crashes)
    assert world.state.ended is not None
    removed = {event.attempt_id for event in events_of(world, ChangeRemoved)}  # type: ignore[attr-defined]
    assert removed == set(world.removed)
    kept = {name.rpartition("@")[0] for name in world.merged if name not in removed}
    assert {name for name in world.contents[world.branch] if not name.startswith("!")} == kept
    assert world.state.head == world.branch
    assert_ends_alternate(world)
    for identifier, node in world.state.nodes.items():
        if node.state in ACCEPTED and node.handoff and node.handoff.commit:
            assert identifier in kept
    folded = Scheduler.restore(world.facts).state
    for state in (folded, world.state):
        state.next_ready()  # ranks the plan
    assert folded.nodes == world.state.nodes
    view = restored(world.facts)
    assert {name: str(part.status) for name, part in view.subtasks.items()} == {
        name: str(state) for name, state in world.states().items()
    }


def assert_ends_alternate(world: World) -> None:
    """A subtask ends once, and once more each time that its change was taken out."""
    ended: dict[str, SubtaskOutcome] = {}
    for fact in world.facts:
        event = fact.event
        if isinstance(event, SubtaskEnded):
            assert event.subtask_id not in ended
            ended[event.subtask_id] = event.outcome
        elif isinstance(event, ChangeRemoved):
            name = event.attempt_id.rpartition("@")[0]
            while ended.get(name) in (SubtaskOutcome.DONE, SubtaskOutcome.UNVERIFIED):
                del ended[name]
                name = world.state.nodes[name].parent
    assert set(ended) == set(world.state.nodes)
    begun = [event.attempt_id for event in events_of(world, AttemptStarted)]  # type: ignore[attr-defined]
    assert sorted(begun) == sorted(event.attempt_id for event in events_of(world, AttemptEnded))  # type: ignore[attr-defined]
    assert len(events_of(world, RemovalStarted)) >= len(events_of(world, ChangeRemoved))


def test_the_check_on_the_branch_goes_on_after_a_kill() -> None:
    course = Course(*(work(f"s{n}") for n in range(4)), spoils="s1", check_every=1)
    course.until(RemoveMerge)
    course.world._remove(next(c for c in course.world.pending if isinstance(c, RemoveMerge)))  # done, not recorded
    course.world.scheduler = Scheduler.restore(course.world.facts)
    course.world.pending.clear()
    course.world.decide([])
    assert [type(command) for command in course.world.pending].count(RemoveMerge) == 1
    course.to_the_end()
    assert course.world.removed == ["s1@1"]
    assert not any(isinstance(command, CheckHead | CheckRun) for command in course.world.pending)
