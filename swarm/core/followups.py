"""Subtasks that the scheduler makes itself: planning of what was too big, repair of what the run's checks refuse."""

import itertools
from collections.abc import Container

from swarm.core.branch_facts import ChangeKept
from swarm.core.plan import ROOT_PLAN_ID, Subtask, SubtaskKind
from swarm.core.replans import ReplanCause
from swarm.core.stimuli import AttemptSplit
from swarm.core.task import Task

_LONGEST_SCOPE = 60
"""The longest id that a replanning's own begins with: there must be room for the rest."""

REPAIR_INSTRUCTION = """All parts of the goal below are merged, but the run's checks fail on the merged branch.
Find out why and repair it with the smallest change.

The goal:
{goal}

What the checks say:
{reason}
"""


CULPRIT_INSTRUCTION = """A change that is merged already broke a check of the run. It stays on the branch: {why}.
Find out why the check fails and repair it with the smallest change; keep what the change was meant to do.

The check, and what it says:
{reason}

The change is that of the subtask {subtask}:
{instruction}
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


def replan_subtask(scope: str, cause: ReplanCause, reason: str, *, taken: Container[str]) -> Subtask:
    """Return the subtask whose planner changes the plan of a scope.

    Args:
        scope: the plan subtask whose parts may change; empty for those that stand below none.
        cause: what kind of reason there is.
        reason: the reason in words.
        taken: ids that the plan has already.
    """
    below = f"{scope}." if scope not in ("", ROOT_PLAN_ID) and len(scope) <= _LONGEST_SCOPE else ""
    identifier = next(name for count in itertools.count(1) if (name := f"{below}replan-{count}") not in taken)
    return Subtask(
        id=identifier,
        title=f"Change the plan{f' of {scope}' if below else ''} ({cause})"[:300],
        instruction=reason[:30_000] or str(cause),
        kind=SubtaskKind.PLAN,
        role="planner",
    )


def repair_subtask(task: Task, reason: str, number: int, *, taken: Container[str]) -> Subtask:
    """Return the subtask that makes the run's checks pass.

    Args:
        task: the run's task.
        reason: what the checks say.
        number: which round of repair it is.
        taken: ids that the plan has already.
    """
    return Subtask(
        id=_repair_name(number, taken),
        title=f"Make the run's checks pass (round {number})",
        instruction=REPAIR_INSTRUCTION.format(goal=task.instruction[:60_000], reason=reason[:30_000]),
        checks=task.all_checks,
        rubric=task.rubric,
        judges=task.judges,
    )


def culprit_repair(culprit: Subtask | None, kept: ChangeKept, number: int, *, taken: Container[str]) -> Subtask:
    """Return the subtask that repairs a check on top of the merge that broke it.

    Args:
        culprit: the subtask whose merge it was, None when it was no subtask's.
        kept: why the merge stays, and what the check says.
        number: which round of repair it is.
        taken: ids that the plan has already.
    """
    name = culprit.id if culprit else "that took another change out"
    instruction = culprit.instruction[:30_000] if culprit else "-"
    return Subtask(
        id=_repair_name(number, taken),
        title=f"Repair what the merge of {name} broke"[:300],
        instruction=CULPRIT_INSTRUCTION.format(
            why=kept.why[:1000], reason=kept.reason[:30_000], subtask=name, instruction=instruction
        ),
        checks=(kept.check,),
    )


def _repair_name(number: int, taken: Container[str]) -> str:
    return next(name for count in itertools.count(number) if (name := f"repair-{count}") not in taken)
