"""What a display is, and the lines that all displays share."""

from collections.abc import Iterator
from typing import Protocol

from swarm.core.events import EndpointState
from swarm.core.figures import cost, duration, hedges_in_words, percent, short_count, waste
from swarm.core.pairs import hedge_figures
from swarm.core.parts import RunStatus, SubtaskStatus
from swarm.core.views import RunView
from swarm.text import neutralise_line

SIMULATED = "SIMULATED: the replies come from a script, no model is asked"


class Display(Protocol):
    """Shows a run while it goes on."""

    def update(self, view: RunView) -> None:
        """Show the run as it is now. Cheap to call after every batch of events; call it each second, too."""
        ...

    def finish(self, view: RunView) -> None:
        """Say how the run ended or why it stands still, and give the terminal back."""
        ...

    def leave(self) -> None:
        """Give the terminal back without a word."""
        ...


class NoDisplay:
    """Shows nothing."""

    def update(self, view: RunView) -> None:
        """Show nothing."""

    def finish(self, view: RunView) -> None:
        """Show nothing."""

    def leave(self) -> None:
        """Nothing has to be given back."""


def figures(view: RunView, now: float) -> list[str]:
    """Return the run's key figures, the most important first."""
    usage = view.spent.usage
    items = [
        f"{view.status} {duration(view.driven_at(now))}",
        f"{view.ended_subtasks}/{len(view.subtasks)} subtasks",
        f"{view.at_work} at work",
        f"{short_count(usage.total_tokens)} tokens ({percent(usage.cached_tokens, usage.input_tokens)} cached)",
        cost(view.spent),
        f"{view.calls_per_minute(now)} calls/min",
    ]
    items.extend(_endpoints(view, now))
    retries = view.spent.tries - view.spent.calls
    if retries:
        items.append(f"{retries:,} retries")
    return items


def _endpoints(view: RunView, now: float) -> Iterator[str]:
    """Yield how many calls wait for an endpoint and until when, and which endpoints fail."""
    suspended, until = view.counts[SubtaskStatus.SUSPENDED], view.suspended_until(now)
    if suspended or until is not None:
        rate_limit = f"{suspended} suspended by rate limit, {duration(until - now)} more" if until is not None else ""
        yield rate_limit or f"{suspended} wait for the endpoint"
    for endpoint in view.troubled_endpoints(now):
        if endpoint.state is not EndpointState.THROTTLED:
            yield f"{endpoint.name} is {endpoint.state}"


def summary(view: RunView, now: float) -> list[str]:
    """Return the lines that a display ends with. All of them are neutralised."""
    why = f": {view.reason}" if view.reason else ""
    status = "stopped at once" if view.status is RunStatus.RUNNING else view.status  # nobody drives it any more
    by_status = ", ".join(f"{count} {status}" for status, count in view.counts.items() if count)
    lines = [
        f"run {view.run_id} {status}{why}",
        f"{by_status or 'no subtasks'} · at most {view.widest} at work at once",
        " · ".join([duration(view.driven_at(now)), *figures(view, now)[3:5], f"{view.spent.calls:,} model calls"]),
    ]
    if view.wasted.usage.total_tokens:
        lines.append(f"{waste(view.wasted, view.spent)} went into attempts that were not used")
    if view.pairs.hedges:
        lines.append(f"hedges: {hedges_in_words(hedge_figures(view.pairs.hedges))}")
    if view.simulated:
        lines.insert(0, SIMULATED)
    lines.extend(_next_steps(view))
    return [neutralise_line(line) for line in lines]


def _next_steps(view: RunView) -> list[str]:
    look = [f"look:  swarm report {view.run_id} · swarm show {view.run_id} · swarm diff {view.run_id}"]
    if not view.ended:
        return [*look, f"go on: swarm resume {view.run_id}"]
    if view.head == view.base_commit:
        return look  # nothing was merged, so there is nothing to take
    return [*look, f"take:  swarm merge {view.run_id}   (branch {view.branch})"]
