"""The wire form of a completion: one JSON body, or the events of a stream."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from swarm.testing.endpoint.answers import Completion
from swarm.testing.endpoint.request import estimate_tokens
from swarm.testing.endpoint.scenario import Features

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """What a call used, in tokens; ``cached`` is a part of ``input``."""

    input: int
    cached: int
    output: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is the same in every object of one reply."""

    id: str
    model: str
    created: int
    features: Features
    counts: TokenCounts


def output_tokens(completion: Completion) -> int:
    """Return the estimated length of a completion, reasoning and tool calls included."""
    called = "".join(call.name + call.arguments for call in completion.calls)
    return estimate_tokens((completion.content + completion.reasoning + called).encode("utf-8", "replace"))


def whole_body(completion: Completion, envelope: Envelope) -> Json:
    """Return the body of a reply that is not streamed."""
    message: Json = {"role": "assistant", "content": completion.content or (None if completion.calls else "")}
    field = envelope.features.reasoning_field
    if completion.reasoning and field:
        message[field] = completion.reasoning
    if completion.calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in completion.calls
        ]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": completion.finish_reason}
    body = _head(envelope, "chat.completion") | {"choices": [choice]}
    if envelope.features.usage:
        body["usage"] = _usage(envelope)
    return body


def stream_frames(completion: Completion, envelope: Envelope, chunks: int, *, include_usage: bool) -> list[bytes]:
    """Return a streamed reply as writes to the connection, each one or more whole events.

    Args:
        completion: what the model says.
        envelope: what every event repeats.
        chunks: into how many parts of similar length the text is cut, at most.
        include_usage: end with the token counts.
    """
    opening = _event(envelope, {"role": "assistant", "content": ""})
    deltas = [_event(envelope, delta) for delta in _deltas(completion, envelope.features.reasoning_field, chunks)]
    closing = _event(envelope, {}, completion.finish_reason)
    if include_usage:
        closing += _data(_head(envelope, "chat.completion.chunk") | {"choices": [], "usage": _usage(envelope)})
    return [opening, *deltas, closing + b"data: [DONE]\n\n"]


def _deltas(completion: Completion, reasoning_field: str, chunks: int) -> Iterator[Json]:
    reasoning = completion.reasoning if reasoning_field else ""
    texts = [reasoning, completion.content, *(call.arguments for call in completion.calls)]
    size = max(1, -(-sum(map(len, texts)) // chunks))
    for piece in _pieces(reasoning, size):
        yield {reasoning_field: piece}
    for piece in _pieces(completion.content, size):
        yield {"content": piece}
    for index, call in enumerate(completion.calls):
        first, *rest = _pieces(call.arguments, size) or [""]
        function = {"name": call.name, "arguments": first}
        yield {"tool_calls": [{"index": index, "id": call.id, "type": "function", "function": function}]}
        for piece in rest:
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _event(envelope: Envelope, delta: Json, finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return _data(_head(envelope, "chat.completion.chunk") | {"choices": [choice]})


def _data(payload: Json) -> bytes:
    return b"data: " + encode(payload) + b"\n\n"


def encode(payload: Json) -> bytes:
    """Return a JSON value as the bytes that are sent."""
    return json.dumps(payload, ensure_ascii=True, separators=(",", ":")).encode()


def _head(envelope: Envelope, kind: str) -> Json:
    return {"id": envelope.id, "object": kind, "created": envelope.created, "model": envelope.model}


def _usage(envelope: Envelope) -> Json:
    counts = envelope.counts
    usage: Json = {
        "prompt_tokens": counts.input,
        "completion_tokens": counts.output,
        "total_tokens": counts.input + counts.output,
    }
    if envelope.features.cached_tokens:
        usage["prompt_tokens_details"] = {"cached_tokens": counts.cached}
    return usage
