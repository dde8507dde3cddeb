"""A run written by hand, event by event: for tests of whatever shows, stores or reports runs."""

from collections.abc import Sequence

from swarm.core.events import (
    FORMAT,
    AttemptEnded,
    AttemptHandedIn,
    AttemptOpened,
    AttemptOutcome,
    AttemptStarted,
    Event,
    Hedge,
    Integrated,
    ModelCalled,
    ModelDelayed,
    ModelReplied,
    PauseReason,
    PlanExtended,
    Recorded,
    RunChecked,
    RunCreated,
    RunEnded,
    RunOpened,
    RunOutcome,
    RunPaused,
    RunSettings,
    SubtaskEnded,
    SubtaskOutcome,
    ToolCalled,
    ToolReturned,
    VerdictGiven,
    attempt_id,
)
from swarm.core.limits import Usage
from swarm.core.messages import CheckResult, Handoff, Message, Reply, Role, ToolCall, Verdict
from swarm.core.plan import Subtask
from swarm.core.task import Task

SETTINGS = RunSettings("http://127.0.0.1:8000/v1", {"worker": "sim-worker", "planner": "sim-planner"}, "bwrap")


def check_result(command: str, exit_code: int | None = 0, output: str = "OK") -> CheckResult:
    """Return the evidence of a check."""
    return CheckResult(command, exit_code, 1.5, output, "ab" * 32)


def accepted(*commands: str) -> Verdict:
    """Return the verdict of checks that all passed; without any, an acceptance without evidence."""
    return Verdict(accepted=True, verified=bool(commands), checks=tuple(check_result(command) for command in commands))


def rejected(reason: str, command: str = "make check") -> Verdict:
    """Return the verdict of a check that failed."""
    return Verdict(accepted=False, verified=True, reason=reason, checks=(check_result(command, 1, reason),))


class ScriptedRun:
    """Builds the events of a run. Every method appends facts; :attr:`now` moves only by :meth:`wait`.

    Attributes:
        events: what was appended so far.
        now: wall-clock time of the next event, in Unix seconds.
    """

    def __init__(
        self,
        instruction: str = "Write a parser",
        *,
        run_id: str = "run-1",
        settings: RunSettings = SETTINGS,
        checks: Sequence[str] = (),
        base_commit: str = "0" * 40,
        name: str = "",
        repository: str = ".",
    ) -> None:
        self.events: list[Recorded] = []
        self.now = 1_700_000_000.0
        self._steps: dict[str, int] = {}
        self._attempts: dict[str, int] = {}
        self._revision = 0
        self._sessions = 0
        self._settings = settings
        self._head = base_commit
        self._task = Task(instruction=instruction, repository=repository, checks=tuple(checks), name=name)
        self.add(RunCreated(FORMAT, run_id, "0.1.0", self._task, settings, base_commit, f"swarm/{run_id}"))
        self.open()

    def add(self, event: Event) -> None:
        """Append any event."""
        self.events.append(Recorded(len(self.events) + 1, self.now, event))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def open(self, *changes: str) -> None:
        """A process takes the run over."""
        self._sessions += 1
        self.add(RunOpened(self._sessions, "host-a", 100 + self._sessions, self._settings, self._task, changes))

    def plan(self, *subtasks: Subtask, below: str = "") -> None:
        """Add subtasks to the plan."""
        self._revision += 1
        self.add(PlanExtended(self._revision, subtasks, below))

    def start(self, subtask_id: str, feedback: str = "", hedge: Hedge | None = None) -> str:
        """Start the next attempt at a subtask, or one beside another, and return its id."""
        number = self._attempts[subtask_id] = self._attempts.get(subtask_id, 0) + 1
        identifier = attempt_id(subtask_id, number)
        self.add(AttemptStarted(identifier, subtask_id, number, self._head, feedback=feedback, hedge=hedge))
        opening = Message(Role.SYSTEM, "You are an agent."), Message(Role.USER, f"# Subtask: {subtask_id}")
        self.add(AttemptOpened(identifier, opening))
        return identifier

    def ask(self, attempt: str) -> int:
        """Ask the model and return the step's number."""
        step = self._steps[attempt] = self._steps.get(attempt, 0) + 1
        self.add(ModelCalled(attempt, step, "sim-worker", "d" * 64))
        return step

    def delay(self, attempt: str, code: str = "rate_limited", wait_s: float = 2.0) -> None:
        """The endpoint makes the model call of the current step wait."""
        self.add(ModelDelayed(attempt, self._steps[attempt], code, "the endpoint asks to wait", wait_s))

    def answer(
        self,
        attempt: str,
        *calls: tuple[str, str],
        text: str = "",
        usage: Usage = Usage(1000, 400, 100),
        cost_usd: float | None = 0.01,
        tries: int = 1,
    ) -> None:
        """The model answers the current step with tool calls, given as name and JSON arguments."""
        step = self._steps[attempt]
        tool_calls = tuple(ToolCall(f"call_{step}_{n}", name, text) for n, (name, text) in enumerate(calls))
        reply = Reply(text, tool_calls=tool_calls, model="sim-worker", usage=usage)
        self.add(ModelReplied(attempt, step, reply, 0.5, 2.0, tries, cost_usd))

    def tool(self, attempt: str, name: str, result: str, *, index: int = 0, failed: bool = False) -> None:
        """A tool call of the current step is carried out."""
        step = self._steps[attempt]
        self.add(ToolCalled(attempt, step, index, name))
        self.add(ToolReturned(attempt, step, index, result, failed, 0.2))

    def step(self, attempt: str, name: str, arguments: str, result: str, *, seconds: float = 3.0) -> None:
        """One whole step with one tool call."""
        self.ask(attempt)
        self.answer(attempt, (name, arguments))
        self.wait(seconds)
        self.tool(attempt, name, result)

    def hand_in(self, attempt: str, handoff: Handoff | None = None) -> None:
        """The agent says that it is done."""
        self.add(AttemptHandedIn(attempt, self._steps.get(attempt, 0), handoff or Handoff("Done.", commit="c" * 40)))

    def judge(self, attempt: str, verdict: Verdict) -> None:
        """The verifier answers a hand-in."""
        self.add(VerdictGiven(attempt, self._steps.get(attempt, 0), verdict))

    def end(self, attempt: str, outcome: AttemptOutcome, reason: str = "") -> None:
        """The attempt ends."""
        self.add(AttemptEnded(attempt, outcome, reason))

    def settle(self, subtask_id: str, outcome: SubtaskOutcome, reason: str = "") -> None:
        """The subtask ends."""
        self.add(SubtaskEnded(subtask_id, outcome, reason))

    def deliver(self, attempt: str, verdict: Verdict, handoff: Handoff | None = None, *, head: str = "") -> None:
        """Hand in, be accepted, be merged as ``head`` (an invented commit when it is empty), and end the subtask."""
        subtask_id = attempt.rpartition("@")[0]
        self.hand_in(attempt, handoff)
        self.judge(attempt, verdict)
        previous, self._head = self._head, head or f"{len(self.events):040x}"
        self.add(Integrated(attempt, previous, self._head))
        self.end(attempt, AttemptOutcome.INTEGRATED)
        self.settle(subtask_id, SubtaskOutcome.DONE if verdict.verified else SubtaskOutcome.UNVERIFIED)

    def pause(self, reason: PauseReason, message: str) -> None:
        """The run stands still."""
        self.add(RunPaused(reason, message))

    def finish(self, outcome: RunOutcome, reason: str = "", verdict: Verdict | None = None) -> None:
        """The run's checks run, when there is a verdict, and the run ends."""
        if verdict is not None:
            self.add(RunChecked(self._head, verdict))
        self.add(RunEnded(outcome, reason, self._head))
