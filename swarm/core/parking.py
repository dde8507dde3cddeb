"""When a run waits for its endpoint instead of being paused, and how often it looks whether that is back. Pure."""

from dataclasses import dataclass

from swarm.core.events import PauseReason
from swarm.core.stimuli import PauseAsked
from swarm.errors import AccessDenied, ModelNotFound, RequestRejected

_WRONG_SETTINGS = frozenset({AccessDenied.code, ModelNotFound.code, RequestRejected.code})
"""What no waiting mends."""


@dataclass(frozen=True, slots=True)
class Parking:
    """How a run is parked while its endpoint is gone or its quota used up. Times are in seconds.

    Attributes:
        first_probe_s: until the endpoint is asked for the first time whether it is back; each wait is twice the last.
        longest_wait_s: the longest wait between two probes.
        patience_s: how long calls outlast a fault before the run is parked.
        at_most_s: how long a run is parked before it is paused after all.
    """

    first_probe_s: float = 15.0
    longest_wait_s: float = 600.0
    patience_s: float = 60.0
    at_most_s: float = 7 * 86_400.0

    def wait_s(self, probes: int) -> float:
        """Return how long to wait for the next probe after so many in vain."""
        return min(self.longest_wait_s, self.first_probe_s * 2.0 ** min(probes, 64))


DEFAULT_PARKING = Parking()


def worth_waiting(pause: PauseAsked, replies: int) -> bool:
    """Whether what stops the run may pass by itself: an endpoint that has answered this run before, and no setting."""
    return pause.reason is PauseReason.ENDPOINT and pause.code not in _WRONG_SETTINGS and replies > 0
