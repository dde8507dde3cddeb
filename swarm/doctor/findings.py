"""What was found out, and what it means for a run: values without effects."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters."""

    GOOD = "good"
    LESS = "less"  # something is missing, and swarm does without
    PROBLEM = "problem"  # a run would not start, or not get on


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: what was looked at, in one or two words.
        level: how much it matters.
        found: what was found.
        instead: what swarm does because of it; empty when there is nothing to say.
        hint: what a person can do about it.
    """

    subject: str
    level: Level
    found: str
    instead: str = ""
    hint: str = ""

    def as_object(self) -> dict[str, str]:
        """Return plain JSON values."""
        return {
            "subject": self.subject,
            "level": self.level.value,
            "found": self.found,
            "instead": self.instead,
            "hint": self.hint,
        }


def good(subject: str, found: str) -> Finding:
    """Return a finding that is as it should be."""
    return Finding(subject, Level.GOOD, found)


def less(subject: str, found: str, instead: str, hint: str = "") -> Finding:
    """Return something that is missing and that swarm can do without."""
    return Finding(subject, Level.LESS, found, instead, hint)


def problem(subject: str, found: str, hint: str) -> Finding:
    """Return something that keeps a run from starting."""
    return Finding(subject, Level.PROBLEM, found, "a run does not start", hint)


def problems(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that keep a run from starting."""
    return [finding for finding in findings if finding.level is Level.PROBLEM]
