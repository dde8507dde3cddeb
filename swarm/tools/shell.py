"""The built-in tool that runs commands in the sandbox."""

import signal
from typing import Annotated

from pydantic import Field

from swarm.errors import ToolError
from swarm.protocols import CommandResult, ToolContext
from swarm.tools.definition import tool

# The kernel refuses longer arguments.
_LONGEST_COMMAND = 100_000
# A shell reports a child that a signal ended with this added to the signal's number.
_SIGNAL_OFFSET = 128


@tool
async def shell(context: ToolContext, command: str, timeout_s: Annotated[int, Field(ge=1, le=1800)] = 120) -> str:
    """Run a bash command in the workspace and return its exit code and output. Nothing it starts outlives it.

    Args:
        command: The command.
        timeout_s: Seconds after which it is stopped.
    """
    if not command.strip() or "\0" in command:
        raise ToolError("Wrong arguments: 'command' is empty or holds a NUL character.")
    if len(command.encode()) > _LONGEST_COMMAND:
        raise ToolError("The command is too long. Write a script with write_file and run that.")
    result = await context.workspace.run(command, timeout_s=timeout_s)
    return f"{_ending(result, timeout_s)}\n{result.output}".rstrip("\n")


def _ending(result: CommandResult, timeout_s: int) -> str:
    code = result.exit_code
    if code is None:
        return f"stopped at its time limit of {timeout_s} s"
    if result.stopped:
        return f"stopped: {result.stopped}"
    if code < 0:
        return f"ended by {_signal_name(-code)}"
    if code > _SIGNAL_OFFSET and (name := _signal_name(code - _SIGNAL_OFFSET)):
        return f"exit code {code} (ended by {name})"
    return f"exit code {code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""
