"""What the team has decided so far: a running summary that every prompt shares. Pure.

It only grows at its end, so that prompts that were made earlier are the beginning of later ones, as far as it goes.
When it has become too long, its older half goes at once: seldom, because whatever changes the beginning of a prompt
makes prefix caches useless once.
"""

from dataclasses import dataclass, field

from swarm.core.messages import Handoff

LIMIT = 6_000
"""The most characters of the summary."""

_LONGEST = 300
_MOST_OF_ONE = 5


@dataclass(slots=True)
class Decisions:
    """The decisions of accepted hand-ins, in the order in which these were merged."""

    lines: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, subtask_id: str, handoff: Handoff) -> None:
        """Take in what a merged hand-in decided."""
        for decision in handoff.decisions[:_MOST_OF_ONE]:
            said = " ".join(decision.split())
            if not said:
                continue
            line = f"- {subtask_id}: {said if len(said) <= _LONGEST else said[: _LONGEST - 1] + '…'}"
            self.lines.append(line)
            self.size += len(line) + 1
        while self.size > LIMIT:
            older = len(self.lines) // 2 or 1
            self.size -= sum(len(line) + 1 for line in self.lines[:older])
            del self.lines[:older]

    def text(self) -> str:
        """Return the summary as lines; empty when nothing was decided."""
        return "\n".join(self.lines)
