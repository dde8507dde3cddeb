"""The calls that end an attempt. What they mean is here; the agent acts on them."""

import inspect
from dataclasses import dataclass

from swarm.errors import ToolError
from swarm.protocols import ToolSpec
from swarm.tools.arguments import Arguments, parse_object
from swarm.tools.definition import make_spec

_FEWEST_PARTS = 2


def _refuse_blank(name: str, text: str) -> None:
    if not text.strip():
        raise ToolError(f"Wrong arguments: '{name}' is empty.")


@dataclass(frozen=True, slots=True)
class Finish:
    """Hand in your work. Call this when the subtask is done and its checks pass.

    Args:
        summary: What you did, for people and agents who build on it.
        decisions: Choices that others must know of.
        concerns: What you are not sure about. Begin one with "plan:" if it changes what others should do.
    """

    summary: str
    decisions: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _refuse_blank("summary", self.summary)


@dataclass(frozen=True, slots=True)
class Split:
    """Say that the subtask is too big for one agent; a planner takes over. Files you changed are dropped.

    Args:
        reason: Why it is too big.
        parts: The parts that you see, at least two, each with enough detail to be worked on alone.
    """

    reason: str
    parts: tuple[str, ...]

    def __post_init__(self) -> None:
        _refuse_blank("reason", self.reason)
        if len(self.parts) < _FEWEST_PARTS or not all(part.strip() for part in self.parts):
            raise ToolError(f"Wrong arguments: 'parts' needs at least {_FEWEST_PARTS} parts, none of them empty.")


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Say that the subtask cannot be done. Only after you have tried.

    Args:
        reason: What stands in the way and what you tried.
    """

    reason: str

    def __post_init__(self) -> None:
        _refuse_blank("reason", self.reason)


_CONTROLS: dict[str, tuple[type[Finish | Split | GiveUp], Arguments]] = {
    name: (kind, Arguments(name, kind)) for name, kind in (("finish", Finish), ("split", Split), ("give_up", GiveUp))
}

CONTROL_SPECS: tuple[ToolSpec, ...] = tuple(
    make_spec(name, inspect.getdoc(kind) or "", arguments) for name, (kind, arguments) in _CONTROLS.items()
)


def parse_control(name: str, arguments_json: str) -> Finish | Split | GiveUp | None:
    """Return what a control call says, or ``None`` when the call is not one.

    Args:
        name: the called tool's name.
        arguments_json: its arguments, as the model wrote them.

    Raises:
        ToolError: the arguments are not valid JSON or break the tool's schema.
    """
    if name not in _CONTROLS:
        return None
    kind, arguments = _CONTROLS[name]
    return kind(**arguments.check(parse_object(name, arguments_json)))
