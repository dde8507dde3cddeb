"""What a person wants to know of a plan before it costs anything: what it takes, and what is wrong with it."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from swarm.core.plan import Subtask
from swarm.core.plan_estimate import Estimate, estimate
from swarm.core.plan_quality import QualityFinding, Surroundings, examine
from swarm.core.prices import Price

_LONGEST_CHAIN = 12
_SHOWN = 20

PriceOf = Callable[[str], Price | None]
"""Returns what the model of a role costs."""


def report_lines(subtasks: Sequence[Subtask], surroundings: Surroundings, price: PriceOf) -> Iterator[str]:
    """Yield the report as lines for people."""
    found = estimate(subtasks, price)
    yield (
        f"{found.subtasks} subtask{'' if found.subtasks == 1 else 's'} in {found.depth} "
        f"layer{'' if found.depth == 1 else 's'}; at most {found.width} at the same time"
    )
    share = found.effort[1] / found.effort[0] if found.effort[0] else 0.0
    yield f"longest chain: {' -> '.join(_shortened(found.chain))} ({share:.0%} of the work)"
    yield f"estimate: {_range(found.calls)} model calls, {_range(found.tokens)} tokens, {_cost(found)}"
    if found.unplanned:
        yield f"still to be planned, and not in these figures: {found.unplanned} of the subtasks"
    findings = examine(subtasks, surroundings)
    for finding in findings[:_SHOWN]:
        yield f"{finding.severity}: {finding.text}"
    if len(findings) > _SHOWN:
        yield f"and {len(findings) - _SHOWN} more of these"


def as_object(subtasks: Sequence[Subtask], surroundings: Surroundings, price: PriceOf) -> dict[str, Any]:
    """Return the plan and its report as plain JSON values."""
    return {
        "subtasks": [subtask.model_dump(mode="json") for subtask in subtasks],
        "estimate": dataclasses.asdict(estimate(subtasks, price)),
        "findings": [_finding(finding) for finding in examine(subtasks, surroundings)],
    }


def _finding(finding: QualityFinding) -> dict[str, Any]:
    return dataclasses.asdict(finding) | {"severity": finding.severity.value}


def _shortened(chain: Sequence[str]) -> list[str]:
    if len(chain) <= _LONGEST_CHAIN:
        return list(chain)
    half = _LONGEST_CHAIN // 2
    return [*chain[:half], "...", *chain[-half:]]


def _range(figures: tuple[int, int]) -> str:
    return f"{figures[0]:,} to {figures[1]:,}"


def _cost(found: Estimate) -> str:
    if found.cost_usd is None:
        return "cost unknown (see --price)"
    return f"${found.cost_usd[0]:.2f} to ${found.cost_usd[1]:.2f}"
