"""How long a run has been at work, by the times of its events: a fold. Time in which nobody drives it is left out."""

from dataclasses import dataclass

from swarm.core.events import TELLING_OF_TIME, ClockJumped, Event, is_between_sessions


@dataclass(slots=True)
class ActiveTime:
    """The fold.

    Attributes:
        seconds: the time at work up to the last event.
        last_at: the wall-clock time of the last event in Unix seconds; ``None`` before the first.
    """

    seconds: float = 0.0
    last_at: float | None = None

    def advance(self, event: Event, at: float, *, parked: bool) -> float:
        """Fold in the time of the next event, and return the time at work up to it.

        A clock that was set does not count, nor does time spent parked.
        """
        last, self.last_at = self.last_at, at
        if last is None or parked:
            return self.seconds
        if type(event) in TELLING_OF_TIME:
            if is_between_sessions(event):
                return self.seconds
            at = event.before if type(event) is ClockJumped else at
        if at > last:
            self.seconds += at - last
        return self.seconds

    def at(self, now: float, *, parked: bool) -> float:
        """Return the time at work at a moment after the last event, in Unix seconds: nothing may happen for long."""
        if parked or self.last_at is None:
            return self.seconds
        return self.seconds + max(0.0, now - self.last_at)
