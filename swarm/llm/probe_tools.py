"""How a model calls tools: a small task in two turns, and the way that is chosen by how it goes."""

import json
from collections.abc import Sequence

from swarm.core.messages import Message, Reply, Role, ToolCall
from swarm.llm.probe_exchange import Observation, Prober
from swarm.protocols import ModelRequest, ToolSpec

NATIVE_FIRST = ("native", "action", "text")
ACTION_FIRST = ("action", "text")
TEXT_ONLY = ("text",)
NATIVE_AND_FREE = {"tools": ("native",), "tool_choice": ("auto",)}

TRIALS = 2
"""How many calls the small task needs."""

SHORT_REPLY, LONG_REPLY = 192, 1_024
"""How many tokens a reply may hold: a call needs 60, and reasoning before it counts too."""

_FILE, _FUNCTION = "src/app.py", "double"
_SOURCE = "def single(n):\n    return n\n"
_TASK = f"Add a function `{_FUNCTION}(n)`, which returns 2 * n, to {_FILE}. Read the file first, then write it."


def _tool(name: str, description: str, *arguments: str) -> ToolSpec:
    properties = {argument: {"type": "string"} for argument in arguments}
    return ToolSpec(name, description, {"type": "object", "properties": properties, "required": list(arguments)})


TOOLS = (
    _tool("read_file", "Read a file of the project.", "path"),
    _tool("write_file", "Create a file of the project, or replace it whole.", "path", "content"),
    _tool("list_files", "List the files of a folder of the project.", "path"),
    _tool("finish", "End the task, once it is done.", "summary"),
)


def question(text: str, limit: int) -> ModelRequest:
    """Return a question as an agent would ask it, with tools; ``limit`` is that of the reply in tokens."""
    rules = "You are a coding agent. You see and change the project through your tools only."
    messages = [Message(Role.SYSTEM, rules), Message(Role.USER, text)]
    return ModelRequest("worker", messages, TOOLS, max_output_tokens=limit)


async def try_native_calls(prober: Prober, limit: int = SHORT_REPLY) -> list[Observation]:
    """Give the model the small task, with native calls that it is free to make; ends with the first that fails.

    Args:
        prober: who asks.
        limit: how many tokens a reply may hold.
    """
    first = await prober.ask(question(_TASK, limit), trying=NATIVE_AND_FREE)
    if first.reply is None or not _reads(first.reply):
        return [first]
    messages = [
        *question(_TASK, limit).messages,
        Message(Role.ASSISTANT, reply=first.reply),
        *(Message(Role.TOOL, _SOURCE, tool_call_id=call.id) for call in first.reply.tool_calls),
    ]
    second = ModelRequest("worker", messages, TOOLS, max_output_tokens=limit)
    return [first, await prober.ask(second, trying=NATIVE_AND_FREE)]


def was_still_thinking(reply: Reply) -> bool:
    """Whether reasoning took up the whole reply, so that it says nothing of calls."""
    return reply.finish_reason == "length" and bool(reply.reasoning) and not reply.tool_calls


def native_calls_passed(seen: Sequence[Observation]) -> int:
    """Return how many calls of the small task were made as they should be, as calls and not printed as text."""
    tests = (_reads, _writes)
    replies = [observation.reply for observation in seen]
    return sum(reply is not None and test(reply) for test, reply in zip(tests, replies, strict=False))


def choose_tool_mode(passed: int, *, schema: bool | None) -> tuple[str, ...]:
    """Return the ways of offering tools to a model, the best first.

    Args:
        passed: how many of the trials with native calls it has passed.
        schema: whether the endpoint holds replies to a JSON Schema; ``None`` when that is not known.
    """
    if passed == TRIALS:
        return NATIVE_FIRST
    return TEXT_ONLY if schema is False else ACTION_FIRST


def _reads(reply: Reply) -> bool:
    call = _called(reply, "read_file")
    return call is not None and _argument(call, "path").endswith(_FILE)


def _writes(reply: Reply) -> bool:
    call = _called(reply, "write_file")
    return call is not None and _argument(call, "path").endswith(_FILE) and _FUNCTION in _argument(call, "content")


def _called(reply: Reply, tool: str) -> ToolCall | None:
    return next((call for call in reply.tool_calls if call.name == tool), None)


def _argument(call: ToolCall, name: str) -> str:
    try:
        arguments = json.loads(call.arguments)
    except (ValueError, RecursionError):
        return ""
    value = arguments.get(name) if isinstance(arguments, dict) else None
    return value if isinstance(value, str) else ""
