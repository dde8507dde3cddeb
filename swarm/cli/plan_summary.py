"""What a person wants to know of a plan before it costs anything."""

from swarm.core.plan import Plan, critical_path_ranks, layers


def summarise(plan: Plan) -> list[str]:
    """Return a few lines: size, width, the longest chain, and what nothing checks."""
    count = len(plan.subtasks)
    generations = layers(plan.subtasks)
    ranks = critical_path_ranks(plan.subtasks, lambda _: 1.0)
    lines = [
        f"{count} subtasks in {len(generations)} layers; at most {max(map(len, generations))} at the same time",
        f"longest chain: {' -> '.join(longest_chain(plan, ranks))}",
    ]
    unchecked = [subtask.id for subtask in plan.subtasks if not subtask.checks]
    if unchecked:
        shown = ", ".join(unchecked[:8]) + (", ..." if len(unchecked) > 8 else "")
        lines.append(f"without checks of their own ({len(unchecked)}): {shown}")
    return lines


def longest_chain(plan: Plan, ranks: dict[str, float], most: int = 12) -> list[str]:
    """Return the ids along the critical path, shortened in the middle when it is long."""
    dependents: dict[str, list[str]] = {subtask.id: [] for subtask in plan.subtasks}
    for subtask in plan.subtasks:
        for dependency in subtask.depends_on:
            dependents[dependency].append(subtask.id)
    chain = [max(ranks, key=lambda identifier: ranks[identifier])]
    while following := dependents[chain[-1]]:
        chain.append(max(following, key=lambda identifier: ranks[identifier]))
    return chain if len(chain) <= most else [*chain[: most // 2], "...", *chain[-most // 2 :]]
