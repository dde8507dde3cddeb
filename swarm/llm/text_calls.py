"""Tool calls that a model printed as text instead of making them: pure.

Small models often know the shape of a call but not the protocol. Only text that can be nothing else counts: the
whole reply is the call's JSON, or its only fenced block is, or it stands in ``<tool_call>`` tags.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass

_TAGGED = re.compile(r"<tool_call>(.*?)</tool_call>", re.DOTALL)
_FENCED = re.compile(r"^```[\w-]*[ \t]*\n(.*?)\n?```[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PrintedCall:
    """A call found in text. ``arguments`` is JSON text."""

    name: str
    arguments: str


def find_printed_calls(text: str, tools: Collection[str]) -> tuple[tuple[PrintedCall, ...], str]:
    """Return the calls that a text holds and what is left of the text without them.

    Args:
        text: the reply's text.
        tools: the names of the tools that were offered; nothing else is taken for a call.
    """
    if "{" not in text:
        return (), text
    whole = _read_call(text, tools)
    if whole:
        return (whole,), ""
    tagged = _TAGGED.findall(text)
    if tagged:
        calls = [_read_call(inside, tools) for inside in tagged]
        found = tuple(call for call in calls if call)
        return (found, _TAGGED.sub("", text).strip()) if len(found) == len(calls) else ((), text)
    fenced = _FENCED.findall(text)
    if len(fenced) == 1:
        call = _read_call(fenced[0], tools)
        if call:
            return (call,), _FENCED.sub("", text).strip()
    return (), text


def _read_call(text: str, tools: Collection[str]) -> PrintedCall | None:
    stripped = text.strip()
    if not stripped.startswith("{"):
        return None
    try:
        value = json.loads(stripped)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and isinstance(value.get("function"), dict):
        value = value["function"]
    if not isinstance(value, dict):
        return None
    name = value.get("name", value.get("tool"))
    arguments = value.get("arguments", value.get("parameters"))
    if not isinstance(name, str) or name not in tools:
        return None
    if isinstance(arguments, str):
        return PrintedCall(name, arguments)
    if isinstance(arguments, dict):
        return PrintedCall(name, json.dumps(arguments, ensure_ascii=False))
    return None
