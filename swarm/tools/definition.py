"""``@tool``: turns a Python function into a tool that agents may call."""

import asyncio
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, overload

from pydantic_core import to_json

from swarm.errors import UsageError
from swarm.protocols import ToolContext, ToolSpec
from swarm.tools.arguments import Arguments, description_of

# What every known server accepts as the name of a tool.
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]{2,63}")
_CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class FunctionTool:
    """A tool made from a function.

    Attributes:
        spec: what the model is told.
        read_only: whether a call leaves the workspace's files as they were.
        function: the function itself, for calling it directly.
        arguments: the check that a call's arguments must pass.
        takes_context: whether the function's first parameter is the :class:`ToolContext`.
    """

    spec: ToolSpec
    read_only: bool
    function: Callable[..., Any]
    arguments: Arguments
    takes_context: bool

    async def call(self, context: ToolContext, arguments: Mapping[str, Any]) -> str:
        """Check the arguments, then call the function: on the event loop when it is async, else in a thread.

        Returns:
            What the function returned; anything but a string as JSON.

        Raises:
            ToolError: an argument is missing, unknown or of the wrong type.
        """
        checked = self.arguments.check(arguments)
        positional = (context,) if self.takes_context else ()
        if inspect.iscoroutinefunction(self.function):
            result = await self.function(*positional, **checked)
        else:
            result = await asyncio.to_thread(self.function, *positional, **checked)
        return result if isinstance(result, str) else to_json(result).decode()


@overload
def tool(function: Callable[..., Any], /) -> FunctionTool: ...


@overload
def tool(*, name: str | None = None, read_only: bool = False) -> Callable[[Callable[..., Any]], FunctionTool]: ...


def tool(
    function: Callable[..., Any] | None = None, /, *, name: str | None = None, read_only: bool = False
) -> FunctionTool | Callable[[Callable[..., Any]], FunctionTool]:
    """Turn a function into a tool.

    The docstring tells the model what the tool does, its ``Args`` section what the arguments mean, and the types of
    the parameters become a JSON Schema that is enforced without conversions. A first parameter named ``context`` gets
    the :class:`ToolContext` and is not shown. Async functions run on the event loop, others in a thread. Raise
    :class:`ToolError` to tell the model what it did wrong.

    Args:
        function: the function, when used without parentheses.
        name: the tool's name; the function's by default.
        read_only: promise that a call changes no file of the workspace, which saves a snapshot.

    Raises:
        UsageError: a bad name, no docstring, or a parameter without a usable type.
    """
    if function is None:
        return lambda function: _make(function, name, read_only=read_only)
    return _make(function, name, read_only=read_only)


def _make(function: Callable[..., Any], name: str | None, *, read_only: bool) -> FunctionTool:
    name = name or function.__name__
    takes_context = next(iter(inspect.signature(function).parameters), "") == _CONTEXT
    arguments = Arguments(name, function, skip=frozenset({_CONTEXT}) if takes_context else frozenset())
    spec = make_spec(name, inspect.getdoc(function) or "", arguments)
    return FunctionTool(spec, read_only, function, arguments, takes_context)


def make_spec(name: str, docstring: str, arguments: Arguments) -> ToolSpec:
    """Return what a model is told of a tool.

    Raises:
        UsageError: servers would refuse the name, or the docstring says nothing.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a tool.",
            hint="Use 3 to 64 letters, digits, '_' and '-', beginning with a letter or '_'.",
        )
    description = description_of(docstring)
    if not description:
        raise UsageError(f"Tool {name!r} needs a docstring: it is all that a model knows of it.")
    return ToolSpec(name=name, description=description, parameters=arguments.schema)
