"""How a run ends: its own checks on the merged branch, rounds of repair, and the outcome."""

from swarm.core.baseline import passing
from swarm.core.draft import Draft
from swarm.core.endings import BY_PERSON
from swarm.core.events import PlanExtended, RunChecked, RunEnded, RunOutcome
from swarm.core.followups import repair_subtask
from swarm.core.node import ACCEPTED, SubtaskState
from swarm.core.planner_requests import ask_planner
from swarm.core.replans import ReplanCause
from swarm.core.stimuli import CheckRun, RunCheckDone


class Conclusion:
    """Decides what comes when every subtask has ended: the run's checks, a repair, or the end."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._checking = ""

    def interrupted(self) -> None:
        """Take note that a check was cut off; it is begun again."""
        self._checking = ""

    def checked(self, stimulus: RunCheckDone) -> None:
        """Take what the run's own checks found."""
        self._checking = ""
        self._draft.emit(RunChecked(stimulus.head, stimulus.verdict))

    def conclude(self) -> None:
        """Decide; every subtask has ended and nothing is being merged."""
        state = self._draft.state
        task = state.task
        assert task is not None
        if state.cancelled:
            self._end(RunOutcome.CANCELLED, BY_PERSON)
            return
        check = state.run_check
        if task.is_judged_whole and (check is None or check.head != state.head):
            if self._checking != state.head:
                self._checking = state.head
                self._draft.command(CheckRun(state.head))
            return
        states = {node.state for node in state.nodes.values() if node.counts}
        self._weigh(states, check if task.is_judged_whole else None)

    def _weigh(self, states: set[SubtaskState], check: RunChecked | None) -> None:
        if not states <= ACCEPTED:
            passed = " (the run's checks pass all the same)" if check and check.verdict.accepted else ""
            self._end(RunOutcome.FAILED, f"not every subtask got done{passed}")
        elif check and not check.verdict.accepted:
            self._repair(check)
        elif check and not check.verdict.verified:
            self._end(RunOutcome.UNVERIFIED, f"every subtask got done, but {check.verdict.reason}")
        elif check:
            before = ", as they did before anything was done" if self._passed_before(check) else ""
            self._end(RunOutcome.DONE, f"every subtask got done and the run's checks pass{before}")
        elif SubtaskState.UNVERIFIED in states:
            self._end(RunOutcome.UNVERIFIED, "every subtask got done, but some of it was never checked")
        else:
            self._end(RunOutcome.DONE, "every subtask got done and its checks pass")

    def _passed_before(self, check: RunChecked) -> bool:
        baseline = self._draft.state.baseline
        passed = set(passing(baseline.results)) if baseline else set()
        return bool(passed) and passed.issuperset(result.command for result in check.verdict.checks)

    def _repair(self, check: RunChecked) -> None:
        state = self._draft.state
        if state.repairs >= state.limits.max_repairs:
            said = f"the run's checks fail on the merged branch: {check.verdict.reason}"
            if ask_planner(self._draft, "", ReplanCause.CHECKS, said):
                return
            self._end(RunOutcome.FAILED, said)
            return
        assert state.task is not None
        repair = repair_subtask(state.task, check.verdict.reason, state.repairs + 1, taken=state.nodes)
        self._draft.emit(PlanExtended(state.revision + 1, (repair,), reason="the run's checks fail"))

    def _end(self, outcome: RunOutcome, reason: str) -> None:
        self._draft.emit(RunEnded(outcome, reason, self._draft.state.head))
        self._draft.stop()
