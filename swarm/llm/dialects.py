"""How servers differ in what they want to be asked, and what a refusal teaches about one endpoint.

Each optional part of a request is a tuple of ways to say it, the best first. What an endpoint refuses is dropped
for that endpoint, so that the next way is used; when none is left the part is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family of servers wants to be asked.

    Attributes:
        family: its name.
        checked: the day the entry was last compared with the family's documentation.
        tools: how tools are offered: ``native``; or described in the prompt and called by one JSON object a turn, to
            which a schema holds the model (``action``) or nothing but the prompt (``text``).
        tool_choice: values of ``tool_choice`` sent along with tools.
        structured: how an answer of a given shape is asked for: ``json_schema`` and ``json_object`` by
            ``response_format``, ``tool`` through a call of one tool, ``text`` by the prompt alone.
        output_limit: names of the field that limits the reply's length.
        streaming: whether replies are asked for as streams.
        stream_usage: whether ``stream_options`` asks for usage at the end of a stream.
        parallel_calls: values of ``parallel_tool_calls`` sent along with tools.
        affinity: names of the field that keeps calls with one prefix together.
        sampling: sampling parameters that it takes; some models insist on their own.
        reasoning_echo: how the reasoning of an earlier turn goes back: ``as_received`` under the name that it came
            with, or under the field named here, which every turn with tool calls then has.
        session_headers: headers by which balancers keep the calls of one session on one server.
        cache_tokens: the shortest prefix that its cache keeps, in tokens.
        trusted_tools: its native tool calls are known to be good and need no trial.
    """

    family: str
    checked: str
    tools: tuple[str, ...] = ("native", "action", "text")
    tool_choice: tuple[str, ...] = ("required", "auto")
    structured: tuple[str, ...] = ("json_schema", "tool", "text")
    output_limit: tuple[str, ...] = ("max_tokens", "max_completion_tokens")
    streaming: tuple[bool, ...] = (True,)
    stream_usage: tuple[bool, ...] = (True,)
    parallel_calls: tuple[bool, ...] = ()
    affinity: tuple[str, ...] = ()
    sampling: tuple[str, ...] = ("temperature",)
    reasoning_echo: tuple[str, ...] = ("as_received", "reasoning_content")
    session_headers: tuple[str, ...] = ("x-session-id",)
    cache_tokens: int = 64
    trusted_tools: bool = False

    def without(self, refused: "Refused") -> "Dialect":
        """Return the dialect without a refused way; unchanged when that way was given up already."""
        ways = getattr(self, refused.part)
        left: dict[str, Any] = {refused.part: tuple(way for way in ways if way != refused.way)}
        return replace(self, **left)


@dataclass(frozen=True, slots=True)
class Refused:
    """A part of a request, and the way of saying it, that an endpoint does not take."""

    part: str
    way: str | bool


# What servers say when they have no tools at all; to name a wrong part of one tool is something else.
_NO_TOOLS = (
    r"(not|n't|that) support\b.{0,30}\b(tool|function)|\btools?\b.{0,40}\bnot (supported|available|enabled)"
    r"|unsupported.{0,30}\btools?\b|\btools?\b.{0,40}\brequires? .{0,4}--"
)
# A server complains of a turn's reasoning both when it wants none and when it misses it.
_REASONING = (
    r"reasoning_content|\b(property|field|parameter|key)\b.{0,20}\breasoning\b|\breasoning\b'? is (un|not|missing)"
)


def refused_part(payload: Mapping[str, Any], dialect: Dialect, complaint: str, *, shaped: bool) -> Refused | None:
    """Return what an endpoint refused of a request, or None when its complaint names nothing that can be left out.

    Args:
        payload: the request that was refused.
        dialect: the dialect that it was written in.
        complaint: the error's own words, the parameter's name included where it gave one.
        shaped: the request asked for an answer of a given shape, so tools in it are the dialect's way to that.
    """
    words = complaint.lower()
    for part, field_pattern, sent in _sent_parts(payload, dialect, shaped):
        ways = getattr(dialect, part)
        if sent and ways and re.search(field_pattern, words):
            return Refused(part, ways[0])
    return None


def _sent_parts(payload: Mapping[str, Any], dialect: Dialect, shaped: bool) -> tuple[tuple[str, str, bool], ...]:
    """Return each part with the words by which complaints name it, and whether the request held it."""
    limits = dialect.output_limit[:1]
    return (
        ("stream_usage", r"stream_options|include_usage", "stream_options" in payload),
        ("parallel_calls", r"parallel_tool_calls|parallel tool calls", "parallel_tool_calls" in payload),
        (
            "structured",
            r"response_format|response format|json_schema|json schema|structured output|grammar|guided",
            "response_format" in payload,
        ),
        ("tool_choice", r"tool_choice|tool choice|toolchoice|grammar", "tool_choice" in payload),
        ("structured", r"\btools?\b|function", shaped and "tools" in payload),
        ("tools", _NO_TOOLS, not shaped and "tools" in payload),
        ("output_limit", r"max_tokens|max_completion_tokens", any(name in payload for name in limits)),
        ("affinity", r"prompt_cache_key", "prompt_cache_key" in payload),
        ("sampling", r"\btemperature\b", "temperature" in payload),
        ("streaming", r"\bstream(ing)?\b.{0,40}\b(not|un)|\bnot support.{0,20}\bstream", "stream" in payload),
        ("reasoning_echo", _REASONING, any(turn.get("role") == "assistant" for turn in payload["messages"])),
    )
