"""Subtasks that the scheduler makes itself: planning of what was too big, repair of what the run's checks refuse."""

import itertools
from collections.abc import Container

from swarm.core.plan import Subtask, SubtaskKind
from swarm.core.stimuli import AttemptSplit
from swarm.core.task import Task

REPAIR_INSTRUCTION = """All parts of the goal below are merged, but the run's checks fail on the merged branch.
Find out why and repair it with the smallest change.

The goal:
{goal}

What the checks say:
{reason}
"""


def handed_back(subtask: Subtask, split: AttemptSplit) -> Subtask:
    """Return a subtask that its agent found too big as one for a planner, with the agent's ideas of the parts."""
    parts = "\n".join(f"- {part}" for part in split.parts)
    instruction = (
        f"{subtask.instruction}\n\nAn agent found this too big for one subtask: {split.reason}\n"
        f"Its ideas of the parts:\n{parts}"
    )
    return subtask.model_copy(
        update={"kind": SubtaskKind.PLAN, "role": "planner", "instruction": instruction[:100_000]}
    )


def repair_subtask(task: Task, reason: str, number: int, *, taken: Container[str]) -> Subtask:
    """Return the subtask that makes the run's checks pass.

    Args:
        task: the run's task.
        reason: what the checks say.
        number: which round of repair it is.
        taken: ids that the plan has already.
    """
    identifier = next(name for count in itertools.count(number) if (name := f"repair-{count}") not in taken)
    return Subtask(
        id=identifier,
        title=f"Make the run's checks pass (round {number})",
        instruction=REPAIR_INSTRUCTION.format(goal=task.instruction[:60_000], reason=reason[:30_000]),
        checks=task.all_checks,
    )
