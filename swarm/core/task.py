"""The task: what the user wants done, and the schema of its file."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from swarm.core.hosts import AllowedHosts
from swarm.core.limits import Limits
from swarm.core.plan import Strings, Subtask, SubtaskKind
from swarm.errors import TaskError

HiddenOutput = Literal["counts", "none"]


def _check_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    AllowedHosts.of(hosts)
    return hosts


Hosts = Annotated[Strings, AfterValidator(_check_hosts)]


class Task(BaseModel):
    """What the user wants done.

    Attributes:
        instruction: the goal, in the user's words.
        repository: path of the git repository to work on; the run works on its HEAD commit.
        checks: commands that say when the whole task is done; they run on the run's branch.
        protected: patterns of paths that agents may not change (``tests/**``).
        protect_tests: refuse changes to files that a check names, where the subtask is not told to write them.
        baseline: run the checks on the untouched start first, before anything is paid for.
        rubric: what judges of the whole result go by where no command can decide; asked after the checks.
        judges: how many judges are asked at most; more than half of them must agree.
        hidden_checks: like ``checks``, but run with files that no agent may see, after all others.
        hidden_output: what an agent is told of a hidden check that failed besides that: its counts, or nothing.
        limits: what the run may use.
        name: a short name for people.
        allowed_hosts: hosts that commands may reach, none by default: ``pypi.org``, ``*.example.org``, ``host:8443``.
        approve_plan: a person looks at the plan before any work begins.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instruction: str = Field(min_length=1, max_length=200_000)
    repository: Annotated[str, BeforeValidator(str)] = "."
    checks: Strings = ()
    protected: Strings = ()
    limits: Limits = Limits()
    name: str = Field(default="", max_length=200)
    approve_plan: bool = False
    protect_tests: bool = False
    baseline: bool = True
    rubric: str = Field(default="", max_length=20_000)
    judges: int = Field(default=1, ge=1, le=9)
    hidden_checks: Strings = ()
    hidden_output: HiddenOutput = "counts"
    allowed_hosts: Hosts = ()

    @property
    def all_checks(self) -> tuple[str, ...]:
        """The run's checks in the order in which they run, the hidden ones last."""
        return (*self.checks, *self.hidden_checks)

    @property
    def is_judged_whole(self) -> bool:
        """Whether something says when the whole task is done: checks, or a rubric for judges."""
        return bool(self.all_checks or self.rubric)


def roles_of(task: Task, subtasks: Iterable[Subtask]) -> set[str]:
    """Return the roles that a task's subtasks ask models in."""
    roles, judged = set[str](), bool(task.rubric)
    for subtask in subtasks:
        roles.add(subtask.role)
        judged = judged or bool(subtask.rubric) or subtask.kind is SubtaskKind.JUDGE
    return roles | {"judge"} if judged else roles


class _Header(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    title: str = ""
    shows: str = ""
    checks: Strings = ()
    protected: Strings = ()
    protect_tests: bool = False
    rubric: str = Field(default="", max_length=20_000)
    judges: int = Field(default=1, ge=1, le=9)
    hidden: Strings = ()
    hidden_checks: Strings = ()
    hidden_output: HiddenOutput = "counts"
    allowed_hosts: Hosts = ()


class RaisedLimits(BaseModel):
    """Limits that the demonstration raises when the task's own have stopped the run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_tokens: int | None = Field(default=None, ge=1)
    max_calls: int | None = Field(default=None, ge=1)

    def __bool__(self) -> bool:
        return self.max_tokens is not None or self.max_calls is not None


class _Simulation(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: str
    raised: RaisedLimits = RaisedLimits()


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    task: _Header
    limits: Limits = Limits()
    simulation: _Simulation | None = None


@dataclass(frozen=True, slots=True)
class TaskFile:
    """What ``task.toml`` says.

    Attributes:
        name: the task's name, the same as its folder's.
        title: one line for people: what is to be done.
        shows: one line for people: what a run of it shows; empty when it is a task like any other.
        checks: the run's checks.
        protected: patterns of paths that agents may not change.
        protect_tests: see :class:`Task`; so are ``rubric``, ``judges``, ``hidden_checks`` and ``hidden_output``.
        hidden: patterns of files of ``repo/`` that agents may not see.
        limits: the task's limits.
        allowed_hosts: hosts that commands may reach.
        scenario: path of the simulated endpoint's scenario, relative to the folder; empty when there is none.
        raised: what the demonstration goes on with when the limits have stopped the run.
    """

    name: str
    title: str
    shows: str
    checks: tuple[str, ...]
    protected: tuple[str, ...]
    limits: Limits
    scenario: str
    raised: RaisedLimits
    protect_tests: bool = False
    rubric: str = ""
    judges: int = 1
    hidden: tuple[str, ...] = ()
    hidden_checks: tuple[str, ...] = ()
    hidden_output: HiddenOutput = "counts"
    allowed_hosts: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, *, source: str) -> Self:
        """Read the text of a ``task.toml``.

        Raises:
            TaskError: the text is no task file; the message names the field.
        """
        try:
            raw = _File.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise TaskError(f"{source}: not valid TOML: {error}") from error
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise TaskError(f"{source}: field {field!r}: {first['msg']}") from error
        header = raw.task
        simulation = raw.simulation or _Simulation(scenario="")
        return cls(
            header.name,
            header.title,
            header.shows,
            header.checks,
            header.protected,
            raw.limits,
            simulation.scenario,
            simulation.raised,
            protect_tests=header.protect_tests,
            rubric=header.rubric,
            judges=header.judges,
            hidden=header.hidden,
            hidden_checks=header.hidden_checks,
            hidden_output=header.hidden_output,
            allowed_hosts=header.allowed_hosts,
        )
