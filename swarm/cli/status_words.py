"""The status of a run, as lines for people and as an object for programs."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from swarm.cli.reading import ReadRun
from swarm.core.evidence import Evidence, evidence_of
from swarm.core.figures import cost, duration, hedges_in_words, percent, waste
from swarm.core.messages import CheckResult
from swarm.core.pairs import HedgeFigures, hedge_figures
from swarm.core.parts import AttemptView, SubtaskStatus
from swarm.core.views import RunView
from swarm.core.wording import one_line, verdict_in_words
from swarm.display.base import SIMULATED

AGENT_LINES = 30
NOTE_LINES = 5


def lines(run: ReadRun, now: float) -> Iterator[str]:
    """Yield the status as lines of text, not neutralised."""
    view = run.view
    if view.simulated:
        yield SIMULATED
    why = f" ({one_line(run.reason)})" if run.reason else ""
    yield f"{view.run_id}  {run.status}{why}"
    yield f"goal     {one_line(run.goal)}"
    yield f"branch   {view.branch} at {view.head[:12]}"
    yield f"time     {duration(run.driven_s(now))} in {view.sessions} session{'' if view.sessions == 1 else 's'}"
    yield f"subtasks {view.ended_subtasks}/{len(view.subtasks)}: {_counts(view)}"
    yield f"tokens   {_tokens(view)}"
    yield f"cost     {cost(view.spent)}"
    if view.wasted.usage.total_tokens:
        yield f"wasted   {waste(view.wasted, view.spent)} on attempts that were not used"
    if view.pairs.hedges:
        yield f"hedges   {hedges_in_words(hedge_figures(view.pairs.hedges))}"
    if view.heads.head:
        yield f"checked  {checked_in_words(view)}"
    if view.verdict is not None:
        yield f"checks   {verdict_in_words(view.verdict)}"
    yield from _doubts(evidence_of(view))
    yield from _endpoints(run, now)
    yield from _agents(run, now)
    for about, text in list(view.notes)[-NOTE_LINES:]:
        yield f"note     {about + ': ' if about else ''}{one_line(text)}"


def _doubts(found: Evidence) -> Iterator[str]:
    """Yield what weakens the evidence, one line for each kind."""
    if found.flaky:
        yield f"flaky    {len(found.flaky)} checks: {one_line('; '.join(found.flaky))}"
    if found.unproven:
        yield f"unproven {found.unproven} done by checks that pass on the untouched start as well"
    if found.for_review:
        yield f"review   {one_line(', '.join(found.for_review))}"


def checked_in_words(view: RunView) -> str:
    """Return how far the branch was checked while the run goes on."""
    heads = view.heads
    since = f"{heads.merges_since} merge{'' if heads.merges_since == 1 else 's'} since"
    return f"up to {heads.head[:12]} ({heads.passing} of {len(heads.results)} checks pass there), {since}"


def _counts(view: RunView) -> str:
    return ", ".join(f"{count} {status}" for status, count in view.counts.items() if count) or "none yet"


def _tokens(view: RunView) -> str:
    usage, spent = view.spent.usage, view.spent
    cached = percent(usage.cached_tokens, usage.input_tokens)
    return (
        f"{usage.input_tokens:,} in ({cached} cached), {usage.output_tokens:,} out, "
        f"{spent.calls:,} calls, {spent.tries - spent.calls:,} retries"
    )


def _endpoints(run: ReadRun, now: float) -> Iterator[str]:
    """Yield who answered, where there are several, and how those stand that are not ready."""
    view = run.view
    if view.settings and view.settings.endpoints:
        attempts = view.attempts_by_endpoint()
        yield "asked    attempts " + ", ".join(
            f"{attempts[each.name]:,} at {each.name}" for each in view.settings.endpoints
        )
    if not run.driven:
        return
    for endpoint in view.troubled_endpoints(now):
        wait = f", {duration(endpoint.until - now)} more" if endpoint.until > now else ""
        yield f"endpoint {endpoint.name} {endpoint.state}{wait}: {one_line(endpoint.reason)}"
    until = view.suspended_until(now)
    if until is not None:
        suspended = view.counts[SubtaskStatus.SUSPENDED]
        yield f"waiting  {suspended} suspended by rate limit, {duration(until - now)} more; no attempt is spent"


def _agents(run: ReadRun, now: float) -> Iterator[str]:
    view = run.view
    if view.ended:
        return
    when = "" if run.driven else " when it stopped"
    yield f"agents   {view.at_work} at work{when}, at most {view.widest} at once"
    driven = run.driven_s(now)
    longest = sorted(view.active.values(), key=lambda attempt: attempt.started_s)
    for attempt in longest[:AGENT_LINES]:
        clock = duration(attempt.seconds(driven))
        yield f"  {attempt.id}  {attempt.status}  step {attempt.step}  {clock}  {attempt.doing}"
    if len(longest) > AGENT_LINES:
        yield f"  and {len(longest) - AGENT_LINES} more"


def as_object(run: ReadRun, now: float) -> dict[str, Any]:
    """Return the status as plain JSON values."""
    view = run.view
    driven = run.driven_s(now)
    usage = dataclasses.asdict(view.spent.usage)
    verdict = view.verdict
    return {
        "run_id": view.run_id,
        "state": run.status,
        "reason": run.reason,
        "pause_reason": view.pause_reason,
        "driven": run.driven,
        "simulated": view.simulated,
        "goal": run.goal,
        "branch": view.branch,
        "base_commit": view.base_commit,
        "head": view.head,
        "created_at": view.created_at,
        "last_at": view.last_at,
        "last_seq": view.last_seq,
        "elapsed_s": driven,
        "agents_s": view.agent_seconds(driven),
        "sessions": view.sessions,
        "kills": view.kills,
        "revision": view.revision,
        "subtasks": {"total": len(view.subtasks), "ended": view.ended_subtasks, **dict(view.counts)},
        "at_work": view.at_work,
        "widest": view.widest,
        "agents": [_agent(attempt, driven) for attempt in view.active.values()],
        "calls": view.spent.calls,
        "tries": view.spent.tries,
        "usage": usage,
        "wasted_tokens": view.wasted.usage.total_tokens,
        "wasted_usd": view.wasted.cost_usd,
        "hedges": _hedges(hedge_figures(view.pairs.hedges)),
        "cost_usd": view.spent.cost_usd,
        "unpriced_calls": view.spent.unpriced_calls,
        "delays": dict(view.delays),
        "suspended": view.counts[SubtaskStatus.SUSPENDED],
        "suspended_until": view.suspended_until(now) if run.driven else None,
        "endpoints": [dataclasses.asdict(endpoint) for endpoint in view.troubled_endpoints(now)] if run.driven else [],
        "attempts_by_endpoint": dict(view.attempts_by_endpoint()),
        "evidence": dataclasses.asdict(evidence_of(view)),
        "checked_head": view.heads.head,
        "merges_since_check": view.heads.merges_since,
        "accepted": verdict.accepted if verdict else None,
        "judgements": [dataclasses.asdict(said) for said in verdict.judgements] if verdict else [],
        "checks": [_check(result) for result in verdict.checks] if verdict else [],
    }


def _hedges(figures: HedgeFigures) -> dict[str, Any]:
    lost = figures.lost
    return {
        "begun": figures.begun,
        "won": figures.won,
        "lost_tokens": lost.usage.total_tokens,
        "lost_usd": lost.cost_usd,
    }


def _agent(attempt: AttemptView, driven_s: float) -> dict[str, Any]:
    return {
        "attempt_id": attempt.id,
        "subtask_id": attempt.subtask_id,
        "number": attempt.number,
        "state": attempt.status,
        "step": attempt.step,
        "seconds": attempt.seconds(driven_s),
        "last_action": attempt.last_action,
        "delay": attempt.delay,
    }


def _check(result: CheckResult) -> dict[str, Any]:
    return {
        "command": result.command,
        "exit_code": result.exit_code,
        "seconds": result.seconds,
        "output_digest": result.output_digest,
        "output_bytes": result.output_bytes,
        "commit": result.commit,
        "sandbox": result.sandbox,
        "hidden": result.hidden,
        "runs": result.runs,
        "flaky": result.flaky,
    }
