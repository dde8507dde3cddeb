"""What stands behind a run's result: what was checked, what flaked, which tests and settings were changed."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from swarm.core.messages import JudgeVote, Verdict
from swarm.core.parts import SubtaskStatus, SubtaskView
from swarm.core.plan import SubtaskKind
from swarm.core.views import RunView

OFTEN_FLAKY = 3
"""A check that flaked so often in a run is not to be relied upon."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A summary for people and programs. Subtasks that only group others are not counted.

    Attributes:
        checked: subtasks that are done because checks passed; of these, ``unproven`` ones had only checks that pass
            on the untouched start as well.
        judged: subtasks that are done because judges say so; no check ran on them.
        unverified: subtasks whose work was taken without any evidence.
        failed: subtasks that did not get done.
        flaky: checks that failed and then passed on the same commit, with how often they did.
        touched_tests: files that a check names and that work changed, with the subtasks that did.
        touched_settings: files that decide what tests, hooks and builds do, likewise.
    """

    checked: int
    unproven: int
    judged: int
    unverified: int
    failed: int
    flaky: dict[str, int]
    touched_tests: dict[str, tuple[str, ...]]
    touched_settings: dict[str, tuple[str, ...]]

    @property
    def for_review(self) -> dict[str, tuple[str, ...]]:
        """All files that a person should look at before the result is taken over, with the subtasks."""
        return {**self.touched_settings, **self.touched_tests}


def evidence_of(view: RunView) -> Evidence:
    """Return what stands behind a run's result so far."""
    work = [each for each in view.subtasks.values() if each.spec.kind is not SubtaskKind.PLAN]
    merged = [each for each in work if each.merge is not None and each.verdict is not None]
    done = [each for each in work if each.status is SubtaskStatus.DONE]
    return Evidence(
        checked=sum(1 for each in done if each.verdict and each.verdict.checks),
        unproven=sum(1 for each in done if each.verdict and is_unproven(each.verdict, view.doubts.passing_at_start)),
        judged=sum(1 for each in done if each.verdict and each.verdict.judgements and not each.verdict.checks),
        unverified=sum(1 for each in work if each.status is SubtaskStatus.UNVERIFIED),
        failed=sum(1 for each in work if each.status is SubtaskStatus.FAILED),
        flaky=dict(view.doubts.flaky.most_common()),
        touched_tests=_by_path((each, each.verdict.touched_tests) for each in merged if each.verdict),
        touched_settings=_by_path((each, each.verdict.touched_settings) for each in merged if each.verdict),
    )


def is_unproven(verdict: Verdict, passing_at_start: Set[str]) -> bool:
    """Whether every check of an accepted verdict passes on the untouched start as well."""
    return bool(verdict.checks) and {result.command for result in verdict.checks} <= passing_at_start


def _by_path(touched: Iterable[tuple[SubtaskView, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for subtask, paths in touched:
        for path in paths:
            found[path] = (*found.get(path, ()), subtask.spec.id)
    return found


def short(verdict: Verdict | None, passing_at_start: Set[str] = frozenset()) -> str:
    """Return a subtask's evidence in a few words: ``2 checks``, ``none``."""
    if verdict is None:
        return ""
    if not verdict.accepted:
        return "refused"
    parts = []
    if verdict.checks:
        count = len(verdict.checks)
        parts.append(f"{count} check{'' if count == 1 else 's'}")
    if is_unproven(verdict, passing_at_start):
        parts.append("passing before the work too")
    if verdict.judgements:
        agreed = sum(each.vote is JudgeVote.FOR for each in verdict.judgements)
        parts.append(f"{agreed} of {len(verdict.judgements)} judges")
    if any(result.flaky for result in verdict.checks):
        parts.append("flaky")
    return ", ".join(parts) or "none"
