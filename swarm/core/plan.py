"""The plan: an immutable DAG of subtasks, its validation and its critical path.

A plan grows by extension only: a planner's answer adds subtasks below the subtask that asked for them. What has
ended is never rewritten.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from swarm.core.limits import Limits
from swarm.errors import PlanError

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$"
_ID = re.compile(ID_PATTERN)
ROOT_PLAN_ID = "plan"
MAX_SUBTASKS = 200_000


class SubtaskKind(StrEnum):
    """What an attempt at a subtask produces."""

    WORK = "work"
    PLAN = "plan"
    JUDGE = "judge"


class Size(StrEnum):
    """How much work a subtask is expected to be: a few steps, a few dozen, or as much as one agent can do."""

    SMALL = "S"
    MEDIUM = "M"
    LARGE = "L"


def as_tuple(value: Any) -> Any:
    """Return a list as a tuple, and everything else as it is: JSON has no tuples."""
    return tuple(value) if isinstance(value, list) else value


Strings = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]


class Subtask(BaseModel):
    """A node of the plan.

    Attributes:
        id: unique in the plan; letters, digits, ``.``, ``_`` and ``-``.
        instruction: what to do, complete enough for an agent that sees nothing else of the conversation.
        title: a few words for people; the id when empty.
        depends_on: ids of the subtasks whose work must be on the run's branch first.
        checks: commands that must exit with 0 in a checkout of the handed-in commit.
        kind: ``work`` changes files, ``plan`` adds subtasks, ``judge`` judges what its dependencies did.
        role: which model role carries it out.
        writes: the paths that it is expected to change.
        rubric: what judges go by where no command can decide; they are asked when the checks have passed.
        judges: how many judges are asked at most; more than half of them must agree.
        size: how much work it is expected to be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=ID_PATTERN)
    instruction: str = Field(min_length=1, max_length=100_000)
    title: str = Field(default="", max_length=300)
    depends_on: Strings = ()
    checks: Strings = ()
    kind: SubtaskKind = SubtaskKind.WORK
    role: str = Field(default="worker", pattern=r"^[a-z][a-z0-9_-]{0,31}$")
    writes: Strings = ()
    rubric: str = Field(default="", max_length=20_000)
    judges: int = Field(default=1, ge=1, le=9)
    size: Size | None = None

    @property
    def name(self) -> str:
        """The title, or the id where there is none."""
        return self.title or self.id


class Plan(BaseModel):
    """An immutable DAG of subtasks; also the shape of a plan file and of a planner's answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subtasks: Annotated[tuple[Subtask, ...], BeforeValidator(as_tuple)]

    @classmethod
    def parse(cls, text: str, *, source: str, toml: bool = False) -> Self:
        """Read a plan from JSON or TOML text and validate its graph.

        Args:
            text: the whole file, or a model's answer.
            source: the name that error messages give it.
            toml: the text is TOML instead of JSON.

        Raises:
            PlanError: the text is no plan; the message names the field or the subtask.
        """
        try:
            raw = tomllib.loads(text) if toml else json.loads(text)
        except (ValueError, RecursionError) as error:
            raise PlanError(f"{source}: not valid {'TOML' if toml else 'JSON'}: {error}", hint=PLAN_HINT) from error
        return cls.from_object(raw, source=source)

    @classmethod
    def from_object(cls, raw: object, *, source: str) -> Self:
        """Validate a decoded plan; see :meth:`parse`."""
        if isinstance(raw, list):
            raw = {"subtasks": raw}
        try:
            plan = cls.model_validate(raw)
        except ValidationError as error:
            raise _plan_error(error, raw, source) from error
        # How large a plan may be is the run's limit, checked where it is known.
        validate_graph(plan.subtasks, source=source, limits=Limits(max_subtasks=MAX_SUBTASKS))
        return plan


PLAN_HINT = (
    'A plan is {"subtasks": [{"id": "parser", "instruction": "...", "depends_on": ["lexer"], "checks": ["..."]}]}.'
)


def _plan_error(error: ValidationError, raw: object, source: str) -> PlanError:
    first = error.errors(include_url=False)[0]
    place = [str(part) for part in first["loc"]]
    subtask = None
    if len(place) >= 2 and place[0] == "subtasks" and isinstance(raw, dict):
        entry = raw["subtasks"][int(place[1])]
        identifier = entry.get("id") if isinstance(entry, dict) else None
        subtask = identifier if isinstance(identifier, str) else f"number {int(place[1]) + 1}"
        place = place[2:]
    where = f"subtask {subtask!r}, " if subtask else ""
    field = f"field {'.'.join(place)!r}: " if place else ""
    more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return PlanError(f"{source}: {where}{field}{first['msg']}{more}", subtask=subtask, hint=PLAN_HINT)


def validate_graph(
    subtasks: Iterable[Subtask],
    *,
    known: Iterable[str] = (),
    source: str = "plan",
    limits: Limits | None = None,
) -> None:
    """Check that subtasks form a DAG within limits.

    Args:
        subtasks: the subtasks to check.
        known: ids outside of ``subtasks`` that they may depend on.
        source: the name that error messages give the plan.
        limits: limits on the number of subtasks; the defaults when ``None``.

    Raises:
        PlanError: empty, too large, a duplicate id, an unknown dependency or a cycle; names the subtask.
    """
    nodes = list(subtasks)
    maximum = (limits or Limits()).max_subtasks
    if not nodes:
        raise PlanError(f"{source}: the plan has no subtasks", hint=PLAN_HINT)
    if len(nodes) > maximum:
        raise PlanError(f"{source}: {len(nodes)} subtasks; the limit is {maximum}", hint="Raise max_subtasks.")
    seen: set[str] = set()
    for subtask in nodes:
        if subtask.id in seen:
            raise PlanError(f"{source}: two subtasks have the id {subtask.id!r}", subtask=subtask.id)
        seen.add(subtask.id)
    allowed = seen.union(known)
    for subtask in nodes:
        _validate_node(subtask, allowed, source)
    _refuse_cycle(nodes, source)


def _validate_node(subtask: Subtask, allowed: set[str], source: str) -> None:
    for dependency in subtask.depends_on:
        if dependency == subtask.id:
            raise PlanError(f"{source}: subtask {subtask.id!r} depends on itself", subtask=subtask.id)
        if dependency not in allowed:
            raise PlanError(
                f"{source}: subtask {subtask.id!r} depends on {dependency!r}, which is not in the plan",
                subtask=subtask.id,
            )
    if not subtask.instruction.strip():
        raise PlanError(f"{source}: subtask {subtask.id!r} has an empty instruction", subtask=subtask.id)


def _refuse_cycle(nodes: list[Subtask], source: str) -> None:
    cycle = cycle_among(nodes)
    if cycle:
        raise PlanError(
            f"{source}: the dependencies form a cycle: {' -> '.join(cycle)}",
            subtask=cycle[0],
            hint="Remove one of these dependencies.",
        )


def cycle_among(subtasks: Iterable[Subtask]) -> list[str]:
    """Return the ids along a cycle of dependencies, the first one again at the end; nothing when there is none."""
    nodes = {subtask.id: subtask for subtask in subtasks}
    if _is_in_order(nodes.values()):
        return []
    try:
        TopologicalSorter({name: node.depends_on for name, node in nodes.items()}).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def critical_path_ranks(
    subtasks: Iterable[Subtask],
    seconds: Callable[[Subtask], float],
    parents: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, float]:
    """Return for each subtask the longest chain of work that starts with it, in seconds.

    This is the upward rank of list scheduling (HEFT, Topcuoglu et al. 2002, without communication costs):
    starting the subtask with the highest rank first keeps the critical path moving.

    Args:
        subtasks: the nodes of the DAG.
        seconds: the expected time of one subtask.
        parents: for subtasks that carry out a plan subtask, the id of that one, which is among them, too: what depends
            on it waits for them.
    """
    nodes = {subtask.id: subtask for subtask in subtasks}
    parts: dict[str, list[str]] = {}
    for child, parent in parents.items():
        parts.setdefault(parent, []).append(child)
    ranks, behind = dict.fromkeys(nodes, 0.0), dict.fromkeys(nodes, 0.0)
    for name in _from_the_end(nodes, parts):
        node, after = nodes[name], behind[name]
        longest = ranks[name] = seconds(node) + after
        for need in node.depends_on:
            if longest > behind.get(need, longest):
                behind[need] = longest
        for part in parts.get(name, ()):
            if after > behind[part]:
                behind[part] = after  # it is waited for by all that waits for the whole
    return ranks


def _from_the_end(nodes: dict[str, Subtask], parts: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Return the ids with what needs a subtask before it, and a plan subtask before its parts. A plan has no cycles."""
    if not parts and _is_in_order(nodes.values()):
        return reversed(nodes)
    needs = chain.from_iterable(node.depends_on for node in nodes.values())
    waiting = dict(Counter(chain(needs, *parts.values())))
    ended = [name for name in nodes if name not in waiting]
    for name in ended:  # which grows meanwhile
        for before in chain(nodes[name].depends_on, parts.get(name, ())):
            waiting[before] -= 1
            if not waiting[before] and before in nodes:
                ended.append(before)
    return ended


def _is_in_order(subtasks: Iterable[Subtask]) -> bool:
    """Whether each stands behind all that it needs, as in most plans: so there is no cycle, which is soon seen."""
    earlier: set[str] = set()
    for subtask in subtasks:
        if not earlier.issuperset(subtask.depends_on):
            return False
        earlier.add(subtask.id)
    return True


_EFFORTS = {Size.SMALL: 0.375, None: 1.0, Size.MEDIUM: 1.0, Size.LARGE: 2.5}


def expected_effort(subtask: Subtask) -> float:
    """Return how long a subtask is expected to take, by its size: 1 is as long as one of medium size takes.

    A multiple of 1/1024, so that sums of them are exact, in whatever order they are made.
    """
    return _EFFORTS[subtask.size]


def stand_alone(subtasks: tuple[Subtask, ...]) -> bool:
    """Return whether these subtasks depend on each other only."""
    names = {subtask.id for subtask in subtasks}
    return all(names.issuperset(subtask.depends_on) for subtask in subtasks)


def ancestors(subtasks: Iterable[Subtask], identifier: str) -> set[str]:
    """Return the ids of everything that a subtask directly or indirectly waits for."""
    depends_on = {subtask.id: subtask.depends_on for subtask in subtasks}
    found: set[str] = set()
    waiting = [identifier]
    while waiting:
        new = set(depends_on.get(waiting.pop(), ())) - found
        found |= new
        waiting.extend(new)
    return found


def place_below(parent: Subtask, children: Iterable[Subtask]) -> tuple[Subtask, ...]:
    """Name a planner's subtasks so that they cannot clash with other planners' ones.

    The run's first planner owns the whole name space; below any other subtask, ids become ``parent.child``.
    """
    nodes = tuple(children)
    if parent.id == ROOT_PLAN_ID:
        return nodes
    names: Mapping[str, str] = {node.id: f"{parent.id}.{node.id}" for node in nodes}
    for name in names.values():
        if not _ID.match(name):
            raise PlanError(f"the id {name!r} is too long", subtask=name, hint="Use shorter ids.")
    return tuple(
        node.model_copy(
            update={
                "id": names[node.id],
                "depends_on": tuple(names.get(dependency, dependency) for dependency in node.depends_on),
            }
        )
        for node in nodes
    )


def with_checks_of(parent: Subtask, children: tuple[Subtask, ...]) -> tuple[Subtask, ...]:
    """Add a last subtask that carries the checks of the subtask that the others carry out, if it has any.

    So neither a split nor a nested plan is a way around checks.
    """
    if not (parent.checks or parent.rubric):
        return children
    needed = {dependency for child in children for dependency in child.depends_on}
    last = Subtask(
        id=f"{parent.id}.checks",
        title=f"Make the checks of {parent.id} pass"[:300],
        instruction=(
            "All parts of the following subtask are done. Make its checks pass; if they do already, hand in at "
            "once.\n\n" + parent.instruction[:90_000]
        ),
        depends_on=tuple(child.id for child in children if child.id not in needed),
        checks=parent.checks,
        rubric=parent.rubric,
        judges=parent.judges,
    )
    return (*children, last)


def checked_too_early(subtasks: Iterable[Subtask], goal_checks: Iterable[str]) -> list[str]:
    """Return the ids of subtasks that a check of the whole goal would judge while other parts are still missing.

    Such a check can only pass in a subtask that everything else comes before.
    """
    nodes = list(subtasks)
    whole = set(goal_checks)
    return [
        node.id for node in nodes if whole.intersection(node.checks) and len(ancestors(nodes, node.id)) < len(nodes) - 1
    ]


def without_checks(
    subtasks: Iterable[Subtask], identifiers: Iterable[str], checks: Iterable[str]
) -> tuple[Subtask, ...]:
    """Return the subtasks, those that are named without the given checks."""
    named, dropped = set(identifiers), set(checks)
    return tuple(
        node.model_copy(update={"checks": tuple(check for check in node.checks if check not in dropped)})
        if node.id in named
        else node
        for node in subtasks
    )
