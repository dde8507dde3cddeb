"""What checks have found on the commits that the run's branch went through, and what to look at next.

A run's checks often cannot pass before everything is merged. So what is looked for is a *regression*: a check that
passed on one commit of the branch and fails on a later one. The merge that broke it is found by halving the commits
between the two, which takes as many checks as the logarithm of their number.
"""

from dataclasses import dataclass, field

from swarm.core.baseline import BaselineChecked
from swarm.core.branch_facts import ChangeKept, ChangeRemoved, HeadChecked, RemovalStarted
from swarm.core.events import Event, Integrated, RunChecked, RunCreated, RunOpened
from swarm.core.messages import CheckResult, Verdict

TELLING_OF_BRANCH = frozenset(
    {
        RunCreated,
        RunOpened,
        Integrated,
        RemovalStarted,
        ChangeRemoved,
        ChangeKept,
        HeadChecked,
        RunChecked,
        BaselineChecked,
    }
)
"""Events that say something of the branch: few of all."""

TIMES_TO_FAIL = 2
"""A check that failed on a commit must fail there once more before anybody is blamed for it: it may be flaky."""


@dataclass(frozen=True, slots=True)
class Culprit:
    """The commit that broke a check: the attempt whose merge it is (empty: it took a change out), and the result."""

    attempt_id: str
    merge: str
    result: CheckResult


@dataclass(frozen=True, slots=True)
class Question:
    """Checks that should run on a commit to learn more."""

    head: str
    checks: tuple[str, ...]


@dataclass(slots=True)
class _Record:
    """What is known of one check: where it passed last, and where after that it failed, how often."""

    passed_at: int | None = None
    failed_at: dict[int, list[CheckResult]] = field(default_factory=dict)

    @property
    def broken_at(self) -> int | None:
        """The first commit after the last good one where the check is known to fail; None when nothing broke it."""
        if self.passed_at is None:
            return None
        return min(self.failed_at, default=None)

    @property
    def believed(self) -> bool:
        """Whether the check failed often enough on one commit."""
        return any(len(results) >= TIMES_TO_FAIL for results in self.failed_at.values())


@dataclass(slots=True)
class CheckedHeads:
    """The fold. Positions count the commits that the branch was at, its base being 0.

    Attributes:
        head: the newest commit that all of the run's checks ran on; empty when there is none.
        results: what the checks found there.
        merges_since: how often the branch has moved since.
        checked_at: when checks on the branch ended last, in seconds that the run was driven.
        removing: the removal that has begun and is not over.
        removed: the attempts whose changes were taken out.
    """

    head: str = ""
    results: tuple[CheckResult, ...] = ()
    merges_since: int = 0
    checked_at: float = 0.0
    removing: RemovalStarted | None = None
    removed: set[str] = field(default_factory=set)
    _checks: frozenset[str] = frozenset()
    _heads: list[str] = field(default_factory=list)
    _attempts: list[str] = field(default_factory=list)
    _positions: dict[str, int] = field(default_factory=dict)
    _records: dict[str, _Record] = field(default_factory=dict)
    _known_on_base: set[str] = field(default_factory=set)

    def apply(self, event: Event, driven_s: float = 0.0) -> None:
        """Fold the next event in; ``driven_s`` says for how many seconds the run was driven until it."""
        if type(event) not in TELLING_OF_BRANCH:
            return
        match event:
            case RunCreated():
                self._checks = frozenset(event.task.checks)
                self._move(event.base_commit, "")
                self.merges_since = 0
            case RunOpened():
                self._checks = frozenset(event.task.checks)
            case Integrated():
                self._move(event.head, event.attempt_id)
            case RemovalStarted():
                self.removing = event
            case ChangeRemoved():
                self.removed.add(event.attempt_id)
                self._move(event.head, "")
                self._settle(event.check)
            case ChangeKept():
                self._settle(event.check)
            case _:
                self._learn_from(event, driven_s)

    def _learn_from(self, event: Event, driven_s: float) -> None:
        match event:
            case HeadChecked():
                self.checked_at = driven_s
                self._learn(event.head, event.verdict, suspicious=True)
            case RunChecked():
                self._learn(event.head, event.verdict, suspicious=False)
            case BaselineChecked() if event.whole:
                for result in event.results:
                    self._learn_one(0, result, suspicious=False)
            case _:
                pass

    @property
    def passing(self) -> int:
        """How many of the checks passed on :attr:`head`."""
        return sum(result.passed for result in self.results)

    @property
    def seconds(self) -> float:
        """How long the checks on :attr:`head` took."""
        return sum(result.seconds for result in self.results)

    @property
    def tell(self) -> bool:
        """Whether any check has told anything yet."""
        return bool(self._records)

    def culprit(self) -> Culprit | None:
        """Return the commit that is known to have broken a check, if one is."""
        for record in self._records.values():
            bad = record.broken_at
            if bad is None or record.passed_at != bad - 1 or len(record.failed_at[bad]) < TIMES_TO_FAIL:
                continue
            return Culprit(self._attempts[bad], self._heads[bad], record.failed_at[bad][-1])
        return None

    def question(self) -> Question | None:
        """Return what to look at next to find the commit that broke a check, None when none is known to be broken."""
        for check, record in self._records.items():
            bad = record.broken_at
            if bad is None or record.passed_at is None:
                continue
            halve = record.believed and bad - record.passed_at > 1
            return Question(self._heads[(record.passed_at + bad) // 2 if halve else bad], (check,))
        return None

    def question_about_base(self) -> Question | None:
        """Ask, once, whether checks that fail had passed before the run began."""
        checks = [name for name, record in self._records.items() if record.failed_at and record.passed_at is None]
        unknown = tuple(check for check in checks if check not in self._known_on_base)
        return Question(self._heads[0], unknown) if unknown else None

    def _move(self, head: str, attempt_id: str) -> None:
        if head in self._positions:
            return  # what was merged held nothing new
        self._positions[head] = len(self._heads)
        self._heads.append(head)
        self._attempts.append(attempt_id)
        self.merges_since += 1

    def _learn(self, head: str, verdict: Verdict, *, suspicious: bool) -> None:
        position = self._positions.get(head)
        if position is None:
            return
        for result in verdict.checks:
            self._learn_one(position, result, suspicious=suspicious)
        whole = self._checks <= {result.command for result in verdict.checks}
        if whole and position >= self._positions.get(self.head, 1):
            self.head = head
            self.results = verdict.checks
            self.merges_since = len(self._heads) - 1 - position

    def _learn_one(self, position: int, result: CheckResult, *, suspicious: bool) -> None:
        if result.command not in self._checks:
            return  # a hidden one: what it says must reach no agent
        if position == 0:
            self._known_on_base.add(result.command)
        record = self._records.get(result.command)
        if record is None:
            if not result.passed and not suspicious:
                return  # the end of the run has its own way to deal with it
            record = self._records[result.command] = _Record()
        if not result.passed:
            # One that has passed on the very same commit is flaky: no merge has broken it.
            if record.passed_at is None or position > record.passed_at:
                record.failed_at.setdefault(position, []).append(result)
        elif record.passed_at is None or position >= record.passed_at:
            record.passed_at = position
            # What failed up to here was repaired since, or is flaky.
            record.failed_at = {at: results for at, results in record.failed_at.items() if at > position}

    def _settle(self, check: str) -> None:
        """Forget what is known of a check: who broke it is settled. It is watched again once it passes again."""
        self.removing = None
        self._records.pop(check, None)
        self._known_on_base.add(check)
