"""The tools of an agent: carries out calls as models write them, and turns every failure into words for the model."""

from collections.abc import Iterable
from dataclasses import dataclass

from swarm.errors import SwarmError, ToolError, UsageError, WorkspaceError, is_systemic
from swarm.protocols import Tool, ToolContext, ToolSpec
from swarm.redaction import redact
from swarm.text import neutralise, trim_middle
from swarm.tools.arguments import parse_object
from swarm.tools.control import CONTROL_SPECS

_SHOWN = 64 * 1024
_SHOWN_OF_COMMANDS = 20_000
_RECORDED = 1024 * 1024
_NO_OUTPUT = "(no output)"


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What the model is told of a call, whether the call failed, and all of it where the model is told less."""

    content: str
    failed: bool
    full: str = ""


class Toolbox:
    """A fixed set of tools.

    Args:
        tools: the tools; those that end an attempt (``finish``, ``split``, ``give_up``) are always shown besides, and
            are the agent's to carry out.

    Raises:
        UsageError: two tools share a name, or one bears that of a control tool.
    """

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools: dict[str, Tool] = {}
        reserved = {spec.name for spec in CONTROL_SPECS}
        for tool in tools:
            name = tool.spec.name
            if name in self._tools or name in reserved:
                raise UsageError(f"There is already a tool named {name!r}.", hint="Give it a name: @tool(name=...).")
            self._tools[name] = tool
        self._specs = (*(tool.spec for tool in self._tools.values()), *CONTROL_SPECS)
        self._names = frozenset(spec.name for spec in self._specs)

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What the model is told of the tools, in the order given, and last of those that end an attempt."""
        return self._specs

    def is_read_only(self, name: str) -> bool:
        """Whether a call of this name leaves the workspace's files as they were; true for unknown names."""
        return name not in self._tools or self._tools[name].read_only

    def objection(self, name: str, arguments_json: str) -> ToolOutcome | None:
        """Return what the model is told of a call that is none: of an unknown tool, or with arguments that are no JSON.

        Such a call need not be recorded before it is answered: it cannot do anything.
        """
        try:
            if name not in self._names:
                raise self._unknown(name)
            parse_object(name, arguments_json)
        except ToolError as error:
            return _outcome(error.message, failed=True)
        return None

    async def call(self, name: str, arguments_json: str, context: ToolContext) -> ToolOutcome:
        """Carry a call out.

        What the model did wrong, and whatever a tool raised, becomes a failed outcome. The content holds no secrets
        that can be told, no control characters and at most 64 Ki characters, 20,000 of a command's output.

        Args:
            name: the tool's name, as the model wrote it.
            arguments_json: the arguments, as the model wrote them.
            context: what the tool may use.

        Raises:
            SwarmError: something of ours failed under the tool (a sandbox that does not start); not the model's doing.
        """
        try:
            shown = _SHOWN_OF_COMMANDS if name == "shell" else _SHOWN
            return _outcome(await self._call(name, arguments_json, context), failed=False, shown=shown)
        except ToolError as error:
            if is_systemic(error):  # the machine's fault: a model that is told of it would only be led astray
                raise WorkspaceError(f"{name} could not be carried out: {error.message}") from error
            return _outcome(error.message, failed=True)
        except SwarmError:
            raise
        except Exception as error:  # noqa: BLE001 - a tool is anybody's code; its failure must not end the agent
            return _outcome(f"{name} failed: {type(error).__name__}: {error}", failed=True)

    async def _call(self, name: str, arguments_json: str, context: ToolContext) -> str:
        if name not in self._tools:
            raise self._unknown(name)
        return await self._tools[name].call(context, parse_object(name, arguments_json))

    def _unknown(self, name: str) -> ToolError:
        names = ", ".join(spec.name for spec in self._specs)
        return ToolError(f"There is no tool named '{name[:64]}'. The tools are: {names}.")


def _outcome(text: str, *, failed: bool, shown: int = _SHOWN) -> ToolOutcome:
    full = redact(neutralise(text))
    if len(full) > shown:
        return ToolOutcome(trim_middle(full, shown), failed, trim_middle(full, _RECORDED))
    # Servers differ in what they make of an empty result.
    return ToolOutcome(full or _NO_OUTPUT, failed)
