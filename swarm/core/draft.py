"""What the scheduler decides while it takes one batch in: facts, which are folded in at once, and commands."""

from swarm.core.events import Event
from swarm.core.state import RunState
from swarm.core.stimuli import Command, Decision, Stop


class Draft:
    """The state of the run and the decision that is being made of it. The scheduler's parts all write to the same one.

    Attributes:
        state: the fold of all facts, those of this draft included.
        decision: what has been decided so far.
        now: the wall-clock time of the batch, in Unix seconds.
        stopped: whether this process has been told that nothing is left to do.
    """

    def __init__(self) -> None:
        self.state = RunState()
        self.decision = Decision()
        self.now = 0.0
        self.stopped = False

    def begin(self, now: float) -> None:
        """Start the decision of another batch."""
        self.decision = Decision()
        self.now = now

    def emit(self, fact: Event) -> None:
        """Decide a fact: later decisions of the same batch see it."""
        self.state.apply(fact, self.now)
        self.decision.facts.append(fact)

    def command(self, command: Command) -> None:
        """Ask for something to be done once the facts are on disk."""
        self.decision.commands.append(command)

    def stop(self) -> None:
        """End the process's work: the run has ended or is paused."""
        self.stopped = True
        self.command(Stop())
