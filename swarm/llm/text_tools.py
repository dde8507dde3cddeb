"""Tools for endpoints that have none: described in the prompt, called by a JSON object in the reply. Pure.

The reply's side is :mod:`swarm.llm.text_calls`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from swarm.core.messages import Message, Reply, Role
from swarm.protocols import ToolSpec

Json = dict[str, Any]


def describe_tools(tools: Sequence[ToolSpec]) -> str:
    """Return what a model is told of the tools and of the way to call one."""
    described = "\n".join(
        json.dumps(
            {"tool": tool.name, "does": tool.description, "arguments": dict(tool.parameters)}, ensure_ascii=False
        )
        for tool in tools
    )
    return (
        "You act by calling tools. Answer with one JSON object and nothing else, in this form:\n"
        '{"tool": "NAME", "arguments": {...}}\n'
        "One call an answer; its result comes with the next message. "
        "These are the tools; `arguments` is the JSON Schema of what each takes:\n" + described
    )


def call_schema(tools: Sequence[ToolSpec]) -> Mapping[str, Any]:
    """Return the JSON Schema of a call of one of the tools."""
    names = [tool.name for tool in tools]
    fields = {"tool": {"type": "string", "enum": names}, "arguments": {"type": "object"}}
    return {"title": "ToolCall", "type": "object", "properties": fields, "required": ["tool", "arguments"]}


def as_text(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> list[Json]:
    """Return a conversation in which tools, calls and results are text.

    The description of the tools joins the system message, or becomes one; results of one turn join into one
    message, because some servers want the speakers to alternate.
    """
    turns: list[Json] = []
    described = describe_tools(tools)
    names: dict[str, str] = {}
    if not messages or messages[0].role is not Role.SYSTEM:
        turns.append({"role": "system", "content": described})
    for position, message in enumerate(messages):
        if message.role is Role.TOOL:
            _add_result(turns, names.get(message.tool_call_id, "the tool"), message.content)
        elif message.reply is not None:
            names |= {call.id: call.name for call in message.reply.tool_calls}
            turns.append({"role": "assistant", "content": _spoken(message.reply)})
        elif position == 0 and message.role is Role.SYSTEM:
            turns.append({"role": "system", "content": f"{message.content}\n\n{described}"})
        else:
            turns.append({"role": message.role.value, "content": message.content})
    return turns


def _spoken(reply: Reply) -> str:
    """Return an assistant's turn as text: what it said, then its calls."""
    calls = [
        f'{{"tool": {json.dumps(call.name)}, "arguments": {call.arguments}}}'  # as the model wrote them
        for call in reply.tool_calls
    ]
    return "\n".join([reply.content, *calls] if reply.content else calls)


def _add_result(turns: list[Json], tool: str, content: str) -> None:
    text = f"Result of {tool}:\n{content or '(empty)'}"
    if turns and turns[-1]["role"] == "user" and turns[-1]["content"].startswith("Result of "):
        turns[-1]["content"] += f"\n\n{text}"
    else:
        turns.append({"role": "user", "content": text})
