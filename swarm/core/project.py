"""What a repository may say about work on it: instructions, checks and protected paths, and nothing else. Pure.

Whoever wrote the repository wrote this, so it is a proposal: a person sees it before it counts. Anything else that the
file sets, endpoints, keys, commands, hooks, servers or the sandbox among it, is left out by name.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from swarm.core.task import Task

FILE = ".swarm/config.toml"
INSTRUCTIONS_FILE = "AGENTS.md"
MOST_CHARACTERS = 20_000
"""How much of the instructions is taken."""

_MOST_CHECKS = 20
_LONGEST_LINE = 2_000
_NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What a repository proposes.

    Attributes:
        instructions: for whoever works on it.
        checks: commands that must succeed on the result, besides the task's.
        protected: patterns of paths that nobody may change, besides the task's.
        ignored: what else the file sets, which no repository may, or does not understand.
    """

    instructions: str = ""
    checks: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.instructions or self.checks or self.protected)

    @property
    def content(self) -> str:
        """All of this proposal as one text, the same for the same proposal only."""
        return json.dumps([self.instructions, self.checks, self.protected])

    def applied(self, task: Task) -> Task:
        """Return a task with what the repository proposes."""
        instruction = task.instruction
        if self.instructions:
            instruction += f"\n\n# What the repository says to all who work on it\n\n{self.instructions}"
        return task.model_copy(
            update={
                "instruction": instruction,
                "checks": (*task.checks, *self.checks),
                "protected": (*task.protected, *self.protected),
            }
        )


def read_project(config: str, instructions: str) -> ProjectSettings:
    """Read what a repository proposes.

    Args:
        config: the text of ``.swarm/config.toml``; empty when there is none.
        instructions: the text of ``AGENTS.md``, likewise; what the file says comes before it.
    """
    try:
        fields = tomllib.loads(config)
    except tomllib.TOMLDecodeError as error:
        return ProjectSettings(_cut(instructions), ignored=(f"all of {FILE}, which is not valid TOML: {error}",))
    ignored: list[str] = []
    said = _text(fields, ignored)
    together = "\n\n".join(text for text in (said, instructions.strip()) if text)
    return ProjectSettings(
        _cut(together),
        tuple(_lines("checks", fields, ignored)),
        tuple(_lines("protected", fields, ignored)),
        (*ignored, *(name for name in sorted(fields) if name not in {"instructions", "checks", "protected"}))[
            :_NAMES_SHOWN
        ],
    )


def _text(fields: dict[str, object], ignored: list[str]) -> str:
    value = fields.get("instructions", "")
    if isinstance(value, str):
        return value.strip()
    ignored.append("instructions, which is no text")
    return ""


def _lines(name: str, fields: dict[str, object], ignored: list[str]) -> Iterator[str]:
    value = fields.get(name, [])
    if not isinstance(value, list) or len(value) > _MOST_CHECKS:
        ignored.append(f"{name}, which is no list of at most {_MOST_CHECKS} lines")
        return
    for line in value:
        if isinstance(line, str) and len(line.strip()) > 0 and len(line) <= _LONGEST_LINE and "\0" not in line:
            yield line
        else:
            ignored.append(f"one of {name}, which is no line of at most {_LONGEST_LINE} characters")


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}\n[... cut ...]"
