"""The order of calculation: cells after the cells that they read."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def calculation_order(precedents: Mapping[Key, Iterable[Key]]) -> tuple[list[Key], set[Key]]:
    """Return the keys so that each comes after its precedents, and the keys for which there is no such place.

    The latter are on a cycle or behind one. Precedents that are not keys are ready from the start. Among keys
    that are ready at the same time the order of the mapping is kept.
    """
    waiting = {key: {other for other in others if other in precedents} for key, others in precedents.items()}
    dependents: dict[Key, list[Key]] = {key: [] for key in waiting}
    for key, others in waiting.items():
        for other in others:
            dependents[other].append(key)
    order = [key for key, others in waiting.items() if not others]
    for key in order:
        for dependent in dependents[key]:
            waiting[dependent].discard(key)
            if not waiting[dependent]:
                order.append(dependent)
    return order, set(waiting) - set(order)
