"""The order of calculation: cells after the cells that they read."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def calculation_order(precedents: Mapping[Key, Iterable[Key]]) -> tuple[list[Key], set[Key]]:
    """Return the keys so that each comes after its precedents, and the keys for which there is no such place.

    The latter are on a cycle or behind one. Precedents that are not keys are ready from the start. Among keys
    that are ready at the same time the order of the mapping is kept.
    """
    raise NotImplementedError
