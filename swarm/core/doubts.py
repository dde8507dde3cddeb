"""What weakens the evidence of a run: a fold of its events for people."""

from collections import Counter
from dataclasses import dataclass, field

from swarm.core.baseline import BaselineChecked, passing
from swarm.core.events import Event, RunChecked, VerdictGiven


@dataclass(slots=True)
class Doubts:
    """The fold. Feed it every event with :meth:`apply`; read its attributes.

    Attributes:
        flaky: checks that failed and then passed on the same commit, and how often.
        passing_at_start: checks that pass on the untouched start as well.
    """

    flaky: Counter[str] = field(default_factory=Counter)
    passing_at_start: set[str] = field(default_factory=set)

    def apply(self, event: Event) -> None:
        """Fold one event in."""
        if type(event) is VerdictGiven or type(event) is RunChecked:
            self.flaky.update(result.command for result in event.verdict.checks if result.flaky)
        elif isinstance(event, BaselineChecked):
            self.passing_at_start.update(passing(event.results))
