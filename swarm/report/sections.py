"""The sections of a report, each a function from the run's view to lines of Markdown."""

from collections import Counter
from collections.abc import Iterable

from swarm.core.accounts import USEFUL
from swarm.core.checking import ending_in_words
from swarm.core.evidence import short
from swarm.core.figures import cost, duration, hedges_in_words, percent
from swarm.core.messages import CheckResult, Judgement, Verdict
from swarm.core.pairs import hedge_figures
from swarm.core.parts import ENDED_STATUSES, AttemptView, SubtaskStatus, SubtaskView
from swarm.core.views import RunView
from swarm.core.wording import in_words
from swarm.report.markup import block, code, inline, table

SUBTASK_ROWS = 400
LISTED = 50

_FIRST = (SubtaskStatus.FAILED, SubtaskStatus.CANCELLED, SubtaskStatus.SKIPPED, SubtaskStatus.UNVERIFIED)


def goal(view: RunView) -> list[str]:
    """Return what was asked for."""
    return ["## Goal", "", *block(view.task.instruction if view.task else "", lines=40)]


def outcome(view: RunView) -> list[str]:
    """Return how the run ended, and the evidence."""
    lines = ["## Outcome", "", f"**{in_words(view.status)}**{_because(view.reason)}", ""]
    lines += [f"- branch {code(view.branch)} at {code(view.head[:12])}, started from {code(view.base_commit[:12])}"]
    if view.heads.head and not view.ended:
        lines.append(
            f"- checked up to {code(view.heads.head[:12])}: {view.heads.passing} of {len(view.heads.results)} checks "
            f"pass there; merges since: {view.heads.merges_since}"
        )
    lines += _evidence(view.verdict, view.checked_head)
    if view.settings is not None:
        degraded = f": {inline(view.settings.degraded)}" if view.settings.degraded else ""
        lines.append(f"- sandbox: {inline(view.settings.sandbox)}{degraded}")
    return lines


def _because(reason: str) -> str:
    return f": {inline(reason)}" if reason else ""


def _evidence(verdict: Verdict | None, head: str) -> list[str]:
    if verdict is None:
        return ["- the run's own checks: none ran"]
    lines = [f"- the run's own checks on {code(head[:12])}: {'passed' if verdict.accepted else 'failed'}"]
    lines += [f"  - {_check(result)}" for result in verdict.checks]
    lines += [f"  - {_judgement(said)}" for said in verdict.judgements]
    if verdict.reason and not (verdict.accepted and verdict.verified):
        lines += ["", *block(verdict.reason)]
    return lines


def _check(result: CheckResult) -> str:
    flaky = ", only when it was run again" if result.flaky else ""
    hidden = ", with hidden files" if result.hidden else ""
    where = f", sandbox {inline(result.sandbox)}" if result.sandbox else ""
    return (
        f"{code(result.command)}: {ending_in_words(result)}{flaky} in {result.seconds:.1f} s{hidden}{where}, "
        f"output sha256 `{result.output_digest[:16]}`"
    )


def _judgement(said: Judgement) -> str:
    score = "" if said.score is None else f", score {said.score:g}"
    why = f": {inline('; '.join(said.reasons), 400)}" if said.reasons else ""
    return f"judge {code(said.model)} says {said.vote}{score}{why}"


def numbers(view: RunView, now: float) -> list[str]:
    """Return the run's figures."""
    driven = view.driven_at(now)
    agents = view.agent_seconds(driven)
    usage, spent = view.spent.usage, view.spent
    estimated = " (partly estimated)" if usage.estimated else ""
    wasted = view.wasted.usage.total_tokens
    by_status = ", ".join(f"{count:,} {status}" for status, count in view.counts.items() if count)
    rows = [
        ["subtasks", f"{len(view.subtasks):,}: {by_status}" if view.subtasks else "0"],
        ["attempts", f"{len(view.attempts):,}"],
        *_hedges(view),
        ["most agents at work at once", f"{view.widest:,}"],
        ["sessions", f"{view.sessions:,} ({view.kills:,} of them killed)"],
        ["model calls", f"{spent.calls:,} ({spent.tries:,} requests)"],
        ["calls that waited for the endpoint", _delays(view.delays)],
        ["attempts by the endpoint that replied last", _delays(view.attempts_by_endpoint())],
        ["input tokens", f"{usage.input_tokens:,}{estimated}"],
        ["of these cached", f"{usage.cached_tokens:,} ({percent(usage.cached_tokens, usage.input_tokens)})"],
        ["output tokens", f"{usage.output_tokens:,}"],
        ["tokens of work that was not used", f"{wasted:,} ({percent(wasted, usage.total_tokens)})"],
        ["cost", cost(spent)],
        *_wasted_cost(view),
        ["time", duration(driven)],
        ["time of all agents together", duration(agents)],
        ["speed-up (agents' time / time)", f"{agents / driven:.1f}" if driven else "–"],
    ]
    return ["## Numbers", "", *table(["", ""], rows)]


def _hedges(view: RunView) -> list[list[str]]:
    hedges = view.pairs.hedges
    return [["of these hedges", hedges_in_words(hedge_figures(hedges))]] if hedges else []


def _wasted_cost(view: RunView) -> list[list[str]]:
    if not view.wasted.priced_usd:
        return []
    share = percent(view.wasted.priced_usd, view.spent.priced_usd)
    return [["of this for work that was not used", f"{cost(view.wasted)} ({share})"]]


def _delays(delays: Counter[str]) -> str:
    codes = ", ".join(f"{count:,} × {code(name, in_table=True)}" for name, count in delays.most_common(8))
    return codes or "none"


def subtasks(view: RunView, now: float) -> list[str]:
    """Return the table of subtasks: the failed ones first, then in the plan's order."""
    driven = view.driven_at(now)
    order = {status: place for place, status in enumerate(_FIRST)}
    ranked = sorted(view.subtasks.values(), key=lambda subtask: order.get(subtask.status, len(order)))
    rows = [_subtask_row(view, subtask, driven) for subtask in ranked[:SUBTASK_ROWS]]
    header = ["id", "title", "outcome", "evidence", "attempts", "steps", "tokens", "seconds"]
    return ["## Subtasks", "", *table(header, rows), *_more(len(ranked), SUBTASK_ROWS)]


def _subtask_row(view: RunView, subtask: SubtaskView, driven_s: float) -> list[str]:
    steps = sum(attempt.steps for attempt in subtask.attempts)
    return [
        code(subtask.spec.id, in_table=True),
        inline(subtask.spec.title, 60),
        in_words(subtask.status),
        short(subtask.verdict, view.doubts.passing_at_start),
        str(len(subtask.attempts)),
        str(steps),
        f"{subtask.usage.total_tokens:,}",
        f"{subtask.seconds(driven_s):.0f}",
    ]


def _more(count: int, shown: int) -> list[str]:
    return ["", f"… and {count - shown:,} more"] if count > shown else []


def failures(view: RunView) -> list[str]:
    """Return why subtasks did not get done; nothing when all did."""
    failed = [
        subtask
        for subtask in view.subtasks.values()
        if subtask.status in ENDED_STATUSES and subtask.status in _FIRST[:3]
    ]
    if not failed:
        return []
    # One failure can skip hundreds: what failed by itself is worth reading first.
    failed.sort(key=lambda subtask: _FIRST.index(subtask.status))
    items = [f"- {code(item.spec.id)} {item.status}{_because(item.reason)}" for item in failed[:LISTED]]
    return ["## What did not get done", "", *items, *_more(len(failed), LISTED)]


def retries(view: RunView) -> list[str]:
    """Return which attempts were not used, and why."""
    lost = [attempt for attempt in view.attempts.values() if attempt.outcome and attempt.outcome not in USEFUL]
    if not lost:
        return []
    by_outcome = Counter(in_words(attempt.outcome) for attempt in lost if attempt.outcome)
    head = ", ".join(f"{count:,} {outcome}" for outcome, count in by_outcome.most_common())
    items = [_retry(attempt) for attempt in lost[:LISTED]]
    return ["## What was tried again", "", f"{head}.", "", *items, *_more(len(lost), LISTED)]


def _retry(attempt: AttemptView) -> str:
    ended = in_words(attempt.outcome) if attempt.outcome else ""
    plural = "" if attempt.steps == 1 else "s"
    return f"- {code(attempt.id)} {ended} after {attempt.steps} step{plural}{_because(attempt.reason)}"


def handoffs(view: RunView) -> list[str]:
    """Return the decisions and concerns that agents handed in: their words, not evidence."""
    lines: list[str] = []
    for title, attribute in (("Decisions", "decisions"), ("Open concerns", "concerns")):
        said = list(_said(view, attribute))
        if said:
            lines += ["", f"## {title} (in the agents' words)", "", *said[:LISTED], *_more(len(said), LISTED)]
    return lines[1:]


def _said(view: RunView, attribute: str) -> Iterable[str]:
    for subtask in view.subtasks.values():
        if subtask.handoff is not None and subtask.status in ENDED_STATUSES:
            for item in getattr(subtask.handoff, attribute):
                yield f"- {code(subtask.spec.id)}: {inline(item)}"


def notes(view: RunView) -> list[str]:
    """Return what a person should know of besides."""
    if not view.notes:
        return []
    items = [f"- {code(about) + ': ' if about else ''}{inline(text)}" for about, text in list(view.notes)[:LISTED]]
    return ["## Notes", "", *items, *_more(len(view.notes), LISTED)]


def commands(view: RunView) -> list[str]:
    """Return how to look further."""
    run = view.run_id
    lines = [
        f"swarm show {run} SUBTASK      # what its agents did, step by step",
        f"swarm diff {run} [SUBTASK]    # what changed",
        f"swarm events {run}            # everything that happened",
    ]
    lines.append(f"swarm merge {run}             # take it over" if view.ended else f"swarm resume {run}  # go on")
    return ["## How to look further", "", "```sh", *lines, "```"]
