"""What weakens the evidence of a run: a fold of its events for people."""

from collections import Counter

from swarm.core.baseline import BaselineChecked, passing
from swarm.core.events import Event, RunChecked, VerdictGiven


class Doubts:
    """The fold. Feed it every event with :meth:`apply`; read its attributes.

    Attributes:
        flaky: checks that failed and then passed on the same commit, and how often.
        passing_at_start: checks that pass on the untouched start as well.
    """

    def __init__(self) -> None:
        self.flaky: Counter[str] = Counter()
        self.passing_at_start: set[str] = set()

    def apply(self, event: Event) -> None:
        """Fold one event in."""
        if isinstance(event, VerdictGiven | RunChecked):
            self.flaky.update(result.command for result in event.verdict.checks if result.flaky)
        elif isinstance(event, BaselineChecked):
            self.passing_at_start.update(passing(event.results))
