"""Schedules in virtual time: swarm's own scheduler, and lists in any other order.

Time is counted in model calls. What the scheduler asks for is carried out at once or after the calls that it takes;
merges take no time, so that the order alone is what is measured.
"""

import heapq
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.workflow_shapes import MOST_CALLS, Job
from swarm.core.events import (
    FORMAT,
    AttemptHandedIn,
    Event,
    ModelCalled,
    ModelReplied,
    PlanExtended,
    RunCreated,
    RunOpened,
    RunSettings,
    VerdictGiven,
)
from swarm.core.limits import Limits, Usage
from swarm.core.messages import Handoff, Reply, Verdict
from swarm.core.plan import MAX_SUBTASKS, Size, Subtask, SubtaskKind
from swarm.core.scheduler import Scheduler
from swarm.core.stimuli import (
    AttemptAccepted,
    AttemptPlanned,
    Command,
    MergeAttempt,
    MergeDone,
    RunAttempt,
    Stimulus,
    Stop,
)
from swarm.core.task import Task

CALL_S = 0.2
_LOOKS = 1_000
CALLS_OF = {Size.SMALL: range(1, 3), Size.MEDIUM: range(3, 6), Size.LARGE: range(6, MOST_CALLS + 1)}
"""The calls that subtasks of a size take."""

ACCEPTED = Verdict(accepted=True, verified=True)
SETTINGS = RunSettings("http://127.0.0.1:1/v1", {"worker": "m"}, "none")


def listed(jobs: Sequence[Job], workers: int, urgency: Callable[[Job], float]) -> float:
    """Return the makespan of the list schedule that starts the ready job of the lowest urgency first, in calls.

    Jobs of the same urgency start in the order in which they became ready.
    """
    waiting, after = {job.name: len(job.needs) for job in jobs}, {job.name: list[Job]() for job in jobs}
    for job in jobs:
        for need in job.needs:
            after[need].append(job)
    ready: list[tuple[float, int, Job]] = []
    running: list[tuple[int, int, Job]] = []
    came = now = 0
    freed = [job for job in jobs if not job.needs]
    while True:
        for job in freed:
            came += 1
            heapq.heappush(ready, (urgency(job), came, job))
        while ready and len(running) < workers:
            _, order, job = heapq.heappop(ready)
            heapq.heappush(running, (now + job.calls, order, job))
        if not running:
            return now
        now, freed = running[0][0], []
        while running and running[0][0] == now:
            for job in after[heapq.heappop(running)[2].name]:
                waiting[job.name] -= 1
                if not waiting[job.name]:
                    freed.append(job)


def first_come(_: Job) -> float:
    """Give all jobs the same urgency."""
    return 0.0


def clock_s() -> float:
    """Return what an interval is measured to last in which nothing happens: the clock is a system call."""
    began = time.thread_time_ns()
    for _ in range(_LOOKS):
        time.thread_time_ns()
    return (time.thread_time_ns() - began) / (_LOOKS + 1) / 1e9


def size_of(job: Job) -> Size:
    """Return how much work a planner takes a job for: right, but no more than that."""
    return next(size for size, calls in CALLS_OF.items() if job.calls in calls)


@dataclass(slots=True)
class VirtualRun:
    """Drives the real scheduler through a plan.

    Attributes:
        stepwise: each model call is recorded, attempts hand in commits, which are merged, and each thing that happens
            is told by itself: the most that a run asks of the scheduler. Otherwise what happens at one time is a batch.
        sized: the plan tells which subtasks are small, medium or large, as planners do, and no more than that.
        parts: each job is a planner's, who adds so many subtasks below it, of one call each, in pairs.
        events: facts that the scheduler took in or decided.
        cpu_s: processor seconds that it took for them, without what looking at the clock takes.
        calls_made: virtual time, in model calls.
    """

    jobs: Sequence[Job]
    workers: int
    stepwise: bool = False
    sized: bool = False
    parts: int = 0
    events: int = 0
    cpu_s: float = 0.0
    calls_made: int = 0
    ended: bool = False
    scheduler: Scheduler = field(default_factory=Scheduler)
    _running: list[tuple[int, int, str]] = field(default_factory=list)
    _stimuli: deque[Stimulus] = field(default_factory=deque)
    _calls: dict[str, int] = field(default_factory=dict)
    _started: int = 0
    _clock_s: float = field(default_factory=lambda: clock_s())

    def play(self) -> None:
        """Carry the plan out to its end."""
        self._calls = {job.name: job.calls for job in self.jobs}
        limits = Limits(workers=self.workers, max_subtasks=MAX_SUBTASKS)
        task = Task(instruction="work", limits=limits)
        kind = SubtaskKind.PLAN if self.parts else SubtaskKind.WORK
        plan = tuple(
            Subtask(
                id=job.name,
                instruction="work",
                depends_on=job.needs,
                kind=kind,
                size=size_of(job) if self.sized else None,
            )
            for job in self.jobs
        )
        created = RunCreated(FORMAT, "run", "0", task, SETTINGS, "base", "swarm/run")
        self._take_in(created, RunOpened(1, "host", 1, SETTINGS, task), PlanExtended(1, plan))
        self._tell()
        while self._running:
            self.calls_made = self._running[0][0]
            while self._running and self._running[0][0] == self.calls_made:
                self._hand_in(heapq.heappop(self._running)[2])
                if self.stepwise:
                    self._tell_one_by_one()
            self._tell()
        if not self.ended:
            raise AssertionError("nothing is at work, and the run has not ended")

    @property
    def _now(self) -> float:
        return self.calls_made * CALL_S

    def _take_in(self, *events: Event) -> None:
        begun = time.thread_time_ns()
        for event in events:
            self.scheduler.apply(event, self._now)
        self.cpu_s += (time.thread_time_ns() - begun) / 1e9 - self._clock_s
        self.events += len(events)

    def _tell_one_by_one(self) -> None:
        while self._stimuli:
            self._decide([self._stimuli.popleft()])

    def _tell(self) -> None:
        stimuli = list(self._stimuli)
        self._stimuli.clear()
        self._decide(stimuli)

    def _decide(self, stimuli: list[Stimulus]) -> None:
        begun = time.thread_time_ns()
        decision = self.scheduler.handle(stimuli, self._now)
        self.cpu_s += (time.thread_time_ns() - begun) / 1e9 - self._clock_s
        self.events += len(decision.facts)
        for command in decision.commands:
            self._perform(command)

    def _perform(self, command: Command) -> None:
        match command:
            case RunAttempt(started):
                self._started += 1
                until = self.calls_made + self._calls.get(started.subtask_id, 1)
                heapq.heappush(self._running, (until, self._started, started.attempt_id))
            case MergeAttempt(attempt_id):
                self._stimuli.append(MergeDone(attempt_id, f"merge of {attempt_id}"))
            case Stop():
                self.ended = True
            case _:
                raise AssertionError(f"unexpected: {command}")

    def _hand_in(self, attempt_id: str) -> None:
        subtask_id = attempt_id.rpartition("@")[0]
        last = self._calls.get(subtask_id, 1)
        if self.stepwise:
            self._make_calls(attempt_id, last)
        if self.parts and subtask_id in self._calls:
            self._stimuli.append(AttemptPlanned(attempt_id, self._parts()))
            return
        handoff = Handoff("done", commit=f"commit of {attempt_id}" if self.stepwise else "")
        self._take_in(AttemptHandedIn(attempt_id, last, handoff))
        self._take_in(VerdictGiven(attempt_id, last, ACCEPTED))
        self._stimuli.append(AttemptAccepted(attempt_id))

    def _make_calls(self, attempt_id: str, last: int) -> None:
        for step in range(1, last + 1):
            self._take_in(ModelCalled(attempt_id, step, "m", "digest"))
            self._take_in(ModelReplied(attempt_id, step, Reply("done", usage=Usage(100, 0, 10)), 0.1, CALL_S))

    def _parts(self) -> tuple[Subtask, ...]:
        return tuple(
            Subtask(id=f"p{number}", instruction="work", depends_on=(f"p{number - 1}",) if number % 2 else ())
            for number in range(self.parts)
        )
