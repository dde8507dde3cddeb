"""Is a plan worth its money? Looked at before anything of it is carried out. Pure.

What makes a plan useless is an *error* and goes back to its planner until it is gone; what makes it a poor one is a
*doubt*, which the planner is told once and may then insist on.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from swarm.core.overlap import Claims, tidy
from swarm.core.plan import Subtask, SubtaskKind, critical_path_ranks, expected_effort
from swarm.core.sequence import unordered_overlaps
from swarm.errors import PlanError

FEWEST_FOR_WIDTH = 6
"""Of a plan with fewer subtasks nobody minds that they come one after the other."""

SERIAL_SHARE = 0.7
"""A plan whose longest chain is more than this share of all its work is a chain, whatever it is drawn as."""

_SHOWN = 8
_NOTED = 20
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_SEGMENTS = re.compile(r"&&|\|\|?|;|\n")
_WORD = re.compile(r"[^\s<>()`{};|&]+")
_OUTPUT = re.compile(r">+\s*[^\s;|&]+")
_FILE = re.compile(
    r"\.(?:c|cc|cfg|cpp|cs|css|csv|go|h|hpp|html|ini|java|js|json|jsx|kt|lua|md|php|pl|py|pyi|rb|rs|rst|scala|sh|sql"
    r"|swift|toml|ts|tsx|txt|xml|yaml|yml)$"
)
_ODD = re.compile(r"[*?\[\]$=:~\\%@,]")
_ASSIGNMENT = re.compile(r"^\w+=")
_SHELL_WORDS = """
. : [ [[ alias break case cd command continue do done echo elif else esac eval exec
exit export false fi for function hash if let local printf pwd read return set shift
source test then time times trap true type ulimit umask unset until wait while
"""
_BUILTINS = frozenset(_SHELL_WORDS.split())


GATE_HINT = "What is an error in a plan, and what only a doubt: docs/tasks-and-plans.md."


class Severity(StrEnum):
    """Whether a plan can be carried out in spite of what was found."""

    ERROR = "error"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """Something that is wrong with a plan: what kind of thing, in words for its planner, and where."""

    kind: str
    severity: Severity
    text: str
    subtasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a plan is looked at against.

    Attributes:
        goal: the instruction of what is planned.
        goal_checks: the checks of the whole run.
        files: the repository's files; ``None`` when they are not known.
        runs: whether a program can be called by its name; ``None`` when that is not known.
        roles: the model roles that there are; any when empty.
        may_nest: whether subtasks may be plans themselves.
        nested: whether the plan stands below another planner's.
        given: whether a person gives the plan, who may leave as much of it to planners as they like.
    """

    goal: str = ""
    goal_checks: tuple[str, ...] = ()
    files: Collection[str] | None = None
    runs: Callable[[str], bool] | None = None
    roles: frozenset[str] = frozenset()
    may_nest: bool = True
    nested: bool = False
    given: bool = False
    folders: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        folders = {path[:at] for path in self.files or () for at, letter in enumerate(path) if letter == "/"}
        object.__setattr__(self, "folders", frozenset(folders))

    def has(self, path: str) -> bool:
        """Whether the repository has a file or a folder of that name."""
        return self.files is not None and (path in self.files or path in self.folders or path == "")


def examine(subtasks: Sequence[Subtask], surroundings: Surroundings) -> list[QualityFinding]:
    """Return what is wrong with a plan whose graph is valid, errors first."""
    found = [finding for look in _LOOKS for finding in look(subtasks, surroundings)]
    return sorted(found, key=lambda finding: finding.severity is not Severity.ERROR)


def in_notes(findings: Sequence[QualityFinding]) -> tuple[str, ...]:
    """Return findings as they are noted in a run: not more than a person would read."""
    more = (f"and {len(findings) - _NOTED} more like these",) if len(findings) > _NOTED else ()
    return (*(finding.text for finding in findings[:_NOTED]), *more)


def errors(findings: Iterable[QualityFinding]) -> list[QualityFinding]:
    """Return those findings with which a plan cannot be carried out."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def refuse_errors(findings: Iterable[QualityFinding], source: str = "it") -> None:
    """Refuse a plan that a person gives if it cannot be carried out. Raises PlanError, which names the subtask."""
    wrong = errors(findings)
    if wrong:
        subtask = wrong[0].subtasks[0] if wrong[0].subtasks else None
        raise PlanError(
            f"{source} cannot be carried out: {'; '.join(in_notes(wrong))}", subtask=subtask, hint=GATE_HINT
        )


def in_words(findings: Sequence[QualityFinding]) -> str:
    """Return findings as lines for a planner."""
    return "\n".join(f"- {text}" for text in in_notes(findings))


def _repeated(subtasks: Sequence[Subtask], surroundings: Surroundings) -> Iterator[QualityFinding]:
    repeated = _doubt if surroundings.given else _error  # a person may tell parts apart by their names and checks
    seen: dict[str, str] = {}
    titles: dict[str, str] = {}
    for subtask in subtasks:
        said = " ".join(subtask.instruction.split()).casefold()
        if said in seen:
            yield repeated(
                "repeated", f"{subtask.id} and {seen[said]} have the same instruction", seen[said], subtask.id
            )
        elif subtask.title and subtask.title.casefold() in titles:
            other = titles[subtask.title.casefold()]
            yield _doubt("same title", f"{subtask.id} and {other} have the same title", other, subtask.id)
        seen.setdefault(said, subtask.id)
        titles.setdefault(subtask.title.casefold(), subtask.id)
    goal = "" if surroundings.given else " ".join(surroundings.goal.split()).casefold()
    for subtask in subtasks:
        if subtask.kind is SubtaskKind.PLAN and goal and " ".join(subtask.instruction.split()).casefold() == goal:
            yield _error("no progress", f"{subtask.id} only repeats what you were asked to plan", subtask.id)


def _unplanned(subtasks: Sequence[Subtask], surroundings: Surroundings) -> Iterator[QualityFinding]:
    plans = [subtask.id for subtask in subtasks if subtask.kind is SubtaskKind.PLAN]
    if plans and not surroundings.may_nest:
        yield _error("too deep", f'nothing may be nested deeper: make {_list(plans)} of kind "work"', *plans)
    elif surroundings.given:
        return
    elif plans and len(plans) == len(subtasks) and (surroundings.nested or len(plans) == 1):
        yield _error("no progress", 'every subtask is of kind "plan": say what is to be done', *plans)


def _overlaps(subtasks: Sequence[Subtask], _: Surroundings) -> Iterator[QualityFinding]:
    for one, other, paths in unordered_overlaps(subtasks, most=_SHOWN):
        text = f"{one} and {other} both write {_list(paths)}: let one depend on the other, or divide the files"
        yield _error("overlap", text, one, other)


def _serial(subtasks: Sequence[Subtask], _: Surroundings) -> Iterator[QualityFinding]:
    if len(subtasks) < FEWEST_FOR_WIDTH:
        return
    chain = max(critical_path_ranks(subtasks, expected_effort).values())
    work = sum(expected_effort(subtask) for subtask in subtasks)
    if chain <= SERIAL_SHARE * work:
        return
    plan = {subtask.id: subtask for subtask in subtasks}
    apart = [
        f"{subtask.id} on {dependency}"
        for subtask in subtasks
        for dependency in subtask.depends_on
        if subtask.writes and dependency in plan and plan[dependency].writes and not _meet(subtask, plan[dependency])
    ]
    advice = f" Is it true that {_list(apart)} really depend? They change different files." if apart else ""
    yield _doubt(
        "serial",
        f"{len(subtasks)} subtasks in a chain that is {chain / work:.0%} of all work: they will be done one after the "
        f"other. Drop every dependency whose result its subtask does not need to begin.{advice}",
    )


def _meet(one: Subtask, other: Subtask) -> bool:
    claims = Claims()
    claims.add(one.id, one.writes)
    return bool(claims.owners_of(other.writes))


def _unchecked(subtasks: Sequence[Subtask], surroundings: Surroundings) -> Iterator[QualityFinding]:
    needed = {dependency for subtask in subtasks for dependency in subtask.depends_on}
    work = [subtask for subtask in subtasks if subtask.kind is SubtaskKind.WORK and subtask.id not in needed]
    if not surroundings.goal_checks:
        unchecked = [subtask.id for subtask in work if not (subtask.checks or subtask.rubric)]
        if unchecked:
            text = f"nothing tells whether {_list(unchecked)} got done: give checks, or a rubric if no command can tell"
            yield _doubt("unchecked", text, *unchecked)
    idle = [subtask.id for subtask in work if not (subtask.checks or subtask.rubric or subtask.writes)]
    if idle and len(subtasks) > 1:
        text = f"{_list(idle)} lead nowhere: nothing depends on them, they write no file, and nothing checks them"
        yield _doubt("dead end", text, *idle)


def _only_judged(subtasks: Sequence[Subtask], surroundings: Surroundings) -> Iterator[QualityFinding]:
    if surroundings.given or not surroundings.goal_checks:
        return
    judged = [subtask.id for subtask in subtasks if subtask.rubric and not subtask.checks]
    if len(judged) == len(subtasks) == 1 and not surroundings.nested:
        text = f"commands decide the task: give {judged[0]} those as its checks, {_list(surroundings.goal_checks)}"
        yield _doubt("only judged", f"{text}, and leave its rubric empty", *judged)
    elif judged:
        text = f"commands decide the task, and {_list(judged)} only has a rubric: give checks of its own files"
        yield _doubt("only judged", f"{text}, and a rubric only for what no command can tell", *judged)


def _impossible_checks(subtasks: Sequence[Subtask], surroundings: Surroundings) -> Iterator[QualityFinding]:
    if surroundings.runs is None:
        return
    for subtask in subtasks:
        for check in subtask.checks:
            for program in programs_of(check):
                if not surroundings.runs(program):
                    text = f"the check {check!r} of {subtask.id} calls {program}, which is not installed"
                    yield _error("no program", text, subtask.id)


def _missing_files(subtasks: Sequence[Subtask], surroundings: Surroundings) -> Iterator[QualityFinding]:
    if surroundings.files is None:
        return
    claims = Claims()
    for subtask in subtasks:
        claims.add(subtask.id, subtask.writes)
    said = _Said(subtasks)
    found = 0
    for subtask in subtasks:
        for path in (path for check in subtask.checks if "cd " not in check for path in files_of(check)):
            if surroundings.has(path) or claims.owners_of((path,)) or said.names(path):
                continue
            yield _doubt(
                "no file", f"a check of {subtask.id} names {path}, which neither exists nor is written", subtask.id
            )
            found += 1
            if found > _NOTED:
                return  # each one costs a look through all instructions


class _Said:
    """All that a plan's instructions say."""

    def __init__(self, subtasks: Sequence[Subtask]) -> None:
        self._text = "\n".join(subtask.instruction for subtask in subtasks)
        self._words = {word.strip(".,:!?'\"`*_") for word in _WORD.findall(self._text)}

    def names(self, path: str) -> bool:
        """Whether a path is mentioned anywhere."""
        return path in self._words or path in self._text


def _unknown_roles(subtasks: Sequence[Subtask], surroundings: Surroundings) -> Iterator[QualityFinding]:
    counted = Counter(subtask.role for subtask in subtasks)
    for role in counted:
        if surroundings.roles and role not in surroundings.roles:
            known = ", ".join(sorted(surroundings.roles))
            yield _doubt("unknown role", f"there is no model for the role {role!r}: there is {known}")


def files_of(check: str) -> Iterator[str]:
    """Yield the paths that a command line names, as far as they look like paths in the repository."""
    for word in _WORD.findall(_OUTPUT.sub(" ", _QUOTED.sub(" ", check))):
        path = tidy(word.split("::", 1)[0])
        if word.startswith(("-", "/")) or not path or _ODD.search(path) or ".." in path.split("/"):
            continue
        if _FILE.search(path) or "/" in word:
            yield path


def programs_of(check: str) -> Iterator[str]:
    """Yield the programs that a command line calls by name; not those that it calls by path, nor the shell's own."""
    for segment in _SEGMENTS.split(_QUOTED.sub("x", check)):
        words = [word for word in segment.split() if not _ASSIGNMENT.match(word) and word not in ("!", "(", "{")]
        program = words[0].lstrip("(!") if words else ""
        if re.fullmatch(r"[A-Za-z0-9][\w.+-]*", program) and program not in _BUILTINS:
            yield program


def _list(names: Iterable[str]) -> str:
    names = list(dict.fromkeys(names))
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _error(kind: str, text: str, *subtasks: str) -> QualityFinding:
    return QualityFinding(kind, Severity.ERROR, text, subtasks)


def _doubt(kind: str, text: str, *subtasks: str) -> QualityFinding:
    return QualityFinding(kind, Severity.DOUBT, text, subtasks)


_LOOKS: tuple[Callable[[Sequence[Subtask], Surroundings], Iterator[QualityFinding]], ...] = (
    _repeated,
    _unplanned,
    _overlaps,
    _serial,
    _unchecked,
    _only_judged,
    _impossible_checks,
    _missing_files,
    _unknown_roles,
)
