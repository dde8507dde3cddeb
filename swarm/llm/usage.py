"""The tokens a call used, out of the many shapes in which servers report them: pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from swarm.core.limits import Usage

_BYTES_PER_TOKEN = 4
_TOKENS_ABSURD = 50_000_000
_LONGEST_TOKEN_BYTES = 128
_TEMPLATE_TOKENS = 10_000
_CACHED = (
    ("prompt_tokens_details", "cached_tokens"),
    ("input_tokens_details", "cached_tokens"),
    ("prompt_cache_hit_tokens",),
    ("cached_tokens",),
    ("cache_read_input_tokens",),
    ("prompt_tokens_details", "cache_read_tokens"),
)
_REASONING = (
    ("completion_tokens_details", "reasoning_tokens"),
    ("output_tokens_details", "reasoning_tokens"),
    ("reasoning_tokens",),
)


def read_usage(reported: object, *, request_bytes: int, output_bytes: int) -> Usage:
    """Return what a server reported, or an estimate where it reported nothing that can be true.

    Args:
        reported: the usage object, of any shape, or None.
        request_bytes: the size of the request's body.
        output_bytes: the size of the text, reasoning and arguments that came back.
    """
    if isinstance(reported, dict):
        usage = _reported(reported)
        # No tokenizer makes more tokens than bytes, beyond what the chat template adds.
        inputs_fit = 0 < usage.input_tokens <= request_bytes + _TEMPLATE_TOKENS
        # Nor does one make so long ones.
        outputs_fit = output_bytes // _LONGEST_TOKEN_BYTES <= usage.output_tokens <= _TOKENS_ABSURD
        if inputs_fit and usage.output_tokens >= 0 and outputs_fit:
            return usage
    return Usage(
        input_tokens=-(-request_bytes // _BYTES_PER_TOKEN),
        output_tokens=-(-output_bytes // _BYTES_PER_TOKEN),
        estimated=True,
    )


def usage_of(chunk: Mapping[str, Any]) -> object:
    """Return the usage object of a chunk or completion, wherever the server puts it, or None."""
    if isinstance(chunk.get("usage"), dict):
        return chunk["usage"]
    choices = chunk.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict) and choices[0].get("usage"):
        return choices[0]["usage"]
    extra = chunk.get("x_groq")
    if isinstance(extra, dict) and extra.get("usage"):
        return extra["usage"]
    return _timings(chunk.get("timings"))


def _timings(timings: object) -> object:
    """Return the counts of llama.cpp's own report, as a usage object."""
    if not isinstance(timings, dict) or "prompt_n" not in timings:
        return None
    cached = _count(timings.get("cache_n"))
    return {
        "prompt_tokens": _count(timings.get("prompt_n")) + cached,
        "completion_tokens": timings.get("predicted_n"),
        "cached_tokens": cached,
    }


def cached_tokens_field(usage: object) -> str:
    """Return the field in which a usage object reports cached tokens, empty when it has none."""
    named = (path for path in _CACHED if _at(usage, path) is not None)
    return ".".join(next(named, ()))


def _reported(usage: Mapping[str, Any]) -> Usage:
    inputs = _first(usage, "prompt_tokens", "input_tokens")
    outputs = _first(usage, "completion_tokens", "output_tokens")
    cached = _largest(usage, _CACHED)
    reasoning = _largest(usage, _REASONING)
    if reasoning > 0 and _count(usage.get("total_tokens")) == inputs + outputs + reasoning:
        outputs += reasoning  # Some servers do not count reasoning as a part of what was written.
    return Usage(
        input_tokens=inputs,
        cached_tokens=max(0, min(cached, inputs)),
        output_tokens=outputs,
        reasoning_tokens=max(0, min(reasoning, outputs)),
    )


def _largest(usage: Mapping[str, Any], paths: Iterable[tuple[str, ...]]) -> int:
    """Return the largest of the counts that are there."""
    largest = 0
    for path in paths:
        if path[0] in usage:
            largest = max(largest, _count(_at(usage, path)))
    return largest


def _first(usage: Mapping[str, Any], *names: str) -> int:
    for name in names:
        if usage.get(name) is not None:
            return _count(usage[name])
    return 0


def _at(usage: object, path: tuple[str, ...]) -> object:
    for name in path:
        if not isinstance(usage, dict):
            return None
        usage = usage.get(name)
    return usage


def _count(value: object) -> int:
    """Return a count of tokens; -1 for what is none, so that the report is not believed."""
    if value is None:
        return 0
    if type(value) is int and 0 <= value <= _TOKENS_ABSURD:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _TOKENS_ABSURD:
        return -1
    return int(value)
