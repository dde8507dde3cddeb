"""A world for the scheduler: performs its commands at random moments, with random outcomes, and records all facts."""

import random
from dataclasses import dataclass, field

from swarm.core.baseline import BaselineChecked
from swarm.core.events import (
    FORMAT,
    AttemptHandedIn,
    AttemptStarted,
    Event,
    PauseReason,
    PlanExtended,
    Recorded,
    RunCreated,
    RunOpened,
    RunSettings,
    VerdictGiven,
)
from swarm.core.limits import Limits
from swarm.core.messages import CheckResult, Handoff, Verdict
from swarm.core.node import SubtaskState
from swarm.core.parking import Parking
from swarm.core.patch import Dropped, PlanPatch
from swarm.core.plan import Subtask, SubtaskKind
from swarm.core.scheduler import Scheduler
from swarm.core.state import RunState
from swarm.core.stimuli import (
    ApproveAsked,
    AttemptAccepted,
    AttemptFailed,
    AttemptGaveUp,
    AttemptPatched,
    AttemptPlanned,
    AttemptRejected,
    AttemptSplit,
    AttemptStuck,
    CancelAsked,
    CancelAttempt,
    CheckHead,
    CheckRun,
    CheckStart,
    Command,
    Drain,
    Drained,
    HeadCheckDone,
    MergeAttempt,
    MergeConflicted,
    MergeDone,
    MergeRemoved,
    PauseAsked,
    Probe,
    ProbeAnswered,
    ProbeFailed,
    RemovalFailed,
    RemoveMerge,
    ReplanWanted,
    RunAttempt,
    RunCheckDone,
    StartChecked,
    Stimulus,
    Stop,
    TellAsked,
)
from swarm.core.task import Task

SETTINGS = RunSettings("http://127.0.0.1:1/v1", {"worker": "m"}, "none")
ACCEPTED = Verdict(accepted=True, verified=True)
REFUSED = Verdict(accepted=False, verified=True, reason="a check failed")


def opened(task: Task) -> RunOpened:
    return RunOpened(1, "host", 1, SETTINGS, task)


@dataclass
class World:
    """Plays the shell: whatever the scheduler commands is carried out later, in any order."""

    seed: int
    subtasks: tuple[Subtask, ...]
    limits: Limits = field(default_factory=Limits)
    checks: tuple[str, ...] = ()
    good: float = 0.7
    spoiling: float = 0.0
    circles: bool = False
    parking: Parking | None = None
    facts: list[Recorded] = field(default_factory=list)
    pending: list[Command] = field(default_factory=list)
    now: float = 0.0
    merged: list[str] = field(default_factory=list)
    branch: str = "base"
    contents: dict[str, frozenset[str]] = field(default_factory=lambda: {"base": frozenset()})
    bases: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    head_checks: list[CheckHead] = field(default_factory=list)
    stopped: bool = False
    widest: int = 0
    requests: int = 0
    approve_plan: bool = False

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        task = Task(instruction="do it", checks=self.checks, limits=self.limits, approve_plan=self.approve_plan)
        self.scheduler = Scheduler(self.parking)
        created = RunCreated(FORMAT, "run", "0", task, SETTINGS, "base", "swarm/run")
        self.task = task
        self.record(created, PlanExtended(1, self.subtasks), opened(task))
        self.decide([])

    @property
    def state(self) -> RunState:
        return self.scheduler.state

    def record(self, *events: Event) -> None:
        for event in events:
            self.scheduler.apply(event, self.now)
            self.facts.append(Recorded(len(self.facts) + 1, self.now, event))

    def decide(self, stimuli: list[Stimulus]) -> None:
        self.now += 1
        decision = self.scheduler.handle(stimuli, self.now)
        self.facts.extend(
            Recorded(len(self.facts) + 1 + index, self.now, fact) for index, fact in enumerate(decision.facts)
        )
        self.scheduler.check()
        for command in decision.commands:
            self._accept(command)
        self.widest = max(self.widest, self.state.at_work)

    def _accept(self, command: Command) -> None:
        if isinstance(command, Stop):
            self.stopped = True
        elif isinstance(command, CancelAttempt):
            self.pending = [
                other
                for other in self.pending
                if not (isinstance(other, RunAttempt) and other.started.attempt_id == command.attempt_id)
            ]
        else:
            self.pending.append(command)

    def step(self) -> None:
        """Carry one pending command out."""
        command = self.pending.pop(self.random.randrange(len(self.pending)))
        match command:
            case RunAttempt(started):
                self.decide([self._attempt(name) for name in (started.attempt_id, *self._also_done(started))])
            case MergeAttempt():
                self.decide([self._merge(command)])
            case CheckStart(commit):
                self.decide([StartChecked(BaselineChecked(commit, (CheckResult("make test", 1, 0.1, "", ""),)))])
            case CheckRun(head):
                self.decide([RunCheckDone(head, self._verdict(head))])
            case CheckHead(head, checks):
                self.head_checks.append(command)
                results = tuple(self._result(head, check) for check in checks)
                self.decide([HeadCheckDone(head, Verdict(all(r.passed for r in results), True, "", results))])
            case RemoveMerge():
                self.decide([self._remove(command)])
            case Drain():
                self.pending.clear()
                self.decide([Drained()])
            case Probe():
                back = self.random.random() < self.good
                self.decide([ProbeAnswered() if back else ProbeFailed("gone", "endpoint_unavailable")])

    def _also_done(self, started: AttemptStarted) -> list[str]:
        """Return the other attempt at the same subtask, if that ends, too, before the scheduler hears of the first."""
        for place, other in enumerate(self.pending):
            if not isinstance(other, RunAttempt) or other.started.subtask_id != started.subtask_id:
                continue
            if self.random.random() < 0.5:
                del self.pending[place]
                return [other.started.attempt_id]
        return []

    def _verdict(self, head: str) -> Verdict:
        if "sane" not in self.checks:
            return ACCEPTED if self.random.random() < self.good else REFUSED
        results = tuple(self._result(head, check) for check in self.checks)
        failed = next((number for number, result in enumerate(results) if not result.passed), None)
        shown = results if failed is None else results[: failed + 1]
        return Verdict(failed is None, True, "" if failed is None else "a check failed", shown)

    def _result(self, head: str, check: str) -> CheckResult:
        """``sane`` passes where no work spoils the whole; ``whole`` where everybody's work is there."""
        held = self.contents[head]
        spoiled = any(name.startswith("!") for name in held)
        missing = {key for key, node in self.state.nodes.items() if node.subtask.kind is SubtaskKind.WORK} - held
        failed = spoiled if check == "sane" else bool(missing)
        return CheckResult(check, int(failed), 0.1, "spoiled" if failed else "", "")

    def _remove(self, command: RemoveMerge) -> Stimulus:
        """Undo a merge; the same removal again finds that it has happened."""
        made = f"{command.head} without {command.merge}"
        if self.branch == made:
            return MergeRemoved(command.attempt_id, made)
        assert self.branch == command.head, "the branch has moved, and not by this removal"
        if self.random.random() > self.good:
            return RemovalFailed(command.attempt_id, "others have changed the same lines")
        past, theirs = self.contents[command.merge], self.contents[self.parents[command.merge]]
        self.contents[made] = (self.contents[command.head] - (past - theirs)) | (theirs - past)
        self.parents[made] = command.head
        self.removed.append(command.attempt_id)
        self.branch = made
        return MergeRemoved(command.attempt_id, made)

    def _attempt(self, attempt_id: str) -> Stimulus:
        node = self.state.node_of(attempt_id)
        assert node is not None
        if node.subtask.id in self.state.replans.asked:
            return self._replan(attempt_id)
        if node.subtask.kind is SubtaskKind.PLAN:
            return self._plan(attempt_id)
        if self.random.random() < self.good:
            commit = self._commit(attempt_id) if self.random.random() < 0.9 else ""
            concerns = ("plan: the other part is missing",) if self.random.random() < 0.1 else ()
            self.record(AttemptHandedIn(attempt_id, 1, Handoff("did it", concerns=concerns, commit=commit)))
            self.record(VerdictGiven(attempt_id, 1, ACCEPTED))
            return AttemptAccepted(attempt_id)
        ends: list[Stimulus] = [
            AttemptRejected(attempt_id, "wrong"),
            AttemptGaveUp(attempt_id, "cannot"),
            AttemptFailed(attempt_id, "broke"),
            AttemptSplit(attempt_id, "too big", ("one", "two")),
        ]
        if self.circles:
            ends.append(AttemptStuck(attempt_id, "in circles"))
        return self.random.choice(ends)

    def _plan(self, attempt_id: str) -> Stimulus:
        if self.random.random() > self.good:
            return AttemptRejected(attempt_id, "prose")
        count = self.random.randint(1, 4)
        children = tuple(
            Subtask(id=f"c{number}", instruction="part", depends_on=(f"c{number - 1}",) if number % 2 else ())
            for number in range(count)
        )
        return AttemptPlanned(attempt_id, children)

    def _replan(self, attempt_id: str) -> Stimulus:
        """Answer with a patch that fits the plan more often than not."""
        chance = self.random
        node = self.state.node_of(attempt_id)
        assert node is not None
        assert node.attempt is not None
        if chance.random() > self.good:
            return AttemptRejected(attempt_id, "prose")
        scope = self.state.replans.asked[node.subtask.id].scope_id
        parts = [part for part in self.state.parts_of(scope) if part is not node]
        add = tuple(
            Subtask(
                id=f"r{len(self.facts)}-{number}",
                instruction="part",
                depends_on=(chance.choice(parts).subtask.id,) if parts and chance.random() < 0.3 else (),
                kind=SubtaskKind.PLAN if chance.random() < 0.1 else SubtaskKind.WORK,
            )
            for number in range(chance.randint(0, 2))
        )
        change = tuple(
            part.subtask.model_copy(
                update={"instruction": "other", "depends_on": (chance.choice(parts).subtask.id,) * chance.randint(0, 1)}
            )
            for part in parts
            if chance.random() < (0.3 if part.state in (SubtaskState.BLOCKED, SubtaskState.READY) else 0.03)
        )
        changed = {subtask.id for subtask in change}
        likely = {SubtaskState.FAILED: 0.7, SubtaskState.SKIPPED: 0.3, SubtaskState.DONE: 0.02}
        drop = tuple(
            Dropped(id=part.subtask.id, instead=tuple(each.id for each in add if chance.random() < 0.5))
            for part in parts
            if part.subtask.id not in changed and part.counts and chance.random() < likely.get(part.state, 0.15)
        )
        return AttemptPatched(attempt_id, PlanPatch(revision=node.attempt.revision, add=add, change=change, drop=drop))

    def person_replans(self, reason: str = "do it differently") -> None:
        """Ask for another plan, of a subtask's scope or of everything."""
        named = self.random.choice(["", *self.state.nodes])
        self.requests += 1
        self.decide([ReplanWanted(reason, f"request {self.requests}", named)])

    def undriven(self, asked: ReplanWanted | ApproveAsked) -> None:
        """Ask something of a run that nobody drives, then drive it again."""
        aside = Scheduler.restore(self.facts)
        decision = aside.handle([PauseAsked(PauseReason.REQUESTED, "aside"), asked], self.now)
        self.facts.extend(
            Recorded(len(self.facts) + 1 + index, self.now, fact) for index, fact in enumerate(decision.facts)
        )
        self.stopped = False
        self.crash()

    def _commit(self, attempt_id: str) -> str:
        """Commit what the attempt's workspace held at its start, and its own change."""
        node = self.state.node_of(attempt_id)
        assert node is not None
        started = next(each for each in node.open_attempts if each.attempt_id == attempt_id)
        commit = f"commit {attempt_id}"
        start = started.tree or started.base_commit
        self.bases[commit] = started.base_commit
        self.contents[commit] = self.contents[start] | {node.subtask.id}
        if node.subtask.id.startswith("repair-"):
            self.contents[commit] -= {name for name in self.contents[start] if name.startswith("!")}
        elif node.attempts == 1 and self.random.random() < self.spoiling:
            self.contents[commit] |= {f"!{node.subtask.id}"}
        return commit

    def _merge(self, command: MergeAttempt) -> Stimulus:
        """Merge three ways, like git: a real repository refuses when the branch is not where it should be."""
        if self.branch != command.head:
            assert command.attempt_id in self.merged, "the branch has moved, and not by this merge"
            return MergeDone(command.attempt_id, self.branch)
        ours, theirs = self.contents[command.head], self.contents[command.commit]
        base = self.contents[self.bases[command.commit]]
        if self.random.random() < self.good:
            self.merged.append(command.attempt_id)
            self.branch = f"head {len(self.merged)}"
            self.parents[self.branch] = command.head
            self.contents[self.branch] = (ours - (base - theirs)) | (theirs - base)
            return MergeDone(command.attempt_id, self.branch)
        tree = f"tree {command.attempt_id}"
        self.contents[tree] = (ours - (base - theirs)) | (theirs - base)
        return MergeConflicted(command.attempt_id, command.head, tree, ("a.py",))

    def crash(self) -> None:
        """Lose everything but the facts, and take over from them; a merge may have happened, unrecorded."""
        for command in self.pending:
            if isinstance(command, MergeAttempt) and self.random.random() < 0.5:
                self._merge(command)
            if isinstance(command, RemoveMerge) and self.random.random() < 0.5:
                self._remove(command)
        self.scheduler = Scheduler.restore(self.facts, self.parking)
        self.pending.clear()
        self.record(opened(self.task))
        self.decide([])

    def play(self, crashes: float = 0.0, most: int = 5_000, replans: float = 0.0) -> None:
        for _ in range(most):
            if self.stopped and self.state.held and not self.state.ended:
                self.help()
                continue
            if self.stopped:
                return
            assert self.pending, "deadlock: the run has not ended and nothing is at work"
            if self.random.random() < replans:
                self.person_replans()
            elif self.random.random() < crashes:
                self.crash()
            else:
                self.step()
        raise AssertionError("the run does not end")

    def help(self) -> None:
        """Resume a run that waits for a person: he says something, and gives up after a while."""
        self.stopped = False
        self.pending.clear()
        self.scheduler = Scheduler.restore(self.facts, self.parking)
        self.record(opened(self.task))
        number = len(self.state.told)
        self.decide([TellAsked("try this", f"r{number}") if number < 5 else CancelAsked("", "enough")])

    def states(self) -> dict[str, SubtaskState]:
        return {identifier: node.state for identifier, node in self.state.nodes.items()}


def random_plan(seed: int, count: int) -> tuple[Subtask, ...]:
    """Return a random DAG; dependencies point to earlier subtasks."""
    chance = random.Random(seed)
    return tuple(
        Subtask(
            id=f"s{number}",
            instruction="work",
            depends_on=tuple({f"s{chance.randrange(number)}" for _ in range(chance.randint(0, 3))} if number else ()),
            kind=SubtaskKind.PLAN if chance.random() < 0.1 else SubtaskKind.WORK,
        )
        for number in range(count)
    )
