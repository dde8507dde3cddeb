"""How near swarm's schedules come to the shortest that there can be, and what deciding costs.

The real scheduler is driven in virtual time through plans in the shapes of workflows. Beside it: the same plans in
first-come order, and longest chain first by someone who knows what each subtask will take. All are compared with
max(critical path, work / workers). In even plans each subtask takes one model call of 200 ms; in uneven ones one to
eight, of which the scheduler knows what plans tell: whether a subtask is small, medium or large. ``untold`` is the same
for plans that do not tell that either. Where it can be proven that no schedule comes within 5 % of the bound, or nobody
who knows no more than the sizes, but for a chance of one in a million, the case is shown but does not count.

    python -m benchmarks.bench_schedule [--counts 1000 10000] [--workers 16 50 300] [--seeds 3]
"""

import argparse
import itertools
import json
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.virtual_schedules import CALL_S, CALLS_OF, VirtualRun, first_come, listed
from benchmarks.workflow_shapes import SHAPES, Job, chance_within, layered, lower_bound, proven_bound, tails

REACHED = 1.05
NO_CHANCE = 1e-6
PARTS = 20


@dataclass(frozen=True, slots=True)
class Case:
    """One plan on so many workers.

    Attributes:
        even: whether all subtasks take the same.
        shape: the shape's name.
        subtasks: how many the plan has.
        workers: how many may be at work at the same time.
        bound: max(critical path, work / workers), in calls.
        proven: what no schedule can beat, as a ratio to ``bound``, like the rest.
        chance: what the chance cannot exceed that anybody comes within 5 % who knows no more than the sizes.
        foreknown: longest chain first by someone who knows what each subtask takes.
        swarm: the real scheduler.
        untold: the real scheduler when the plan tells no sizes.
        first_come: in the order in which subtasks became ready.
    """

    even: bool
    shape: str
    subtasks: int
    workers: int
    bound: float
    proven: float
    chance: float
    foreknown: float
    swarm: float
    untold: float
    first_come: float

    @property
    def counts(self) -> bool:
        """Whether nothing rules out that somebody comes within 5 % of the bound."""
        return self.proven <= REACHED and self.chance >= NO_CHANCE


def measure(shape: str, jobs: Sequence[Job], workers: int, *, even: bool) -> Case:
    """Schedule one plan in each order."""
    bound = lower_bound(jobs, workers)
    behind = tails(jobs)
    run, untold = VirtualRun(jobs, workers, sized=not even), VirtualRun(jobs, workers)
    for each in (run, untold):
        each.play()
    foreknown = listed(jobs, workers, lambda job: -(job.calls + behind[job.name]))
    spans = (foreknown, run.calls_made, untold.calls_made, listed(jobs, workers, first_come))
    chance = (
        1.0 if even or shape == "montage" else chance_within(bound * REACHED, jobs, workers, tuple(CALLS_OF.values()))
    )
    proven = proven_bound(jobs, workers) / bound
    return Case(even, shape, len(jobs), workers, bound, proven, chance, *(span / bound for span in spans))


def cases(counts: Sequence[int], workers: Sequence[int], seeds: int) -> Iterator[Case]:
    """Yield each shape in each size on each number of workers, even and uneven; random ones with several seeds."""
    for even, count, (shape, make) in itertools.product((True, False), counts, SHAPES.items()):
        for seed in range(seeds if make is layered else 1):
            jobs = make(count, random.Random(seed)).jobs
            if even:
                jobs = [replace(job, calls=1) for job in jobs]
            for number in workers:
                yield measure(shape, jobs, number, even=even)


def costs(count: int, workers: int, shapes: Iterable[str]) -> Iterator[tuple[str, VirtualRun]]:
    """Yield what deciding cost for each shape, and for a plan that planners extend all the time."""
    for shape, make in ((shape, SHAPES[shape]) for shape in shapes):
        run = VirtualRun(make(count, random.Random(0)).jobs, workers, stepwise=True)
        run.play()
        yield shape, run
    planners = layered(max(10, count // (PARTS + 1)), random.Random(0)).jobs
    run = VirtualRun(planners, workers, stepwise=True, parts=PARTS)
    run.play()
    yield "nested", run


def row(case: Case) -> str:
    """Return a line of the table."""
    kind = "even" if case.even else "uneven"
    mark = "  out of reach" if case.proven > REACHED else f"  chance < {case.chance:.0e}"
    mark = "" if case.counts else mark
    return (
        f"{kind:<6} {case.shape:<9} {case.subtasks:>8,} {case.workers:>7} {case.bound * CALL_S:>9.1f} s "
        f"{case.swarm:>7.3f} {case.untold:>7.3f} {case.first_come:>10.3f} {case.foreknown:>9.3f} {case.proven:>7.3f}"
        f"{mark}\n"
    )


def show_makespans(found: Iterable[Case]) -> dict[str, float]:
    """Print the table as it comes; return the worst ratios of the cases that count."""
    heading = f"{'':<6} {'shape':<9} {'subtasks':>8} {'workers':>7} {'bound':>11} {'swarm':>7}"
    sys.stdout.write(f"{heading} {'untold':>7} {'first come':>10} {'foreknown':>9} {'proven':>7}\n")
    seen = []
    for case in found:
        seen.append(case)
        sys.stdout.write(row(case))
        sys.stdout.flush()
    even, uneven = ([case for case in seen if case.counts and case.even is kind] for kind in (True, False))
    worst = {
        "makespan_vs_bound_max": max(case.swarm for case in even),
        "first_come_vs_bound_max": max(case.first_come for case in even),
        "uneven_vs_bound_max": max(case.swarm for case in uneven),
        "uneven_above_5_percent": sum(case.swarm > REACHED for case in uneven),
        "untold_vs_bound_max": max(case.untold for case in uneven),
        "uneven_first_come_vs_bound_max": max(case.first_come for case in uneven),
        "uneven_foreknown_vs_bound_max": max(case.foreknown for case in uneven),
        "cases": len(seen),
        "cases_out_of_reach": sum(not case.counts for case in seen),
    }
    return {name: round(value, 4) for name, value in worst.items()}


def show_costs(found: Iterable[tuple[str, VirtualRun]]) -> dict[str, float]:
    """Print what deciding cost; return the highest."""
    by_event, by_subtask = [], []
    for shape, run in found:
        by_event.append(run.cpu_s / run.events * 1e6)
        by_subtask.append(run.cpu_s / len(run.scheduler.state.nodes) * 1e6)
        each = f"{by_event[-1]:6.1f} us each, {by_subtask[-1]:6.1f} us a subtask"
        sys.stdout.write(f"{shape:<9} {len(run.scheduler.state.nodes):>7,} subtasks, {run.events:>9,} events, {each}\n")
    return {
        "scheduler_us_per_event": round(max(by_event), 2),
        "scheduler_us_per_subtask": round(max(by_subtask), 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", type=int, nargs="+", default=[1_000, 10_000], help="subtasks of a plan")
    parser.add_argument("--workers", type=int, nargs="+", default=[16, 50, 300])
    parser.add_argument("--seeds", type=int, default=3, help="random plans of each size")
    parser.add_argument("--largest", type=int, default=100_000, help="subtasks of the largest plan; 0 for none")
    given = parser.parse_args()
    metrics = show_makespans(cases(given.counts, given.workers, given.seeds))
    metrics |= show_costs(costs(max(given.counts), max(given.workers), SHAPES))
    if given.largest:
        found = show_costs(costs(given.largest, max(given.workers), ["layered"]))
        metrics |= {f"largest_{name}": value for name, value in found.items()} | {"largest": given.largest}
    sys.stdout.write(json.dumps({"bench": "bench-schedule", "metrics": metrics}) + "\n")


if __name__ == "__main__":
    main()
