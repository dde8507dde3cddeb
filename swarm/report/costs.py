"""The section of a report that says who was asked and what that cost."""

from swarm.core.accounts import SUMMARISER
from swarm.core.figures import cost
from swarm.core.limits import Spent
from swarm.core.views import RunView
from swarm.report.markup import code, table

ROWS = 100


def costs(view: RunView) -> list[str]:
    """Return calls, tokens and money by role, endpoint and model. An attempt counts where its last reply came from."""
    sums: dict[tuple[str, str, str], Spent] = {}
    for attempt in view.attempts.values():
        if attempt.spent.tries:
            key = (attempt.account.role, attempt.endpoint, attempt.model)
            sums[key] = sums.get(key, Spent()) + (attempt.spent - attempt.account.summaries)
        if attempt.account.summaries.tries:
            key = (SUMMARISER, "", "")
            sums[key] = sums.get(key, Spent()) + attempt.account.summaries
    if not sums:
        return []
    dearest_first = sorted(sums.items(), key=lambda item: (-item[1].priced_usd, -item[1].usage.total_tokens, item[0]))
    rows = [[code(part) if part else "" for part in key] + _figures(spent) for key, spent in dearest_first[:ROWS]]
    head = ["role", "endpoint", "model", "calls", "input tokens", "of these cached", "output tokens", "cost"]
    return ["## Who was asked", "", *table(head, rows)]


def _figures(spent: Spent) -> list[str]:
    usage = spent.usage
    counts = (spent.calls, usage.input_tokens, usage.cached_tokens, usage.output_tokens)
    return [*(f"{count:,}" for count in counts), cost(spent)]
