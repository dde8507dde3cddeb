"""How long subtasks take, learned while a run goes on: by the kind of work that their names tell. A fold.

What is learned counts from certain numbers of accepted attempts on, and only when it differs enough from what counted
before: so the order of a large plan is made anew a few times in a run, not all the time.
"""

import re
from dataclasses import dataclass, field

from swarm.core.plan import Subtask, expected_effort

FIRST_LOOK = 32
LOOKS_A_PLAN = 64
"""The first look at a large plan comes when one in so many of its subtasks was accepted, the next at twice that."""

ENOUGH = 3
"""Attempts of a class before anything is made of them."""

_NEWEST_SHARE = 0.1
_GRAIN = 1024
_SAME = (0.8, 1.25)
_NUMBERS = re.compile(r"[-_.]?\d+")


def class_of(subtask: Subtask) -> str:
    """Return what kind of work a subtask is: its kind, its role, its expected size, and its name without numbers."""
    size = f"{subtask.size} " if subtask.size else ""
    return f"{subtask.kind} {subtask.role} {size}{_NUMBERS.sub('', subtask.id.rpartition('.')[2])}"


@dataclass(slots=True)
class _Seen:
    """What accepted attempts at subtasks of one class took, in seconds."""

    count: int = 0
    mean: float = 0.0


@dataclass(slots=True)
class Durations:
    """The fold of accepted attempts.

    Attributes:
        used: how long a subtask of a class takes, relative to others, as it counts now.
    """

    used: dict[str, float] = field(default_factory=dict)
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _mean: float = 0.0
    _count: int = 0
    _next_look: int = FIRST_LOOK
    _classes: dict[str, tuple[Subtask, str]] = field(default_factory=dict, compare=False, repr=False)

    def effort(self, subtask: Subtask) -> float:
        """Return how long a subtask is expected to take, relative to any other."""
        if not self.used:
            return expected_effort(subtask)
        learned = self.used.get(self._class_of(subtask))
        return expected_effort(subtask) if learned is None else learned

    def _class_of(self, subtask: Subtask) -> str:
        """Return a subtask's class, found once: ranking a plan anew asks for those of all of its subtasks."""
        known = self._classes.get(subtask.id)
        if known is None or known[0] is not subtask:
            known = self._classes[subtask.id] = (subtask, class_of(subtask))
        return known[1]

    def usual(self, subtask: Subtask) -> tuple[float, int]:
        """Return how many seconds such work takes, from its start until it is accepted, and how often that was seen."""
        seen = self._seen.get(self._class_of(subtask))
        return (seen.mean, seen.count) if seen else (0.0, 0)

    def learn(self, subtask: Subtask, seconds: float, subtasks: int) -> bool:
        """Take in an accepted attempt; return whether what is expected has changed.

        Args:
            subtask: what was done.
            seconds: how long it took.
            subtasks: how many the plan has.
        """
        name = self._class_of(subtask)
        self._count += 1
        self._mean += (seconds - self._mean) / self._count
        seen = self._seen.get(name)
        if seen is None:
            seen = self._seen[name] = _Seen()
        seen.count += 1
        seen.mean += (seconds - seen.mean) * max(1 / seen.count, _NEWEST_SHARE)
        if self._count < self._next_look or self._count < subtasks // LOOKS_A_PLAN:
            return False
        self._next_look = 2 * self._count
        return self._look()

    def _look(self) -> bool:
        if self._mean <= 0:
            return False
        seen = {name: _rounded(found.mean / self._mean) for name, found in self._seen.items() if found.count >= ENOUGH}
        if all(_SAME[0] <= value / self.used.get(name, 1.0) <= _SAME[1] for name, value in seen.items()):
            return False
        self.used = seen
        return True


def _rounded(value: float) -> float:
    """Return what a resume comes to as well, whose clock differs by microseconds: two digits of it.

    As a multiple of 1/1024: a chain's length must not depend on the order in which it was added up.
    """
    return round(float(f"{max(0.01, value):.1e}") * _GRAIN) / _GRAIN
