"""Plans in the shapes of real workflows, and how long any schedule of them takes at least.

Time is counted in model calls: a job is a subtask that takes so many of them, one after the other.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

MOST_CALLS = 8
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Job:
    """A subtask, what it waits for, and the model calls that it takes."""

    name: str
    calls: int
    needs: tuple[str, ...] = ()


@dataclass(slots=True)
class Shape:
    """The jobs of a plan, each after those that it needs."""

    jobs: list[Job] = field(default_factory=list)

    def add(self, calls: int, needs: Sequence[str] = (), kind: str = "s") -> str:
        """Add a job of a kind, which its name tells, and return its name."""
        name = f"{kind}{len(self.jobs)}"
        self.jobs.append(Job(name, calls, tuple(needs)))
        return name


def wide(count: int, chance: random.Random) -> Shape:
    """Nothing waits for anything."""
    shape = Shape()
    for _ in range(count):
        shape.add(chance.randint(1, MOST_CALLS))
    return shape


def pipeline(count: int, chance: random.Random) -> Shape:
    """Items that go through ten stages each, all items on their own."""
    shape = Shape()
    while len(shape.jobs) < count:
        needs: tuple[str, ...] = ()
        for _ in range(min(10, count - len(shape.jobs))):
            needs = (shape.add(chance.randint(1, MOST_CALLS), needs),)
    return shape


def diamond(count: int, chance: random.Random) -> Shape:
    """One job, then all others, then one that needs them all."""
    shape = Shape()
    first = shape.add(1)
    middle = [shape.add(chance.randint(1, MOST_CALLS), [first]) for _ in range(count - 2)]
    shape.add(1, middle)
    return shape


def montage(count: int, chance: random.Random) -> Shape:
    """The shape of Montage, mosaics of the sky: images, overlaps of neighbours, one fit, corrections, tiles.

    Jobs of one kind take about the same time, jobs of different kinds do not.
    """
    shape = Shape()
    images = (count - 4) * 100 // 460
    overlaps = 5 * images // 2
    projected = [shape.add(chance.randint(3, 5), kind="project-") for _ in range(images)]
    fits = [
        shape.add(1, sorted({projected[number % images], projected[(number + 1 + number // images) % images]}), "fit-")
        for number in range(overlaps)
    ]
    model = shape.add(3, [shape.add(2, fits, "concat-")], "model-")
    corrected = [shape.add(chance.randint(1, 2), [model, image], "correct-") for image in projected]
    table = shape.add(1, corrected, "table-")
    tiles = count - len(shape.jobs) - 1
    shape.add(1, [shape.add(chance.randint(4, 6), [table], "tile-") for _ in range(tiles)], "mosaic-")
    return shape


def layered(count: int, chance: random.Random) -> Shape:
    """Random layers; a job needs up to three of the layer before, sometimes one from further back."""
    shape = Shape()
    before: list[str] = []
    while len(shape.jobs) < count:
        earlier = [job.name for job in shape.jobs]
        width = min(chance.randint(1, count // 10), count - len(earlier))
        layer = []
        for _ in range(width):
            needs = set(chance.choices(before, k=chance.randint(1, 3))) if before else set()
            if earlier and chance.random() < 0.2:
                needs.add(chance.choice(earlier))
            layer.append(shape.add(chance.randint(1, MOST_CALLS), sorted(needs)))
        before = layer
    return shape


SHAPES: dict[str, Callable[[int, random.Random], Shape]] = {
    "wide": wide,
    "pipeline": pipeline,
    "diamond": diamond,
    "montage": montage,
    "layered": layered,
}


def heads(jobs: Sequence[Job]) -> dict[str, int]:
    """Return when each job can begin at the earliest, in calls; needs outside of ``jobs`` count as met."""
    found: dict[str, int] = {}
    calls = {job.name: job.calls for job in jobs}
    for job in jobs:
        found[job.name] = max((found[need] + calls[need] for need in job.needs if need in calls), default=0)
    return found


def tails(jobs: Sequence[Job]) -> dict[str, int]:
    """Return the longest chain of work behind each job, itself not counted, in calls."""
    found = {job.name: 0 for job in jobs}
    for job in reversed(jobs):
        for need in job.needs:
            if need in found:
                found[need] = max(found[need], found[job.name] + job.calls)
    return found


def lower_bound(jobs: Sequence[Job], workers: int) -> float:
    """Return max(critical path, work / workers), in calls: what no schedule can beat."""
    begin = heads(jobs)
    path = max(begin[job.name] + job.calls for job in jobs)
    return max(path, sum(job.calls for job in jobs) / workers)


def proven_bound(jobs: Sequence[Job], workers: int) -> int:
    """Return a bound that is nearer to the truth: where it is higher than :func:`lower_bound`, nobody reaches that.

    A call cannot be divided, and what lies between two jobs that everything else comes before or after is a plan of its
    own: those follow one another.
    """
    places = [-1, *barriers(jobs), len(jobs)]
    total = sum(jobs[place].calls for place in places[1:-1])
    for before, after in pairwise(places):
        if part := jobs[before + 1 : after]:
            total += math.ceil(_bound_of_part(part, workers) - TOLERANCE)
    return total


def chance_within(calls: float, jobs: Sequence[Job], workers: int, classes: Sequence[Sequence[int]]) -> float:
    """Return what the chance cannot exceed that such jobs end within so many calls when only their classes are known.

    What a job of a class takes shows when it is over: any of the class's numbers of calls, each as likely. Whoever
    starts one must hope that it is not over too late, or leave its worker idle, and all workers together may idle no
    longer than ``calls * workers`` less the work. For one worker the best policy against a price of idling is found
    from its end (dynamic programming; there are always jobs of each class, and none waits for another, which only
    helps), and the price that gives the lowest bound is taken (Chernoff's): it bounds the chance that a random plan has
    so much work and is in time.
    """
    span = int(calls + TOLERANCE)
    idle = span * workers - sum(job.calls for job in jobs)
    return min(math.exp(min(0.0, price * idle + workers * math.log(_best(span, price, classes)))) for price in _PRICES)


_PRICES = [number / 20 for number in range(1, 200)]


def _best(span: int, price: float, classes: Sequence[Sequence[int]]) -> float:
    """Return the most that a worker's chance to be in time is worth, less what its idling costs, as a factor."""
    worth = [1.0]
    for left in range(1, span + 1):
        tries = (sum(worth[left - took] for took in each if took <= left) / len(each) for each in classes)
        worth.append(max(math.exp(-price) * worth[left - 1], *tries))
    return worth[span]


def barriers(jobs: Sequence[Job]) -> list[int]:
    """Return the places of the jobs that each other job comes before or after."""
    place = {job.name: number for number, job in enumerate(jobs)}
    before, after = [0] * len(jobs), [0] * len(jobs)  # sets of places, as bits
    for number, job in enumerate(jobs):
        for need in job.needs:
            before[number] |= before[place[need]] | 1 << place[need]
    for number in range(len(jobs) - 1, -1, -1):
        for need in jobs[number].needs:
            after[place[need]] |= after[number] | 1 << number
    others = len(jobs) - 1
    return [number for number in range(len(jobs)) if before[number].bit_count() + after[number].bit_count() == others]


def _bound_of_part(jobs: Sequence[Job], workers: int) -> float:
    begin, behind = heads(jobs), tails(jobs)
    rounds = math.ceil(len(jobs) / workers) * min(job.calls for job in jobs)
    path = max(begin[job.name] + job.calls + behind[job.name] for job in jobs)
    return max(rounds, path, *_windows(jobs, begin, behind, workers))


def _windows(jobs: Sequence[Job], begin: dict[str, int], behind: dict[str, int], workers: int) -> Iterator[float]:
    """Yield a bound for each window: what cannot begin before it, and has work behind it, has to fit into it."""
    columns = max(behind.values()) + 1
    work = [[0] * columns for _ in range(max(begin.values()) + 1)]
    for job in jobs:
        work[begin[job.name]][behind[job.name]] += job.calls
    later = [0] * columns
    for head in range(len(work) - 1, -1, -1):
        later = [one + other for one, other in zip(later, work[head], strict=True)]
        inside = 0
        for tail in range(columns - 1, -1, -1):
            inside += later[tail]
            if inside:
                yield head + inside / workers + tail
