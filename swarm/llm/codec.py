"""A request as an OpenAI-compatible server reads it: pure and deterministic, so that prefixes stay byte-identical."""

import hashlib
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from swarm.core.messages import Message, Reply, Role
from swarm.llm.dialects import Dialect
from swarm.llm.json_text import decoded
from swarm.llm.text_tools import as_text, call_schema
from swarm.protocols import JsonSchema, ModelRequest, ToolSpec

Json = dict[str, Any]

_ANSWER_TOOL = "submit_answer"
_TOOL_NAME_LIMIT = 64


def encode_request(request: ModelRequest, model: str, dialect: Dialect, temperature: float | None = None) -> Json:
    """Return the body of a chat completion request.

    Args:
        request: what is asked.
        model: the model's name at the endpoint.
        dialect: how the endpoint wants to be asked.
        temperature: how the reply is sampled, where the dialect takes that.
    """
    opening = encode_opening(request, model, dialect)
    return opening | {"messages": encode_messages(request, dialect)} | encode_options(request, dialect, temperature)


def encode_messages(request: ModelRequest, dialect: Dialect) -> list[Json]:
    """Return the messages of a request."""
    if speaks_natively(request, dialect):
        return [encode_message(message, dialect) for message in request.messages]
    return as_text(request.messages, request.tools)


def speaks_natively(request: ModelRequest, dialect: Dialect) -> bool:
    """Return whether each message goes out as itself, whatever stands around it: no tools, or native calls of them."""
    return not request.tools or dialect.tools[:1] == ("native",)


def encode_opening(request: ModelRequest, model: str, dialect: Dialect) -> Json:
    """Return what stands before the messages of a request: the same for all that offer the same tools."""
    payload: Json = {"model": model}
    tools = request.tools or _answer_tool(request, dialect)
    if not speaks_natively(request, dialect):
        if dialect.tools[:1] == ("action",):
            _add_response_format(payload, call_schema(_allowed(request)), dialect)
    elif tools:
        payload["tools"] = [_tool(tool) for tool in tools]
        _add_first(payload, "tool_choice", dialect.tool_choice)
        _add_first(payload, "parallel_tool_calls", dialect.parallel_calls if request.tools else ())
    elif request.schema is not None:
        _add_response_format(payload, request.schema, dialect)
    return payload


def encode_options(request: ModelRequest, dialect: Dialect, temperature: float | None = None) -> Json:
    """Return what stands after the messages of a request: what differs from call to call."""
    payload: Json = {}
    if request.max_output_tokens is not None and dialect.output_limit:
        payload[dialect.output_limit[0]] = request.max_output_tokens
    if request.affinity and dialect.affinity:
        payload[dialect.affinity[0]] = affinity_key(request.affinity)
    if dialect.streaming:
        payload["stream"] = True
        if dialect.stream_usage:
            payload["stream_options"] = {"include_usage": True}
    if temperature is not None and dialect.sampling:
        payload["temperature"] = temperature
    return payload


def _allowed(request: ModelRequest) -> Sequence[ToolSpec]:
    return [tool for tool in request.tools if tool.name not in request.withheld] or request.tools


def tool_names(request: ModelRequest, dialect: Dialect) -> frozenset[str]:
    """Return the names of the tools that a request offers, however the dialect offers them."""
    return frozenset(tool.name for tool in request.tools or _answer_tool(request, dialect))


@lru_cache(maxsize=4_096)
def affinity_key(affinity: str) -> str:
    """Return what stands for an affinity outside: the same for the same affinity, and saying nothing of it."""
    return hashlib.sha256(affinity.encode("utf-8", "replace")).hexdigest()[:32]


def answer_tool_name(schema: JsonSchema) -> str:
    """Return the name of the tool that stands for a schema: its title in snake case."""
    title = str(schema.get("title", ""))
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", title)
    name = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").lower()[:_TOOL_NAME_LIMIT]
    return name if re.fullmatch(r"[a-z][a-z0-9_]{2,}", name) else _ANSWER_TOOL


def _answer_tool(request: ModelRequest, dialect: Dialect) -> Sequence[ToolSpec]:
    """Return the one tool through which an answer of a given shape is asked for, where that is the dialect's way."""
    if request.schema is None or dialect.structured[:1] != ("tool",):
        return ()
    description = str(request.schema.get("description", "")) or "Give the answer."
    return (ToolSpec(answer_tool_name(request.schema), description, request.schema),)


def _add_response_format(payload: Json, schema: JsonSchema, dialect: Dialect) -> None:
    way = dialect.structured[0] if dialect.structured else "text"
    if way == "json_object":
        payload["response_format"] = {"type": "json_object"}
    elif way == "json_schema":
        shape = {"name": answer_tool_name(schema), "schema": dict(schema), "strict": False}
        payload["response_format"] = {"type": "json_schema", "json_schema": shape}


def _add_first(payload: Json, name: str, ways: Sequence[str | bool]) -> None:
    if ways:
        payload[name] = ways[0]


def _tool(tool: ToolSpec) -> Json:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}


def encode_message(message: Message, dialect: Dialect) -> Json:
    """Return one message of a request."""
    if message.role is Role.TOOL:
        # Some servers refuse an empty result.
        return {"role": "tool", "tool_call_id": message.tool_call_id, "content": message.content or "(empty)"}
    if message.role is Role.ASSISTANT and message.reply is not None:
        return _assistant(message.reply, dialect.reasoning_echo[:1])
    return {"role": message.role.value, "content": message.content}


def _assistant(reply: Reply, echo: Sequence[str]) -> Json:
    """Return an assistant's turn as it came, its calls word for word and its own reasoning as the dialect wants it."""
    turn: Json = {"role": "assistant", "content": reply.content}
    for way in echo:
        as_received = way == "as_received"
        field = reply.reasoning_field if as_received else way
        if field and (as_received or reply.reasoning_field or reply.reasoning or reply.tool_calls):
            turn[field] = reply.reasoning
    if reply.tool_calls:
        turn["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": _replayable(call.arguments)},
            }
            for call in reply.tool_calls
        ]
    return turn


def _replayable(arguments: str) -> str:
    """Return arguments that a server's chat template can read.

    Arguments that are no JSON object would make many servers refuse this conversation for ever, so they go back
    wrapped in one.
    """
    try:
        if isinstance(decoded(arguments), dict):
            return arguments
    except (ValueError, RecursionError):
        pass
    return json.dumps({"unreadable_arguments": arguments}, ensure_ascii=False)
