"""Tool calls that a model printed as text instead of making them: pure.

Small models often know the shape of a call but not the protocol. Only text that can be nothing else counts: the
whole reply is the call's JSON, or its only fenced block is, or it stands in ``<tool_call>`` tags.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass

MAX_TEXT = 1024 * 1024
"""Longer replies are not searched for calls."""

_OPEN, _CLOSE = "<tool_call>", "</tool_call>"


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
    if "{" not in text or len(text) > MAX_TEXT:
        return (), text
    whole = _read_call(text, tools)
    if whole:
        return (whole,), ""
    inside, outside = _tagged(text)
    if inside:
        calls = [_read_call(part, tools) for part in inside]
        found = tuple(call for call in calls if call)
        return (found, outside) if len(found) == len(calls) else ((), text)
    return _in_the_only_fence(text, tools)


def _tagged(text: str) -> tuple[list[str], str]:
    """Return what stands in ``<tool_call>`` tags, and the text around them. Reads the text once."""
    inside: list[str] = []
    outside: list[str] = []
    position = 0
    while True:
        opened = text.find(_OPEN, position)
        closed = text.find(_CLOSE, opened + len(_OPEN)) if opened >= 0 else -1
        if closed < 0:
            outside.append(text[position:])
            return inside, "".join(outside).strip()
        outside.append(text[position:opened])
        inside.append(text[opened + len(_OPEN) : closed])
        position = closed + len(_CLOSE)


def _in_the_only_fence(text: str, tools: Collection[str]) -> tuple[tuple[PrintedCall, ...], str]:
    pieces = text.split("```", 3)
    if len(pieces) != 3 or not _at_line_start(pieces[0]) or not _at_line_start(pieces[1]):
        return (), text
    language, newline, inside = pieces[1].partition("\n")
    call = _read_call(inside, tools) if newline and len(language.split()) <= 1 else None
    return ((call,), (pieces[0] + pieces[2]).strip()) if call else ((), text)


def _at_line_start(before: str) -> bool:
    return not before or before.endswith("\n")


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
