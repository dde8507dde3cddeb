"""Before anything is paid for: the run's own checks on the untouched start."""

from swarm.core.baseline import environment_problem, remarks_on
from swarm.core.draft import Draft
from swarm.core.events import NoteRecorded, PauseReason
from swarm.core.pausing import Pausing
from swarm.core.stimuli import CheckStart, PauseAsked, StartChecked

GO_ON = "Put that right and `swarm resume`, or go on all the same with `swarm resume --no-baseline`."


class StartCheck:
    """Holds attempts back until it is known that the run's checks can be run at all."""

    def __init__(self, draft: Draft, pausing: Pausing) -> None:
        self._draft = draft
        self._pausing = pausing
        self._asked = False

    def interrupted(self) -> None:
        """Take note that the checks were cut off; they are begun again."""
        self._asked = False

    def is_awaited(self) -> bool:
        """Whether nothing may start yet; asks for the checks the first time."""
        state = self._draft.state
        task = state.task
        assert task is not None
        if state.begun or state.baseline or not (task.baseline and task.all_checks):
            return False
        if not self._asked:
            self._asked = True
            self._draft.command(CheckStart(state.base_commit))
        return True

    def done(self, stimulus: StartChecked) -> None:
        """Record what the checks said; pause the run when they cannot pass on this machine."""
        self._asked = False
        self._draft.emit(stimulus.checked)
        for number, remark in enumerate(remarks_on(stimulus.checked.results), start=1):
            self._draft.emit(NoteRecorded(remark, notice=f"start {number}"))
        problem = environment_problem(stimulus.checked.results)
        if problem and not self._pausing.asked:
            self._pausing.give_up(PauseAsked(PauseReason.PERSON, f"{problem}. {GO_ON}", "checks_cannot_run"))
