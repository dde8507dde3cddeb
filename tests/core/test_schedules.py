"""Makespans in virtual time: what the scheduler's order is worth, and that the bounds beside it are bounds."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.bench_schedule import REACHED, measure
from benchmarks.virtual_schedules import CALLS_OF, VirtualRun, first_come, listed, size_of
from benchmarks.workflow_shapes import (
    SHAPES,
    Job,
    barriers,
    chance_within,
    diamond,
    layered,
    lower_bound,
    montage,
    pipeline,
    proven_bound,
    wide,
)
from swarm.core.limits import Limits
from swarm.core.plan import critical_path_ranks
from tests.core.worlds import World, random_plan


def even(jobs: Sequence[Job]) -> list[Job]:
    return [replace(job, calls=1) for job in jobs]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("workers", [4, 16, 50])
def test_a_plan_of_even_subtasks_takes_as_long_as_any_schedule_must(shape: str, workers: int) -> None:
    jobs = even(SHAPES[shape](400, random.Random(7)).jobs)
    assert len(jobs) == 400
    case = measure(shape, jobs, workers, even=True)
    assert case.swarm == pytest.approx(case.proven)
    assert case.swarm <= case.first_come
    assert not case.counts or case.swarm <= REACHED


def test_first_come_order_takes_longer_where_chains_differ() -> None:
    jobs = even(layered(1_000, random.Random(0)).jobs)
    case = measure("layered", jobs, 50, even=True)
    assert case.swarm == 1.0
    assert case.first_come > 1.1


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(10, 60), workers=st.integers(1, 9), alike=st.booleans())
def test_no_order_beats_the_bounds(seed: int, count: int, workers: int, alike: bool) -> None:
    chance = random.Random(seed)
    jobs: Sequence[Job] = SHAPES[chance.choice([name for name in SHAPES if name != "montage"])](count, chance).jobs
    jobs = even(jobs) if alike else jobs
    bound = proven_bound(jobs, workers)
    assert lower_bound(jobs, workers) <= bound
    order = {job.name: chance.random() for job in jobs}
    run = VirtualRun(jobs, workers)
    run.play()
    spans = [run.calls_made, listed(jobs, workers, first_come), listed(jobs, workers, lambda job: order[job.name])]
    assert min(spans) >= bound
    assert len(run.scheduler.state.nodes) == count


def test_sizes_that_a_plan_tells_bring_a_schedule_nearer_to_the_bound() -> None:
    for shape in (wide, diamond, pipeline):
        case = measure(shape.__name__, shape(600, random.Random(1)).jobs, 25, even=False)
        assert case.proven <= case.swarm < case.untold


def test_nobody_is_in_time_more_often_than_the_chance_allows() -> None:
    classes, workers, span = tuple(CALLS_OF.values()), 4, 15
    plans = [wide(12, random.Random(seed)).jobs for seed in range(1_000)]
    full = [plan for plan in plans if sum(job.calls for job in plan) == span * workers]
    in_time = sum(listed(plan, workers, lambda job: -CALLS_OF[size_of(job)].start) <= span for plan in full)
    bound = chance_within(span, [Job("all", span * workers)], workers, classes)
    assert 0 < in_time / len(plans) <= bound < 0.5
    assert chance_within(span, [Job("all", 10 * span * workers)], 10 * workers, classes) == pytest.approx(bound**10)
    assert chance_within(2 * span, [Job("all", span * workers)], workers, classes) == 1.0


def test_a_case_that_only_luck_could_solve_does_not_count() -> None:
    case = measure("wide", wide(1_000, random.Random(0)).jobs, 300, even=False)
    assert case.proven <= REACHED
    assert case.chance < 1e-6
    assert not case.counts


def test_what_everything_waits_for_divides_a_plan() -> None:
    jobs = diamond(50, random.Random(1)).jobs
    assert barriers(jobs) == [0, 49]
    assert len(barriers(montage(300, random.Random(1)).jobs)) == 4  # the fit, the model, the table and the mosaic
    one_by_one = [Job("a", 2), Job("b", 3, ("a",)), Job("c", 4, ("a", "b"))]
    assert barriers(one_by_one) == [0, 1, 2]
    assert proven_bound(one_by_one, 5) == 9


def test_a_plan_that_planners_extend_is_played_to_its_end() -> None:
    run = VirtualRun(layered(20, random.Random(3)).jobs, 8, stepwise=True, parts=4)
    run.play()
    assert len(run.scheduler.state.nodes) == 20 + 20 * 4
    run.scheduler.check()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(1, 15))
def test_ranks_of_an_extended_plan_are_those_of_the_whole_plan(seed: int, count: int) -> None:
    world = World(seed, random_plan(seed, count), Limits(workers=4, max_depth=3), good=0.7)
    world.play()
    nodes = world.state.nodes
    parents = {identifier: node.parent for identifier, node in nodes.items() if node.parent}
    whole = critical_path_ranks((node.subtask for node in nodes.values()), world.state.queue.durations.effort, parents)
    assert {identifier: node.rank for identifier, node in nodes.items()} == whole
