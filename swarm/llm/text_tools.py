"""Tools for endpoints that have none: described in the prompt, called by a JSON object in the reply. Pure.

The reply's side is :mod:`swarm.llm.text_calls`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from swarm.core.messages import Message, Reply, Role
from swarm.protocols import JsonSchema, ToolSpec

Json = dict[str, Any]


def describe_tools(tools: Sequence[ToolSpec]) -> str:
    """Return what a model is told of the tools and of the way to call one: a line a tool, because schemas are long."""
    described = "\n".join(f"- {tool.name}: {tool.description} {_arguments(tool.parameters)}" for tool in tools)
    return (
        'Every answer is one JSON object that calls one tool: {"tool": "NAME", "arguments": {...}}. '
        "Its result comes with the next message. The tools:\n" + described
    )


def _arguments(parameters: JsonSchema) -> str:
    properties = parameters.get("properties", {})
    required = parameters.get("required", ())
    if not all(_is_simple(schema) for schema in properties.values()):
        return f"Arguments, as JSON Schema: {json.dumps(dict(parameters), ensure_ascii=False)}"
    named = [
        f'"{name}" ({_type_words(schema)}{"" if name in required else ", optional"})'
        for name, schema in properties.items()
    ]
    return f"Arguments: {', '.join(named)}." if named else "No arguments."


def _is_simple(schema: object) -> bool:
    """Whether one or two words say all of an argument's type."""
    if not isinstance(schema, Mapping) or schema.keys() & {"enum", "const", "anyOf", "oneOf", "allOf", "$ref"}:
        return False
    if schema.get("type") == "array":
        return _is_simple(schema.get("items")) and schema["items"]["type"] != "array"
    return schema.get("type") in ("string", "integer", "number", "boolean")


def _type_words(schema: Mapping[str, Any]) -> str:
    if schema["type"] == "array":
        return f"array of {schema['items']['type']}s"
    return str(schema["type"])


def call_schema(tools: Sequence[ToolSpec]) -> JsonSchema:
    """Return the JSON Schema of a call of one of the tools, each with its own arguments."""
    return {"title": "ToolCall", "anyOf": [_one_call(tool) for tool in tools]}


def _one_call(tool: ToolSpec) -> JsonSchema:
    return {
        "type": "object",
        "properties": {"tool": {"const": tool.name}, "arguments": dict(tool.parameters)},
        "required": ["tool", "arguments"],
        "additionalProperties": False,
    }


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
