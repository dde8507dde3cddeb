"""Which subtasks are expected to change the same files, by their ``writes``: paths of files, of folders, patterns.

A pattern overlaps with every path that it matches, and with another pattern when one's fixed beginning lies in the
other's. That says too much rather than too little.
"""

import fnmatch
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from swarm.core.plan import Subtask

_WILD = re.compile(r"[*?\[]")
_ROOT = ""


def tidy(path: str) -> str:
    """Return a path as it is compared: no ``./`` before it, no ``/`` at its ends; empty for the whole repository."""
    parts = [part for part in path.strip().split("/") if part not in ("", ".")]
    return "/".join(parts)


def overlap(ours: Iterable[str], theirs: Iterable[str]) -> tuple[str, ...]:
    """Return those of our paths that are, hold, or lie in one of theirs."""
    claims = Claims()
    claims.add("theirs", theirs)
    return tuple(path for path in ours if claims.owners_of((path,)))


def overlapping_neighbours(subtasks: Iterable[Subtask]) -> Iterator[tuple[Subtask, Subtask]]:
    """Yield pairs of subtasks that are expected to change the same paths, the earlier one first.

    In the order that the subtasks come in. Of all that name the very same path only those next to each other are
    yielded, of folders and patterns every pair.
    """
    claims = Claims()
    newest: dict[str, str] = {}
    before: dict[str, tuple[int, Subtask]] = {}
    for order, subtask in enumerate(subtasks):
        fixed, _ = _sorted_out(subtask.writes)
        found = claims.wider_owners_of(subtask.writes) | {newest[path] for path in fixed if path in newest}
        for _, earlier in sorted((before[owner] for owner in found), key=lambda entry: entry[0]):
            yield earlier, subtask
        claims.add(subtask.id, subtask.writes)
        newest.update(dict.fromkeys(fixed, subtask.id))
        before[subtask.id] = (order, subtask)


@dataclass(slots=True)
class Claims:
    """Who is expected to change what: asking costs as much as the paths are deep, however many claims there are."""

    _exact: dict[str, set[str]] = field(default_factory=dict)
    _below: dict[str, dict[str, int]] = field(default_factory=dict)
    _patterns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _paths: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, owner: str, paths: Iterable[str]) -> None:
        """Note that somebody is going to change these paths, beside what they claim already."""
        fixed, wild = _sorted_out(paths)
        for path in fixed:
            self._exact.setdefault(path, set()).add(owner)
            for folder in _folders_above(path):
                counts = self._below.setdefault(folder, {})
                counts[owner] = counts.get(owner, 0) + 1
        self._paths[owner] = self._paths.get(owner, ()) + fixed
        if wild:
            self._patterns[owner] = self._patterns.get(owner, ()) + wild

    def remove(self, owner: str) -> None:
        """Forget all that somebody has claimed."""
        self._patterns.pop(owner, None)
        for path in self._paths.pop(owner, ()):
            _discard(self._exact, path, owner)
            for folder in _folders_above(path):
                counts = self._below.get(folder, {})
                counts[owner] = counts.get(owner, 0) - 1
                if counts[owner] <= 0:
                    del counts[owner]

    def owners_of(self, paths: Collection[str]) -> set[str]:
        """Return everybody whose claims overlap with these paths."""
        if not paths:
            return set()
        found = self.wider_owners_of(paths)
        for path in _sorted_out(paths)[0]:
            found |= self._exact.get(path, set())
        return found

    def wider_owners_of(self, paths: Iterable[str]) -> set[str]:
        """Return everybody who claims what holds these paths, lies in them or matches them."""
        fixed, wild = _sorted_out(paths)
        found: set[str] = set()
        for path in fixed:
            found |= self._below.get(path, {}).keys()
            for folder in _folders_above(path):
                found |= self._exact.get(folder, set())
            found |= {
                owner for owner, patterns in self._patterns.items() if any(_hits(each, path) for each in patterns)
            }
        for pattern in wild:
            found |= {owner for owner, claimed in self._paths.items() if any(_hits(pattern, path) for path in claimed)}
            found |= {owner for owner, patterns in self._patterns.items() if any(_meet(pattern, p) for p in patterns)}
        return found


def _sorted_out(paths: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paths without and those with a pattern in them, each once."""
    tidied = dict.fromkeys(tidy(path) for path in paths if path.strip())
    wild = tuple(path for path in tidied if _WILD.search(path))
    return tuple(path for path in tidied if not _WILD.search(path)), wild


def _folders_above(path: str) -> Iterator[str]:
    if path == _ROOT:
        return
    yield _ROOT
    for index, character in enumerate(path):
        if character == "/":
            yield path[:index]


def _hits(pattern: str, path: str) -> bool:
    """Whether a pattern matches a path, something below it, or a folder above it."""
    if fnmatch.fnmatchcase(path, pattern) or _within(_fixed_part(pattern), path):
        return True
    return any(folder != _ROOT and fnmatch.fnmatchcase(folder, pattern) for folder in _folders_above(path))


def _meet(one: str, other: str) -> bool:
    first, second = _fixed_part(one), _fixed_part(other)
    return one == other or _within(first, second) or _within(second, first)


def _fixed_part(pattern: str) -> str:
    """Return the folder that all matches of a pattern lie in."""
    return _WILD.split(pattern, maxsplit=1)[0].rpartition("/")[0]


def _within(path: str, folder: str) -> bool:
    return folder == _ROOT or path == folder or path.startswith(f"{folder}/")


def _discard(sets: dict[str, set[str]], key: str, value: str) -> None:
    owners = sets.get(key, set())
    owners.discard(value)
    if not owners:
        sets.pop(key, None)
