"""Bodies of requests, to which a growing conversation only adds: what was said before is not encoded again."""

import itertools
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from swarm.core.messages import Message
from swarm.llm.codec import (
    encode_message,
    encode_opening,
    encode_options,
    encode_request,
    speaks_natively,
    tool_names,
)
from swarm.llm.dialects import Dialect
from swarm.llm.json_text import encoded
from swarm.protocols import ModelRequest

MAX_KEPT_BYTES = 128 * 1024 * 1024
_MAX_OPENINGS = 64


class _Kept:
    """The messages of one conversation as JSON, with commas between them, and where each of them ends.

    ``closing`` is what stood after them in its last request, and ``options`` what that was made of.
    """

    __slots__ = ("closing", "data", "echo", "ends", "messages", "options")

    def __init__(self, echo: tuple[str, ...]) -> None:
        self.echo = echo
        self.options: tuple[Dialect, int | None, float | None] | None = None
        self.closing = b""
        self.messages: list[Message] = []
        self.data = bytearray()
        self.ends: list[int] = []

    def become(self, messages: Sequence[Message], dialect: Dialect) -> None:
        """Keep what the messages have in common with those that are kept, and encode the others."""
        common = len(self.messages)
        if self.messages != list(messages[:common]):
            pairs = zip(self.messages, messages, strict=False)
            common = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
            del self.messages[common:], self.ends[common:]
            del self.data[self.ends[-1] if self.ends else 0 :]
        for message in messages[common:]:
            if self.ends:
                self.data += b","
            self.data += encoded(encode_message(message, dialect))
            self.ends.append(len(self.data))
            self.messages.append(message)


class Body(NamedTuple):
    """The body of a request, and the names of the tools that it offers."""

    data: bytes
    tools: frozenset[str]


class _Opening(NamedTuple):
    """What requests begin with, the names of the tools in it, and of what it was made."""

    data: bytes
    tools: frozenset[str]
    parts: tuple[object, ...]


class _Openings:
    """What requests that offer the same tools begin with, encoded once: tools and schemas are long and few."""

    def __init__(self) -> None:
        self._encoded: dict[tuple[object, ...], _Opening] = {}

    def of(self, request: ModelRequest, model: str, dialect: Dialect) -> _Opening:
        """Return the opening of a request up to its messages."""
        parts = (dialect, request.schema, *request.tools)
        key = (model, *map(id, parts))
        known = self._encoded.get(key)
        if known is None:
            opening = encoded(encode_opening(request, model, dialect))[:-1] + b',"messages":['
            if len(self._encoded) >= _MAX_OPENINGS:
                self._encoded.pop(next(iter(self._encoded)))
            # As long as the parts are kept nothing else has their ids.
            known = self._encoded[key] = _Opening(opening, tool_names(request, dialect), parts)
        return known


class Bodies:
    """Makes the bodies of one endpoint's requests: what :func:`swarm.llm.codec.encode_request` returns, as JSON.

    Conversations are told apart by their affinity. Those that have not been heard of for longest are forgotten.

    Args:
        max_kept_bytes: how much is remembered, all conversations together.
    """

    def __init__(self, max_kept_bytes: int = MAX_KEPT_BYTES) -> None:
        self._max_kept = max_kept_bytes
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._openings = _Openings()
        self.kept_bytes = 0

    def body(self, request: ModelRequest, model: str, dialect: Dialect, temperature: float | None = None) -> Body:
        """Return the body of a request.

        Args:
            request: what is asked.
            model: the model's name at the endpoint.
            dialect: how the endpoint wants to be asked.
            temperature: how the reply is sampled, where the dialect takes that.
        """
        if not request.affinity or not speaks_natively(request, dialect):
            data = encoded(encode_request(request, model, dialect, temperature))
            return Body(data, tool_names(request, dialect))
        opening, kept = self._openings.of(request, model, dialect), self._conversation(request, dialect)
        options = (dialect, request.max_output_tokens, temperature)
        if kept.options != options:
            fields = encode_options(request, dialect, temperature)
            kept.options, kept.closing = options, b"]," + encoded(fields)[1:] if fields else b"]}"
        return Body(b"".join((opening.data, kept.data, kept.closing)), opening.tools)

    def _conversation(self, request: ModelRequest, dialect: Dialect) -> _Kept:
        echo = dialect.reasoning_echo[:1]
        kept = self._kept.pop(request.affinity, None)
        if kept is not None:
            self.kept_bytes -= len(kept.data)
        if kept is None or kept.echo != echo:
            kept = _Kept(echo)
        kept.become(request.messages, dialect)
        self._kept[request.affinity] = kept
        self.kept_bytes += len(kept.data)
        while self.kept_bytes > self._max_kept:
            self.kept_bytes -= len(self._kept.popitem(last=False)[1].data)
        return kept
