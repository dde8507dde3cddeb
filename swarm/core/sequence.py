"""Whether subtasks that change the same paths come one after the other, and how to put them in a row. Pure.

Everything here goes along one order of the plan: those with the longest chain of work behind them first, then as the
plan has them. Nothing depends on what comes after it in that order, so a dependency along it never makes a cycle. And
of many that change one path only neighbours have to be looked at: when each of them waits for the one before it, they
all come one after the other.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from swarm.core.overlap import overlap, overlapping_neighbours
from swarm.core.plan import Subtask, critical_path_ranks, expected_effort

MOST_IN_A_ROW = 1_000
"""How many pairs of subtasks are put in a row at most; a plan with more of them is none."""

_PATIENCE = 500_000
"""How many dependencies are followed at most: plans come from models, and looking must not take longer than working."""


def unordered_overlaps(subtasks: Sequence[Subtask], *, most: int) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return pairs of subtasks that change the same paths and may be at work at the same time, with the paths.

    Of many that change one path it is those that are next to each other.

    Args:
        subtasks: the plan.
        most: return no more than so many.
    """
    ranks = critical_path_ranks(subtasks, expected_effort)
    ordered = sorted(subtasks, key=lambda subtask: -ranks[subtask.id])
    return list(itertools.islice(_unordered(ordered), most))


def in_sequence(subtasks: Sequence[Subtask]) -> tuple[Subtask, ...]:
    """Return the subtasks with a dependency between all that would change the same paths at the same time.

    Unless there are too many of them, more than :data:`MOST_IN_A_ROW`: then they are returned as they are.
    """
    pairs = unordered_overlaps(subtasks, most=MOST_IN_A_ROW + 1)
    if len(pairs) > MOST_IN_A_ROW:
        return tuple(subtasks)
    plan = {subtask.id: subtask for subtask in subtasks}
    for first, second, _ in pairs:
        waiting = plan[second]
        plan[second] = waiting.model_copy(update={"depends_on": (*waiting.depends_on, first)})
    return tuple(plan.values())


def _unordered(ordered: Sequence[Subtask]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    depends_on = {subtask.id: subtask.depends_on for subtask in ordered}
    place = {subtask.id: number for number, subtask in enumerate(ordered)}
    left = _PATIENCE
    for one, other in overlapping_neighbours(ordered):
        waits, looked = _waits_for(other.id, one.id, depends_on, place)
        left -= looked
        if left < 0:
            return
        if not waits:
            yield one.id, other.id, overlap(other.writes, one.writes)


def _waits_for(
    other: str, one: str, depends_on: Mapping[str, Sequence[str]], place: Mapping[str, int]
) -> tuple[bool, int]:
    """Return whether a subtask waits for another one, and at how many subtasks that took a look."""
    seen, waiting = {other}, [other]
    while waiting:
        for dependency in depends_on[waiting.pop()]:
            if dependency == one:
                return True, len(seen)
            if dependency not in seen and place.get(dependency, -1) > place[one]:
                seen.add(dependency)
                waiting.append(dependency)
    return False, len(seen)
