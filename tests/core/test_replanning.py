"""Plans that change while they are carried out: by failures, news and persons; ended work stays as it is."""

from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarm.core import endings, patching, planner_requests
from swarm.core.events import (
    AttemptEnded,
    AttemptHandedIn,
    AttemptStarted,
    PatchRefused,
    PlanExtended,
    PlanPatched,
    ReplanAsked,
    RunEnded,
    RunOutcome,
    SubtaskEnded,
    VerdictGiven,
)
from swarm.core.limits import Limits
from swarm.core.messages import Handoff
from swarm.core.node import ACCEPTED, SubtaskState
from swarm.core.patch import Dropped, PlanPatch
from swarm.core.plan import ROOT_PLAN_ID, Subtask, SubtaskKind
from swarm.core.replans import ReplanCause
from swarm.core.requests import why_refused
from swarm.core.state import RunState
from swarm.core.stimuli import (
    ApproveAsked,
    AttemptAccepted,
    AttemptFailed,
    AttemptPatched,
    AttemptPlanned,
    AttemptRejected,
    ReplanWanted,
    RunAttempt,
)
from swarm.core.views import restored
from tests.core.test_scheduler import assert_every_subtask_ended_once, assert_nothing_is_lost
from tests.core.worlds import ACCEPTED as PASSED
from tests.core.worlds import World, random_plan

Fact = TypeVar("Fact")

ROOT = (Subtask(id=ROOT_PLAN_ID, instruction="all of it", kind=SubtaskKind.PLAN, role="planner"),)


def work(identifier: str, *depends_on: str, **fields: object) -> Subtask:
    return Subtask.model_validate({"id": identifier, "instruction": "do", "depends_on": depends_on, **fields})


def planned_world(*subtasks: Subtask, seed: int = 0, **limits: object) -> World:
    """A run whose planner has answered with these subtasks."""
    world = World(seed, ROOT, Limits.model_validate({"workers": 4, "max_attempts": 1, **limits}), good=1.0)
    answer(world, AttemptPlanned("plan@1", subtasks))
    return world


def answer(world: World, stimulus: AttemptPlanned | AttemptPatched | AttemptFailed | AttemptRejected) -> None:
    world.pending = [each for each in world.pending if getattr(each, "started", None) != attempt(world, stimulus)]
    world.decide([stimulus])


def attempt(world: World, stimulus: AttemptPlanned | AttemptPatched | AttemptFailed | AttemptRejected) -> object:
    node = world.state.node_of(stimulus.attempt_id)
    assert node is not None, f"{stimulus.attempt_id} is not at work"
    return node.attempt


def patch(world: World, attempt_id: str, **fields: object) -> None:
    node = world.state.node_of(attempt_id)
    assert node is not None
    assert node.attempt is not None
    answer(world, AttemptPatched(attempt_id, PlanPatch.model_validate({"revision": node.attempt.revision, **fields})))


def hand_in(world: World, attempt_id: str, *concerns: str) -> None:
    """An attempt hands in work without a change of files, which is accepted at once."""
    node = world.state.node_of(attempt_id)
    assert node is not None
    world.pending = [each for each in world.pending if getattr(each, "started", None) != node.attempt]
    world.record(AttemptHandedIn(attempt_id, 1, Handoff("did it", concerns=concerns)))
    world.record(VerdictGiven(attempt_id, 1, PASSED))
    world.decide([AttemptAccepted(attempt_id)])


def facts(world: World, kind: type[Fact]) -> list[Fact]:
    return [fact.event for fact in world.facts if isinstance(fact.event, kind)]


def test_a_subtask_that_is_worded_anew_keeps_its_role_unless_the_patch_names_one() -> None:
    world = planned_world(work("a"), work("b", "a", role="writer"), work("c", "a", role="writer"))
    answer(world, AttemptFailed("a@1", "no way"))
    anew = [{"id": "b", "instruction": "other", "depends_on": ["a2"]}]
    anew.append({"id": "c", "instruction": "other", "depends_on": ["a2"], "role": "tester"})
    patch(world, "replan-1@1", add=[work("a2")], change=anew, drop=[Dropped(id="a", instead=("a2",))])
    assert [world.state.nodes[name].subtask.role for name in ("a2", "b", "c")] == ["worker", "writer", "tester"]


def test_a_failure_asks_the_planner_before_anything_is_skipped() -> None:
    world = planned_world(work("a"), work("b", "a"))
    answer(world, AttemptFailed("a@1", "no way"))
    assert world.states()["b"] is SubtaskState.BLOCKED
    (asked,) = facts(world, ReplanAsked)
    assert (asked.scope_id, asked.cause, asked.about) == ("plan", ReplanCause.FAILURE, ("a",))
    assert "no way" in asked.reason
    patch(world, "replan-1@1", add=[work("a2")], drop=[Dropped(id="a", instead=("a2",))], reason="another way")
    assert world.state.nodes["b"].subtask.depends_on == ("a2",)
    world.play()
    assert world.states() | {"a": SubtaskState.FAILED, "b": SubtaskState.DONE} == world.states()
    (ended,) = facts(world, RunEnded)
    assert ended.outcome is RunOutcome.DONE


def test_a_planner_that_changes_nothing_lets_what_waits_be_skipped() -> None:
    world = planned_world(work("a"), work("b", "a"), work("c", "b"))
    answer(world, AttemptFailed("a@1", "no way"))
    patch(world, "replan-1@1")
    world.play()
    assert world.states()["b"] is world.states()["c"] is SubtaskState.SKIPPED
    (ended,) = facts(world, RunEnded)
    assert ended.outcome is RunOutcome.FAILED


def test_without_replans_a_failure_skips_at_once() -> None:
    world = planned_world(work("a"), work("b", "a"), max_replans=0)
    answer(world, AttemptFailed("a@1", "no way"))
    assert world.states()["b"] is SubtaskState.SKIPPED
    assert not facts(world, ReplanAsked)


def test_a_plan_that_a_person_wrote_is_changed_when_a_person_says_so_only() -> None:
    world = World(0, (work("a"), work("b", "a"), work("c")), Limits(workers=4, max_attempts=1), good=1.0)
    world.decide([ReplanWanted("c is not needed", "r1", "c")])
    (asked,) = facts(world, ReplanAsked)
    assert (asked.scope_id, asked.cause, asked.about, asked.request_id) == ("", ReplanCause.PERSON, ("c",), "r1")
    patch(world, "replan-1@1", drop=["c"])
    answer(world, AttemptFailed("a@1", "no way"))
    assert world.states()["b"] is SubtaskState.SKIPPED
    assert len(facts(world, ReplanAsked)) == 1


def test_replans_are_counted_and_end() -> None:
    world = planned_world(work("a"), max_replans=2)
    for number in (1, 2):
        answer(world, AttemptFailed(f"a{number - 1 or ''}@1", "no way"))
        name = f"a{number}"
        old = f"a{number - 1 or ''}"
        patch(world, f"replan-{number}@1", add=[work(name)], drop=[Dropped(id=old, instead=(name,))])
    answer(world, AttemptFailed("a2@1", "no way"))
    world.play()
    assert len(facts(world, ReplanAsked)) == 2
    (ended,) = facts(world, RunEnded)
    assert ended.outcome is RunOutcome.FAILED


def test_news_in_a_handoff_ask_the_planner_once_for_all_that_comes_meanwhile() -> None:
    world = planned_world(work("a"), work("b"), work("c", "a"))
    for name in ("a", "b"):
        hand_in(world, f"{name}@1", "plan: the file format is another")
    asked = facts(world, ReplanAsked)
    assert [each.cause for each in asked] == [ReplanCause.FACTS]
    assert "the file format is another" in asked[0].reason


def test_what_a_patch_drops_is_cancelled_and_does_not_count() -> None:
    world = planned_world(work("a"), work("b"), work("c", "b"))
    world.decide([ReplanWanted("b is not needed", "r1")])
    before = len(world.facts)
    patch(world, "replan-1@1", drop=["b"], reason="not needed")
    ended = [fact.event for fact in world.facts[before:] if isinstance(fact.event, AttemptEnded | SubtaskEnded)]
    names = [each.attempt_id if isinstance(each, AttemptEnded) else each.subtask_id for each in ended]
    assert names == [
        "replan-1@1",
        "b@1",
        "b",
        "replan-1",
    ]
    assert not any(isinstance(each, RunAttempt) and each.started.subtask_id == "b" for each in world.pending)
    assert world.state.nodes["c"].subtask.depends_on == ()
    world.play()
    (end,) = facts(world, RunEnded)
    assert end.outcome is RunOutcome.DONE


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"drop": ["done"]}, "its work is done"),
        ({"change": [work("done")]}, "its work is done"),
        ({"change": [work("busy")]}, "drop it, and add another"),
        ({"drop": ["nobody"]}, "no such subtask"),
        ({"add": [work("done")]}, "already"),
        ({"add": [work("plan")]}, "already"),
        ({"add": [work("x"), work("x")]}, "twice"),
        ({"add": [work("x", "nobody")]}, "not in the plan"),
        ({"add": [work("x", "y"), work("y", "x")]}, "cycle"),
        ({"change": [work("later", "later2")]}, "cycle"),
        ({"add": [work("x", "failed")]}, "will not get done"),
        ({"drop": [{"id": "later", "instead": ["nobody"]}]}, "cannot stand in"),
        ({"drop": [{"id": "later", "instead": ["later"]}]}, "cannot stand in"),
        ({"drop": ["later"], "change": [work("later")]}, "twice"),
        ({"add": [work(f"x{number}") for number in range(20)]}, "room for"),
        ({"add": [work("x", kind="plan")]}, "nested deeper"),
        ({"revision": 1}, "has changed since"),
    ],
)
def test_patches_that_cannot_be_applied_go_back_with_the_reason(fields: dict[str, object], reason: str) -> None:
    world = planned_world(
        work("done"),
        work("busy"),
        work("failed"),
        work("later", "busy"),
        work("later2", "later"),
        max_subtasks=15,
        max_depth=1,
        max_attempts=1,
    )
    hand_in(world, "done@1")
    assert world.states()["done"] is SubtaskState.DONE
    answer(world, AttemptFailed("failed@1", "no way"))
    if "revision" in fields:
        patch(world, "replan-1@1", add=[work("new")])
        world.decide([ReplanWanted("again", "r")])
        patch(world, "replan-2@1", **fields)
    else:
        patch(world, "replan-1@1", **fields)
    (refused,) = facts(world, PatchRefused)
    assert reason in refused.reason
    world.play()
    assert facts(world, RunEnded)


def test_a_nested_planner_changes_its_own_parts_under_their_full_names() -> None:
    world = planned_world(work("part", kind="plan", role="planner"), max_depth=3)
    answer(world, AttemptPlanned("part@1", (work("x"), work("y", "x"))))
    answer(world, AttemptFailed("part.x@1", "no way"))
    (asked,) = facts(world, ReplanAsked)
    assert (asked.scope_id, asked.subtask_id) == ("part", "part.replan-1")
    patch(world, "part.replan-1@1", add=[work("z")], drop=[{"id": "x", "instead": ["z"]}])
    assert world.state.nodes["part.y"].subtask.depends_on == ("part.z",)
    world.play()
    assert world.states()["part"] is SubtaskState.DONE


def test_a_scope_that_fails_for_good_is_its_planners_planners_business() -> None:
    world = planned_world(work("part", kind="plan", role="planner"), work("after", "part"), max_replans=1)
    answer(world, AttemptPlanned("part@1", (work("x"),)))
    answer(world, AttemptFailed("part.x@1", "no way"))
    patch(world, "part.replan-1@1")
    assert world.states()["part"] is SubtaskState.FAILED
    assert [each.scope_id for each in facts(world, ReplanAsked)] == ["part", "plan"]
    patch(world, "replan-1@1", add=[work("other")], drop=[{"id": "part", "instead": ["other"]}])
    world.play()
    (end,) = facts(world, RunEnded)
    assert end.outcome is RunOutcome.DONE


def test_when_repairs_do_not_help_the_planner_is_asked() -> None:
    world = World(0, ROOT, Limits(workers=2, max_repairs=0, max_replans=1), checks=("whole",), good=1.0)
    world.step()  # the checks are run on the untouched start
    answer(world, AttemptPlanned("plan@1", (work("a"),)))
    hand_in(world, "a@1")
    world.good = 0.0  # the run's check fails
    world.step()
    (asked,) = facts(world, ReplanAsked)
    assert (asked.scope_id, asked.cause) == ("", ReplanCause.CHECKS)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    count=st.integers(1, 15),
    good=st.floats(0.3, 1.0),
    crashes=st.sampled_from([0.0, 0.15]),
    given_plan=st.booleans(),
)
def test_plans_that_change_at_any_moment_come_to_an_end(
    seed: int, count: int, good: float, crashes: float, given_plan: bool
) -> None:
    play_with_changes(seed, count, good, crashes, given_plan=given_plan)


def play_with_changes(seed: int, count: int, good: float, crashes: float, *, given_plan: bool) -> None:
    limits = Limits(workers=3, max_attempts=2, max_depth=2, max_repairs=1, max_replans=2, max_subtasks=60)
    plan = random_plan(seed, count) if given_plan else ROOT
    world = World(seed, plan, limits, checks=("true",), good=good)
    world.play(crashes=crashes, replans=0.03)
    assert world.state.ended is not None
    assert_every_subtask_ended_once(world)
    assert_nothing_is_lost(world)
    assert_ended_work_is_never_rewritten(world)
    assert_only_people_ask_without_end(world)
    if world.state.ended.outcome in (RunOutcome.DONE, RunOutcome.UNVERIFIED):
        assert all(node.state in ACCEPTED for node in world.state.nodes.values() if node.counts)
    views = {name: str(view.status) for name, view in restored(world.facts).subtasks.items()}
    assert views == {name: str(state) for name, state in world.states().items()}


def assert_ended_work_is_never_rewritten(world: World) -> None:
    state = RunState()
    ended: dict[str, tuple[Subtask, SubtaskState]] = {}
    for fact in world.facts:
        if isinstance(fact.event, PlanPatched):
            touched = [state.nodes[each.id] for each in fact.event.patch.drop]
            assert not [node for node in touched if node.state in ACCEPTED]
            changed = {state.nodes[each.id].state for each in fact.event.patch.change}
            assert changed <= {SubtaskState.BLOCKED, SubtaskState.READY}
        state.apply(fact.event, fact.at)
        if isinstance(fact.event, SubtaskEnded):
            node = state.nodes[fact.event.subtask_id]
            ended[node.subtask.id] = (node.subtask, node.state)
        if isinstance(fact.event, PlanPatched | PlanExtended):
            assert all((state.nodes[name].subtask, state.nodes[name].state) == was for name, was in ended.items())
        if isinstance(fact.event, AttemptStarted):
            assert fact.event.subtask_id not in ended


def assert_only_people_ask_without_end(world: World) -> None:
    asked = [each.scope_id for each in facts(world, ReplanAsked) if each.cause is not ReplanCause.PERSON]
    assert all(asked.count(scope) <= world.limits.max_replans for scope in asked)


def test_a_planner_looks_at_a_nested_plan_that_nothing_checks_until_nothing_is_missing() -> None:
    world = planned_world(work("big", kind="plan", role="planner"))
    answer(world, AttemptPlanned("big@1", (work("one"),)))
    hand_in(world, "big.one@1")
    (asked,) = facts(world, ReplanAsked)
    assert (asked.scope_id, asked.cause) == ("big", ReplanCause.REVIEW)
    patch(world, "big.replan-1@1", add=[work("two")])
    assert world.states()["big"] is SubtaskState.DELEGATED
    hand_in(world, "big.two@1")
    patch(world, "big.replan-2@1")
    assert world.states()["big"] is SubtaskState.DONE
    assert len(facts(world, ReplanAsked)) == 2


def test_what_checks_or_a_rubric_decide_is_not_looked_at_again() -> None:
    for fields in ({"checks": ["true"]}, {"rubric": "It is good."}):
        world = planned_world(work("big", kind="plan", role="planner", **fields))
        answer(world, AttemptPlanned("big@1", (work("one"),)))
        hand_in(world, "big.one@1")
        hand_in(world, "big.big.checks@1" if "big.big.checks" in world.state.nodes else "big.checks@1")
        assert world.state.nodes["big"].state is SubtaskState.DONE
        assert not facts(world, ReplanAsked)


def test_an_edited_plan_with_an_error_is_not_approved_of() -> None:
    world = World(0, (work("a"), work("b", "a")), Limits(workers=4), good=1.0, approve_plan=True)
    both = (work("a", writes=["x.py"]), work("b", writes=["x.py"]))
    reason = why_refused(world.state, ApproveAsked(both, driven=False))
    assert reason.startswith("the edited plan cannot be used: it cannot be carried out: a and b both write x.py")
    assert why_refused(world.state, ApproveAsked((both[0], work("b", "a", writes=["x.py"])), driven=False)) == ""


def test_while_a_plan_waits_for_approval_only_planners_work() -> None:
    world = World(0, (work("a"), work("b", "a")), Limits(workers=4), good=1.0, approve_plan=True)
    assert world.stopped
    assert not facts(world, AttemptStarted)
    world.stopped = False
    world.crash()
    assert world.stopped  # a resume waits again
    assert not facts(world, AttemptStarted)


def test_a_plan_may_be_changed_before_it_is_approved_of() -> None:
    world = World(0, (work("a"), work("b", "a")), Limits(workers=4), good=1.0, approve_plan=True)
    world.undriven(ReplanWanted("b is not needed", "", driven=False))
    assert [each.subtask_id for each in facts(world, AttemptStarted)] == ["replan-1"]
    patch(world, "replan-1@1", drop=["b"])
    assert world.stopped
    assert {each.subtask_id for each in facts(world, AttemptStarted)} == {"replan-1"}
    world.undriven(ApproveAsked((work("a", title="A"), work("c")), driven=False))
    assert world.state.nodes["a"].subtask.title == "A"
    world.play()
    (end,) = facts(world, RunEnded)
    assert end.outcome is RunOutcome.DONE
    assert world.states()["c"] is SubtaskState.DONE


@pytest.mark.parametrize(
    ("where", "name", "broken"),
    [
        (endings, "_replanned", lambda *_: None),
        (planner_requests, "_may_ask", lambda state, scope, cause: scope not in state.replans.open),
        (patching, "_refuse_rewriting", lambda *_: None),
        (patching, "_refuse_graph", lambda *_: None),
    ],
    ids=["what was held is let go", "planners are asked so often", "ended work stays", "patches make no cycles"],
)
def test_without_one_safeguard_something_is_noticed(
    monkeypatch: pytest.MonkeyPatch, where: ModuleType, name: str, broken: Callable[..., object]
) -> None:
    monkeypatch.setattr(where, name, broken)
    with pytest.raises((AssertionError, ValueError, KeyError)):
        play_many()


def play_many() -> None:
    for seed in range(60):
        play_with_changes(seed, 8, 0.6, 0.0, given_plan=False)
