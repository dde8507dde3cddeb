"""In which order subtasks start: by what was learned of their kind, in turns, within the capacity of their roles."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.virtual_schedules import VirtualRun
from benchmarks.workflow_shapes import Job
from swarm.core.durations import Durations, class_of
from swarm.core.events import AttemptStarted
from swarm.core.limits import Limits, RoleLimits
from swarm.core.plan import Subtask, critical_path_ranks, expected_effort
from swarm.core.scheduler import Scheduler
from swarm.core.stimuli import AttemptPlanned, AttemptSplit
from tests.core.worlds import World, random_plan


def work(identifier: str, *needs: str, role: str = "worker") -> Subtask:
    return Subtask(id=identifier, instruction="work", depends_on=needs, role=role)


def started(world: World) -> list[str]:
    return [recorded.event.subtask_id for recorded in world.facts if isinstance(recorded.event, AttemptStarted)]


def test_names_tell_kinds_of_work() -> None:
    assert class_of(work("fit-12")) == class_of(work("fit-3")) == class_of(work("part.fit-4"))
    assert class_of(work("fit-12")) != class_of(work("tile-12"))
    assert class_of(work("fit-12")) != class_of(work("fit-12", role="expert"))


def test_durations_count_from_a_number_of_attempts_on_and_when_they_differ() -> None:
    durations = Durations()
    changed = [
        durations.learn(work(f"{'long' if n % 2 else 'short'}-{n}"), 30.0 if n % 2 else 10.0, 100) for n in range(64)
    ]
    assert [place for place, is_changed in enumerate(changed, 1) if is_changed] == [32]
    assert durations.effort(work("long-99")) == 1.5
    assert durations.effort(work("short-99")) == 0.5
    assert durations.effort(work("other-1")) == 1.0
    even = Durations()
    assert not any(even.learn(work("ab"[n % 2] + str(n)), 10.0 + n % 3, 100) for n in range(200))


def test_a_subtask_of_another_role_is_other_work_although_its_name_is_the_same() -> None:
    durations = Durations()
    for n in range(64):
        durations.learn(work(f"a-{n}", role="expert" if n % 2 else "worker"), 30.0 if n % 2 else 10.0, 100)
    assert [durations.effort(work("a-99", role=role)) for role in ("expert", "worker", "expert")] == [1.5, 0.5, 1.5]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(1, 20))
def test_ranks_do_not_depend_on_the_order_that_a_plan_is_written_in(seed: int, count: int) -> None:
    plan = list(random_plan(seed, count))
    ranks = critical_path_ranks(plan, expected_effort)
    for subtask in plan:
        behind = max((ranks[other.id] for other in plan if subtask.id in other.depends_on), default=0.0)
        assert ranks[subtask.id] == expected_effort(subtask) + behind
    random.Random(seed).shuffle(plan)
    assert critical_path_ranks(plan, expected_effort) == ranks


def test_what_was_learned_decides_what_starts_first() -> None:
    chance = random.Random(1)
    jobs = [Job(f"quick-{n}", 1) for n in range(200)] + [Job(f"slow-{n}", 8) for n in range(40)]
    chance.shuffle(jobs)
    jobs = [Job("slow-first", 8), *jobs[:120], *sorted(jobs[120:], key=lambda job: job.calls)]
    run = VirtualRun(jobs, 10)
    run.play()
    assert run.scheduler.state.queue.durations.used["work worker slow"] > 2
    assert run.calls_made <= 1.05 * sum(job.calls for job in jobs) / 10 + 1


def test_plans_with_chains_of_one_length_take_turns() -> None:
    plans = tuple(Subtask(id=name, instruction="plan", kind="plan", role="planner") for name in ("p", "q"))
    world = World(1, plans, Limits(workers=2), good=1.0)
    world.pending.clear()
    parts = tuple(work(f"c{number}") for number in range(6))
    world.decide([AttemptPlanned("p@1", parts), AttemptPlanned("q@1", parts)])
    world.play()
    order = [name.partition(".")[0] for name in started(world) if "." in name]
    for taken in range(2, 13, 2):
        assert abs(order[:taken].count("p") - order[:taken].count("q")) <= 2


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(1, 20), workers=st.integers(1, 6), most=st.integers(1, 3))
def test_no_role_has_more_at_work_than_it_may_and_others_go_on(seed: int, count: int, workers: int, most: int) -> None:
    chance = random.Random(seed)
    plan = tuple(
        subtask.model_copy(update={"role": chance.choice(("worker", "expert"))}) for subtask in random_plan(seed, count)
    )
    world = World(seed, plan, Limits(workers=workers, max_depth=2, roles={"expert": RoleLimits(workers=most)}))
    while not world.stopped:
        state = world.state
        assert state.at_work_by["expert"] <= most
        assert sum(state.at_work_by.values()) == state.at_work <= workers
        ready = {node.subtask.role for node in state.nodes.values() if node.state == "ready"}
        may_start = {role for role in ready if role != "expert" or state.at_work_by[role] < most}
        assert not may_start or state.at_work == workers
        world.step()
    assert world.state.ended


def test_what_is_handed_back_is_ranked_by_what_it_is_then_before_and_after_a_restart() -> None:
    plan = tuple(work(f"long-{n}") for n in range(40)) + tuple(work(f"short-{n}") for n in range(40))
    world = World(1, plan, Limits(workers=1), good=1.1)
    while not world.state.queue.durations.used:
        world.now += 30.0 if "long" in str(world.pending) else 1.0
        world.step()
    while not (running := [node for node in world.state.nodes.values() if node.attempt]):
        world.step()
    attempt = running[0].attempt
    assert attempt is not None
    world.pending.clear()
    world.decide([AttemptSplit(attempt.attempt_id, "too big", ("one", "two"))])
    assert world.state.queue.durations.effort(running[0].subtask) == 1.0
    folded = Scheduler.restore(world.facts).state
    for state in (folded, world.state):
        state.next_ready()
    assert {name: node.rank for name, node in folded.nodes.items()} == {
        name: node.rank for name, node in world.state.nodes.items()
    }


def writing(identifier: str, *paths: str, needs: tuple[str, ...] = ()) -> Subtask:
    return Subtask(id=identifier, instruction="work", depends_on=needs, writes=paths)


def test_who_would_change_the_same_files_lets_others_go_first() -> None:
    plan = (writing("a", "src/x.py"), writing("b", "src/x.py"), writing("c", "src/y.py"), writing("d", "docs"))
    world = World(1, plan, Limits(workers=2), good=1.0)
    assert started(world)[:2] == ["a", "c"]
    assert world.scheduler.state.at_work == 2


def test_it_waits_where_that_makes_the_run_no_longer() -> None:
    chain = (writing("a", "src/x.py"), writing("one"), writing("two", needs=("one",)))
    world = World(1, (*chain, writing("b", "src")), Limits(workers=9), good=1.0)
    assert set(started(world)) == {"a", "one"}
    world.play()
    assert set(started(world)) == {"a", "one", "two", "b"}


def test_it_does_not_wait_where_the_run_would_take_longer() -> None:
    world = World(1, (writing("a", "src/x.py"), writing("b", "src/*.py")), Limits(workers=9), good=1.0)
    assert set(started(world)) == {"a", "b"}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_nobody_waits_for_ever_whatever_they_write(seed: int) -> None:
    chance = random.Random(seed)
    paths = ("src", "src/a.py", "src/b.py", "*.md", "docs/x.md", "**/*.py")
    plan = [
        node.model_copy(update={"writes": tuple(chance.sample(paths, chance.randint(0, 3)))})
        for node in random_plan(seed, 12)
    ]
    world = World(seed, tuple(plan), Limits(workers=chance.randint(1, 6)), good=0.8)
    world.play()
    assert world.scheduler.state.ended
