"""What a planner sees of a repository."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RepositoryMap:
    """What a planner sees of a repository.

    Attributes:
        text: its files and what they define, shortened to fit a prompt; names made harmless.
        files: all its paths.
    """

    text: str
    files: frozenset[str] = frozenset()
