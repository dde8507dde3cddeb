"""The reply of a completion that came as one body and is just what the specification has: pure.

Most are, and need nothing of what :mod:`swarm.llm.assembler` does for streams and for odd servers. What is read here
is read the same there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from swarm.core.messages import Reply, ToolCall
from swarm.llm.call_assembly import MAX_ARGUMENT_BYTES, MAX_CALLS
from swarm.llm.usage import read_usage

BROKEN_OFF = frozenset({"error", "abort", "aborted", "cancelled"})
"""Reasons to end that say that the server has given a reply up."""


def plain_reply(completion: Mapping[str, Any], reported_usage: object, *, request_bytes: int) -> Reply | None:
    """Return the reply of a completion in which the model calls tools; ``None`` for any that has something else in it.

    Args:
        completion: the decoded body.
        reported_usage: the usage that it reports.
        request_bytes: the size of the request, for the estimate when no usage is reported.
    """
    choice = _only_choice(completion)
    message, reason = choice.get("message"), choice.get("finish_reason")
    if type(message) is not dict or type(reason) is not str or not reason or reason in BROKEN_OFF:
        return None
    content, calls = message.get("content") or "", _calls(message.get("tool_calls"))
    if not calls or type(content) is not str or "<think" in content or "</think" in content:
        return None
    if message.get("reasoning_content") is not None or message.get("reasoning") is not None:
        return None
    model = completion.get("model")
    usage = read_usage(reported_usage, request_bytes=request_bytes, output_bytes=len(content) + characters_of(calls))
    return Reply(content, "", "", calls, reason, model if type(model) is str else "", usage)


def characters_of(calls: Iterable[ToolCall]) -> int:
    """Return how large the arguments of calls are."""
    characters = 0
    for call in calls:
        characters += len(call.arguments)
    return characters


def _only_choice(completion: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a completion's only choice, empty where there is another one or an error."""
    choices = completion.get("choices")
    if type(choices) is not list or len(choices) != 1 or "error" in completion or completion.get("object") == "error":
        return {}
    choice = choices[0]
    if type(choice) is not dict or choice.get("index") or choice.get("delta") or completion.get("type") == "error":
        return {}
    return choice


def _calls(entries: object) -> tuple[ToolCall, ...]:
    """Return the calls of a list, empty when it is none or has a call that is not whole or not told apart by its id."""
    if type(entries) is not list or len(entries) > MAX_CALLS:
        return ()
    calls: dict[str, ToolCall] = {}
    for entry in entries:
        call = _call(entry)
        if call is None or call.id in calls or (len(entries) > 1 and "index" in entry):
            return ()
        calls[call.id] = call
    return tuple(calls.values()) if characters_of(calls.values()) <= MAX_ARGUMENT_BYTES else ()


def _call(entry: object) -> ToolCall | None:
    if type(entry) is not dict or type(function := entry.get("function")) is not dict:
        return None
    call_id, name, arguments = entry.get("id"), function.get("name"), function.get("arguments")
    if type(call_id) is str and type(name) is str and type(arguments) is str and call_id and name and arguments:
        return ToolCall(call_id, name, arguments)
    return None
