"""What planners are told: to make a plan, and to change one that does not work out.

In an order that prefix caches can share, as in ``prompts``: rules, the repository and the goal, the subtask.
"""

from collections.abc import Iterable, Iterator, Sequence

from swarm.core.events import AttemptStarted
from swarm.core.messages import Message, Role
from swarm.core.node import ENDED, Node
from swarm.core.plan import Subtask, SubtaskKind
from swarm.core.prompts import FEEDBACK_LIMIT, GOAL_LIMIT, cut, decided_so_far
from swarm.core.replans import ReplanAsked
from swarm.core.repository_map import RepositoryMap
from swarm.core.settings import WORKER
from swarm.core.task import Task
from swarm.core.wording import one_line

DOUBTS = "Think about this, once; if your answer is right all the same, give it again:"
"""What stands above doubts about a plan or a patch, which a planner is told once."""

ALL_WORK = ', all of kind "work"'

PLAN_LIMIT = 16_000
"""The most characters of a planner's own plan that it is shown."""

PLANNER_RULES = """You plan the work of a team of engineers on a repository. Answer with a plan: JSON only, no prose:

{"subtasks": [{"id": "...", "title": "...", "instruction": "...", "depends_on": [], "checks": ["..."], \
"rubric": "", "writes": ["..."], "kind": "work", "size": "M"}]}

- Split the goal into subtasks that different engineers can do at the same time: usually one for each file or module.
- instruction: complete, because its engineer sees only that text and the repository. Name the files and their tests.
- depends_on: ids of the subtasks that must be finished first. Use as few as possible; no cycles.
- writes: the files that the subtask changes. Two subtasks that write the same file must depend on each other.
- checks: shell commands that exit with 0 only when the subtask is done, run from the repository's root: the tests of
  its own files, never those of the whole goal, because the other parts are not done yet when it is checked.
- rubric: empty, unless no command can decide (texts, names, designs): then what makes the work good enough, point by
  point, for a judge who sees only that and the change. Checks and a rubric can stand together.
- kind: "work", or "plan" for a part that is too big to plan now.
- size: "S" a few steps, "M" a few dozen, "L" as much as one engineer can do.
- id: short, unique, of letters, digits and dashes."""

REPLANNER_RULES = """You planned the work of a team of engineers on a repository. The work has begun, and the plan has
to change. Answer with a patch of the plan: JSON only, no prose:

{"reason": "...", "add": [], "change": [], "drop": []}

- reason: one sentence: what was wrong with the plan.
- add: new subtasks, each {"id": "...", "title": "...", "instruction": "...", "depends_on": [], "checks": ["..."], \
"rubric": "", "writes": ["..."], "kind": "work", "size": "M"}. Their engineers see only the instruction and the
  repository.
- change: subtasks that have not begun, whole, as they are to be from now on, under their old ids.
- drop: [{"id": "...", "instead": ["..."]}]: subtasks that nobody is to do, and failed ones that others make up for. \
What waited for the id waits for the ids in instead.
- What is done stays as it is. What has begun can only be dropped.
- For a failed subtask: add subtasks that reach the same in another way (other words, smaller parts), and drop it with \
them as instead. Do not repeat what failed.
- If the plan is right as it is, and nothing is missing, leave the three lists empty."""


def opening_for_plan(
    task: Task,
    subtask: Subtask,
    started: AttemptStarted,
    *,
    seen: RepositoryMap,
    room: int,
    may_nest: bool = True,
    decided: str = "",
    roles: Sequence[str] = (),
) -> tuple[Message, ...]:
    """Return the opening messages of an attempt at a plan subtask.

    Args:
        task: the run's task.
        subtask: the plan subtask; for the run's first one its instruction is the goal itself.
        started: the attempt.
        seen: what there is to see of the repository.
        room: how many subtasks the plan may still get.
        may_nest: whether they may be plans themselves.
        decided: what the team has decided so far.
        roles: who may carry out work.
    """
    parts = _about_the_goal(task, seen, decided, roles)
    parts.extend(_about_the_attempt(started))
    if subtask.instruction != task.instruction:
        parts.append(f"Plan this part of the goal only:\n\n{subtask.instruction}")
    if started.feedback:
        parts.append(f"The plan before yours was refused: {cut(started.feedback, FEEDBACK_LIMIT)}")
    parts.append(f"Answer with the plan, at most {room} subtasks{'' if may_nest else ALL_WORK}.")
    return (Message(Role.SYSTEM, PLANNER_RULES), Message(Role.USER, "\n\n".join(parts)))


def plan_refused(reason: str) -> str:
    """Return what a planner is told of a plan that cannot be used."""
    if reason.startswith(DOUBTS):
        return f"{reason}\nAnswer with the whole plan, JSON only."
    return f"This plan cannot be used: {reason}\nAnswer with the whole corrected plan, JSON only."


def opening_for_replan(
    task: Task,
    asked: ReplanAsked,
    started: AttemptStarted,
    *,
    scope: Subtask | None,
    parts: Iterable[Node],
    seen: RepositoryMap,
    room: int,
    may_nest: bool = True,
    decided: str = "",
    roles: Sequence[str] = (),
) -> tuple[Message, ...]:
    """Return the opening messages of an attempt at changing a plan.

    Args:
        task: the run's task.
        asked: why the plan is to change.
        started: the attempt.
        scope: the plan subtask whose parts may change; ``None`` for those that stand below none.
        parts: its parts as they are now.
        seen: what there is to see of the repository.
        room: how many subtasks the plan may still get.
        may_nest: whether they may be plans themselves.
        decided: what the team has decided so far.
        roles: who may carry out work.
    """
    told = _about_the_goal(task, seen, decided, roles)
    told.extend(_about_the_attempt(started))
    if scope is not None and scope.instruction != task.instruction:
        told.append(f"You plan this part of the goal only:\n\n{cut(scope.instruction, GOAL_LIMIT)}")
    told.append(f"# Your plan, and what became of it\n\n{plan_lines(parts, PLAN_LIMIT)}")
    told.append(f"# Why you are asked\n\n{cut(asked.reason, FEEDBACK_LIMIT)}")
    if started.feedback:
        told.append(f"The patch before yours was refused: {cut(started.feedback, FEEDBACK_LIMIT)}")
    told.append(f"Answer with the patch, at most {room} new subtasks{'' if may_nest else ALL_WORK}.")
    return (Message(Role.SYSTEM, REPLANNER_RULES), Message(Role.USER, "\n\n".join(told)))


def patch_refused(reason: str) -> str:
    """Return what a planner is told of a patch that cannot be used."""
    if reason.startswith(DOUBTS):
        return f"{reason}\nAnswer with the whole patch, JSON only."
    return f"This patch cannot be used: {reason}\nAnswer with the whole corrected patch, JSON only."


def plan_lines(parts: Iterable[Node], limit: int) -> str:
    """Return a plan as lines, with what became of each subtask; what is done is left out first where it is too long."""
    nodes = [node for node in parts if node.counts or node.state not in ENDED]
    done = [node for node in nodes if node.handoff and node.state in ENDED]
    ended = {node.subtask.id for node in done}
    undone = [node for node in nodes if node.subtask.id not in ended]
    lines: list[str] = []
    left = {"more that are not done": 0, "more that are done": 0}
    for group, word in ((undone, "more that are not done"), (done, "more that are done")):
        for node in group:
            line = _plan_line(node)
            if limit < len(line):
                left[word] += 1
                continue
            limit -= len(line) + 1
            lines.append(line)
    lines.extend(f"- and {count} {word}" for word, count in left.items() if count)
    return "\n".join(lines)


def _plan_line(node: Node) -> str:
    line = f"- {node.subtask.id} [{node.state}] {one_line(node.subtask.name, 80)}"
    if node.subtask.kind is SubtaskKind.WORK and node.subtask.role != WORKER:
        line += f"; role {node.subtask.role}"
    if node.subtask.depends_on and node.state not in ENDED:
        line += f"; depends on {', '.join(node.subtask.depends_on[:12])}"
    if node.handoff:
        line += f": {one_line(node.handoff.summary, 200)}"
        line += "".join(f"\n  - open: {one_line(concern, 200)}" for concern in node.handoff.concerns[:5])
    elif node.feedback:
        line += f": {one_line(node.feedback, 400)}"
    return line


def _about_the_goal(task: Task, seen: RepositoryMap, decided: str, roles: Sequence[str]) -> list[str]:
    parts = [f"# Files of the repository\n\n{seen.text}"]
    if task.checks:
        parts.append("The whole goal is checked by:\n" + "\n".join(f"    {check}" for check in task.checks))
    if task.hidden_checks:
        parts.append("The whole goal is also checked by tests that nobody of the team can see.")
    if task.protected:
        parts.append("Nobody may change: " + ", ".join(task.protected))
    if len(roles) > 1:
        usual, *others = (f'"{role}"' for role in roles)
        parts.append(
            f'Each subtask also has a role, which says who does it: "role": {usual}, or {", ".join(others)} where that '
            "suits the subtask better."
        )
    parts.append(f"# Goal\n\n{cut(task.instruction, GOAL_LIMIT)}")
    parts.extend(decided_so_far(decided))
    return parts


def _about_the_attempt(started: AttemptStarted) -> Iterator[str]:
    yield f"# Subtask: {started.subtask_id}\n"
    if started.number > 1:
        yield f"# Attempt: {started.number}\n"
