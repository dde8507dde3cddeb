"""What families of servers do differently, as data, and what a refusal teaches about one endpoint.

Each optional part of a request is a tuple of ways to say it, the best first. What an endpoint refuses is dropped
for that endpoint, so that the next way is used; when none is left the part is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from swarm.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family of servers wants to be asked.

    Attributes:
        family: its name.
        checked: the day the entry was last compared with the family's documentation.
        tools: how tools are offered: ``native``, or ``text``: described in the prompt and called by a JSON object.
        tool_choice: values of ``tool_choice`` sent along with tools.
        structured: how an answer of a given shape is asked for: ``json_schema`` and ``json_object`` by
            ``response_format``, ``tool`` through a call of one tool, ``text`` by the prompt alone.
        output_limit: names of the field that limits the reply's length.
        streaming: whether replies are asked for as streams.
        stream_usage: whether ``stream_options`` asks for usage at the end of a stream.
        parallel_calls: values of ``parallel_tool_calls`` sent along with tools.
        affinity: names of the field that keeps calls with one prefix together.
    """

    family: str
    checked: str
    tools: tuple[str, ...] = ("native", "text")
    tool_choice: tuple[str, ...] = ("required", "auto")
    structured: tuple[str, ...] = ("json_schema", "tool", "text")
    output_limit: tuple[str, ...] = ("max_tokens", "max_completion_tokens")
    streaming: tuple[bool, ...] = (True,)
    stream_usage: tuple[bool, ...] = (True,)
    parallel_calls: tuple[bool, ...] = ()
    affinity: tuple[str, ...] = ()

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


_CHECKED = "2026-11-23"
DIALECTS: Mapping[str, Dialect] = {
    dialect.family: dialect
    for dialect in (
        Dialect("default", _CHECKED),
        Dialect(
            "openai",
            _CHECKED,
            output_limit=("max_completion_tokens", "max_tokens"),
            parallel_calls=(True,),
            affinity=("prompt_cache_key",),
        ),
        # Knows JSON mode but no schema; a forced call of one tool holds to the schema better.
        Dialect("deepseek", _CHECKED, structured=("tool", "json_object", "text")),
        # Refuses a forced call while it thinks, and thinking cannot be switched off on the newer models.
        Dialect(
            "kimi",
            _CHECKED,
            tool_choice=("auto",),
            output_limit=("max_completion_tokens", "max_tokens"),
            affinity=("prompt_cache_key",),
        ),
        # Gives one call a reply unless told that more are welcome.
        Dialect("llama.cpp", _CHECKED, parallel_calls=(True,)),
        Dialect("vllm", _CHECKED),
        # Takes tool_choice without a word and ignores it.
        Dialect("ollama", _CHECKED, tool_choice=(), output_limit=("max_tokens",)),
    )
}

# What servers say when they have no tools at all; to name a wrong part of one tool is something else.
_NO_TOOLS = (
    r"(not|n't|that) support\b.{0,30}\b(tool|function)|\btools?\b.{0,40}\bnot (supported|available|enabled)"
    r"|unsupported.{0,30}\btools?\b|\btools?\b.{0,40}\brequires? .{0,4}--"
)

_FAMILY_BY_HOST: tuple[tuple[str, str], ...] = (
    (r"(^|\.)openai\.com$", "openai"),
    (r"(^|\.)deepseek\.com$", "deepseek"),
    (r"(^|\.)(moonshot\.(ai|cn)|kimi\.com)$", "kimi"),
    (r"ollama", "ollama"),
    (r"vllm", "vllm"),
    (r"llama", "llama.cpp"),
)
_OLLAMA_PORT = 11434


def dialect_for(base_url: str, family: str = "") -> Dialect:
    """Return the dialect of a family, or the one that fits the base URL.

    Raises:
        ConfigError: there is no family of that name.
    """
    if family:
        if family not in DIALECTS:
            raise ConfigError(f"there is no dialect {family!r}", hint=f"Choose one of: {', '.join(DIALECTS)}.")
        return DIALECTS[family]
    parts = urlsplit(base_url)
    if parts.port == _OLLAMA_PORT:
        return DIALECTS["ollama"]
    host = parts.hostname or ""
    for pattern, name in _FAMILY_BY_HOST:
        if re.search(pattern, host):
            return DIALECTS[name]
    return DIALECTS["default"]


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
        ("streaming", r"\bstream(ing)?\b.{0,40}\b(not|un)|\bnot support.{0,20}\bstream", "stream" in payload),
    )
