"""The shape of a planner's answer, as JSON Schema: no more than what can be carried out where it is asked for.

Strict structured output wants all fields required and no defaults, so this is smaller than the plan file's own schema.
"""

from collections.abc import Sequence
from typing import Any

from swarm.core.plan import MAX_SUBTASKS, Size, SubtaskKind

MAX_COUNTED = 32
"""The most subtasks that a schema counts: servers turn it into a grammar that grows with the number."""

MOST_CHECKS = 6
MOST_WRITES = 16
"""Small models that may write lists of any length go on for ever with variations of one entry."""


def subtask_schema(*, may_nest: bool = True, others: int = MAX_SUBTASKS, roles: Sequence[str] = ()) -> dict[str, Any]:
    """Return the JSON Schema of a subtask as a planner writes it.

    Args:
        may_nest: whether it may be of kind ``plan``.
        others: how many subtasks there may be for it to depend on.
        roles: who may carry it out; where there is no choice, nothing is said of it.
    """
    text = {"type": "string"}
    kinds = [SubtaskKind.WORK, SubtaskKind.PLAN] if may_nest else [SubtaskKind.WORK]
    fields = {
        "id": text,
        "title": text,
        "instruction": text,
        "depends_on": counted(text, most=others),
        "checks": counted(text, most=MOST_CHECKS),
        "rubric": text,
        "writes": counted(text, most=MOST_WRITES),
        "kind": {"type": "string", "enum": [kind.value for kind in kinds]},
        "size": {"type": "string", "enum": [size.value for size in Size]},
        **({"role": {"type": "string", "enum": list(roles)}} if len(roles) > 1 else {}),
    }
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def answer_schema(*, may_nest: bool = True, room: int = MAX_SUBTASKS, roles: Sequence[str] = ()) -> dict[str, Any]:
    """Return the JSON Schema of a plan.

    Args:
        may_nest: whether subtasks may be of kind ``plan``.
        room: how many subtasks it may have.
        roles: who may carry them out.
    """
    subtask = subtask_schema(may_nest=may_nest, others=room - 1, roles=roles)
    return {
        "title": "SubmitPlan",
        "type": "object",
        "properties": {"subtasks": counted(subtask, least=1, most=room)},
        "required": ["subtasks"],
        "additionalProperties": False,
    }


def counted(items: dict[str, Any], *, least: int = 0, most: int) -> dict[str, Any]:
    """Return the schema of a list of so many items."""
    schema: dict[str, Any] = {"type": "array", "items": items}
    if least:
        schema["minItems"] = least
    if most <= MAX_COUNTED:
        schema["maxItems"] = max(least, most, 0)
    return schema
