"""How a run comes to stand still: it drains and is paused, or is parked until its endpoint is back."""

from swarm.core.draft import Draft
from swarm.core.events import PauseReason, RunParked, RunPaused, RunWoken
from swarm.core.parking import Parking, worth_waiting
from swarm.core.stimuli import Drain, PauseAsked, Probe, ProbeFailed


class Pausing:
    """Holds what stops the run, from the moment that somebody asks until all work is at a durable point.

    Args:
        draft: where decisions go.
        parking: how the run waits for an endpoint that is gone; without it such a run is paused.

    Attributes:
        asked: what the run is coming to a stop for, or None.
    """

    def __init__(self, draft: Draft, parking: Parking | None) -> None:
        self._draft = draft
        self._parking = parking
        self.asked: PauseAsked | None = None

    def ask(self, pause: PauseAsked) -> None:
        """Begin to come to a stop; the first reason counts, unless the run would only be parked for it."""
        if self.asked is None:
            self.asked = pause
            self._draft.command(Drain())
        elif self._will_park(self.asked):
            self.asked = pause  # whatever else stops the run is the better reason

    def drained(self) -> None:
        """Park or pause the run: nothing is at work any more."""
        pause = self.asked
        assert pause is not None, "drained without a pause"
        if self._will_park(pause):
            self.asked = None
            self._park(pause, probes=0)
        else:
            self.give_up(pause)

    def give_up(self, pause: PauseAsked) -> None:
        """Pause the run; its process ends."""
        self._draft.emit(RunPaused(pause.reason, pause.message, pause.code))
        self._draft.stop()

    def probe_failed(self, stimulus: ProbeFailed) -> None:
        """Go on waiting for the endpoint, or give it up."""
        state, parking = self._draft.state, self._parking
        if state.parked is None or parking is None or self.asked:
            return
        pause = PauseAsked(PauseReason.ENDPOINT, stimulus.message, stimulus.code, role=state.parked.role)
        if self._will_park(pause) and self._draft.now - state.parked_at < parking.at_most_s:
            self._park(pause, state.parked.probes + 1)
        else:
            self.give_up(pause)

    def probe_answered(self) -> None:
        """Wake a parked run."""
        parked = self._draft.state.parked
        if parked and not self.asked:
            self._draft.emit(RunWoken(parked.probes))

    def _will_park(self, pause: PauseAsked) -> bool:
        return self._parking is not None and worth_waiting(pause, self._draft.state.calls)

    def _park(self, pause: PauseAsked, probes: int) -> None:
        assert self._parking is not None
        wait_s = self._parking.wait_s(probes)
        self._draft.emit(RunParked(pause.message, pause.code, probes, wait_s, pause.role))
        self._draft.command(Probe(wait_s, pause.role))
