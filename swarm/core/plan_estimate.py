"""What a plan will take, before any of it is carried out: tokens, money, and the longest chain. Pure.

The figures are ranges of what runs have taken so far, not promises: an agent reads its whole conversation at each step,
so that twice as many steps take nearly four times as many tokens.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from swarm.core.limits import Usage
from swarm.core.plan import Size, Subtask, SubtaskKind, critical_path_ranks, expected_effort
from swarm.core.prices import Price

STEPS: dict[Size | None, tuple[int, int]] = {
    Size.SMALL: (4, 12),
    None: (5, 30),
    Size.MEDIUM: (10, 30),
    Size.LARGE: (25, 60),
}
"""Steps of one attempt, the fewest and the most that are usual, by the size that the planner expects."""

PLANNER_CALLS = (1, 3)
OPENING_TOKENS = (2_000, 6_000)
TOKENS_A_STEP = (300, 1_200)
OUTPUT_A_STEP = (120, 500)
JUDGED_TOKENS = (2_000, 18_000)
CACHED_SHARE = (0.9, 0.0)
"""How much of a prompt a prefix cache serves, at best and at worst."""

MOST_ATTEMPTS = 1.5
"""Attempts that a subtask takes on average where much goes wrong."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a plan will take: from the least to the most.

    Attributes:
        subtasks: how many there are.
        unplanned: how many of them are plans themselves: only their planning is part of the figures.
        calls: model calls.
        tokens: input plus output tokens.
        cost_usd: US dollars; ``None`` where a price is not known.
        chain: the ids along the longest chain.
        effort: the work of all, and that along the chain, in subtasks of medium size.
        width: the most subtasks that can be at work at the same time.
        depth: how many layers there are.
    """

    subtasks: int
    unplanned: int
    calls: tuple[int, int]
    tokens: tuple[int, int]
    cost_usd: tuple[float, float] | None
    chain: tuple[str, ...]
    effort: tuple[float, float]
    width: int
    depth: int


def _no_price(_: str) -> Price | None:
    return None


def estimate(subtasks: Sequence[Subtask], price: Callable[[str], Price | None] = _no_price) -> Estimate:
    """Return what a plan will take; ``price`` gives what the model of a role costs."""
    calls, tokens, cost = [0, 0], [0, 0], [0.0, 0.0]
    priced = True
    for subtask in subtasks:
        for role, takes in _asked(subtask):
            known = price(role)
            priced = priced and known is not None
            for end in (0, 1):
                number, usage = takes(subtask, end)
                calls[end] += number
                tokens[end] += usage.total_tokens
                cost[end] += known.cost_usd(usage) if known else 0.0
    from swarm.core.plan_graph import layers  # loads networkx, which whoever only drives a run can do without

    generations = layers(subtasks)
    ranks = critical_path_ranks(subtasks, expected_effort)
    work = sum(expected_effort(subtask) for subtask in subtasks)
    return Estimate(
        subtasks=len(subtasks),
        unplanned=sum(subtask.kind is SubtaskKind.PLAN for subtask in subtasks),
        calls=(calls[0], calls[1]),
        tokens=(tokens[0], tokens[1]),
        cost_usd=(cost[0], cost[1]) if priced else None,
        chain=tuple(longest_chain(subtasks, ranks)),
        effort=(work, max(ranks.values(), default=0.0)),
        width=max(map(len, generations), default=0),
        depth=len(generations),
    )


def _asked(subtask: Subtask) -> Iterator[tuple[str, Callable[[Subtask, int], tuple[int, Usage]]]]:
    """Yield the roles that are asked for a subtask, with what returns the calls and tokens that they take."""
    yield subtask.role, _takes
    if subtask.rubric:
        yield "judge", _judging


def _judging(subtask: Subtask, end: int) -> tuple[int, Usage]:
    """Return what judges take: a bare majority that sees a small change once, or all of them and a large one twice."""
    calls = 2 * subtask.judges if end else subtask.judges // 2 + 1
    return calls, Usage(calls * JUDGED_TOKENS[end], 0, calls * OUTPUT_A_STEP[end], estimated=True)


def _takes(subtask: Subtask, end: int) -> tuple[int, Usage]:
    """Return the calls and tokens of one subtask: at the least (0) or at the most (1)."""
    steps = PLANNER_CALLS[end] if subtask.kind is SubtaskKind.PLAN else STEPS[subtask.size][end]
    read = steps * OPENING_TOKENS[end] + TOKENS_A_STEP[end] * steps * (steps - 1) // 2
    attempts = MOST_ATTEMPTS if end and subtask.kind is SubtaskKind.WORK else 1.0
    read, calls, said = (round(attempts * value) for value in (read, steps, steps * OUTPUT_A_STEP[end]))
    return calls, Usage(read, round(read * CACHED_SHARE[end]), said, estimated=True)


def longest_chain(subtasks: Sequence[Subtask], ranks: dict[str, float]) -> list[str]:
    """Return the ids along the critical path."""
    dependents: dict[str, list[str]] = {subtask.id: [] for subtask in subtasks}
    for subtask in subtasks:
        for dependency in subtask.depends_on:
            if dependency in dependents:
                dependents[dependency].append(subtask.id)
    if not ranks:
        return []
    chain = [max(ranks, key=lambda identifier: ranks[identifier])]
    while following := dependents[chain[-1]]:
        chain.append(max(following, key=lambda identifier: ranks[identifier]))
    return chain
