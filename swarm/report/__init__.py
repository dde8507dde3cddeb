"""The report of a run, as Markdown."""

from swarm.core.views import RunView
from swarm.report import sections
from swarm.report.costs import costs
from swarm.report.evidence import evidence
from swarm.report.markup import inline

__all__ = ["markdown"]

SIMULATED = (
    "> **SIMULATED**: the replies came from a script; no model was asked, so nothing here shows what one can do."
)


def markdown(view: RunView, *, now: float | None = None) -> str:
    """Return the report of a run, ended or not.

    Everything that models, repositories or endpoints said stands in it as literal text.

    Args:
        view: the run.
        now: wall-clock time in Unix seconds, for a run that goes on; the last event's when ``None``.
    """
    moment = view.last_at if now is None else now
    name = view.task.name if view.task else ""
    parts = [
        [f"# Run {inline(view.run_id)}{': ' + inline(name) if name else ''}"],
        [SIMULATED] if view.simulated else [],
        sections.outcome(view),
        sections.goal(view),
        sections.numbers(view, moment),
        evidence(view),
        costs(view),
        sections.failures(view),
        sections.retries(view),
        sections.handoffs(view),
        sections.notes(view),
        sections.subtasks(view, moment),
        sections.commands(view),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"
