"""Bodies of requests, to which a growing conversation only adds: what was said before is not encoded again."""

from collections import OrderedDict
from collections.abc import Sequence

from swarm.core.messages import Message
from swarm.llm.codec import Json, encode_message, encode_messages, speaks_natively, to_bytes
from swarm.llm.dialects import Dialect
from swarm.protocols import ModelRequest

MAX_KEPT_BYTES = 128 * 1024 * 1024


class _Kept:
    """The messages of one conversation as JSON, with commas between them, and where each of them ends."""

    __slots__ = ("data", "echo", "ends", "messages")

    def __init__(self, echo: tuple[str, ...]) -> None:
        self.echo = echo
        self.messages: list[Message] = []
        self.data = bytearray()
        self.ends: list[int] = []

    def become(self, messages: Sequence[Message], dialect: Dialect) -> None:
        """Keep what the messages have in common with those that are kept, and encode the others."""
        common = 0
        for ours, theirs in zip(self.messages, messages, strict=False):
            if ours is not theirs and ours != theirs:
                break
            common += 1
        del self.messages[common:], self.ends[common:]
        del self.data[self.ends[-1] if self.ends else 0 :]
        for message in messages[common:]:
            if self.ends:
                self.data += b","
            self.data += to_bytes(encode_message(message, dialect))
            self.ends.append(len(self.data))
            self.messages.append(message)


class Bodies:
    """Makes the bodies of one endpoint's requests: exactly the bytes of :func:`swarm.llm.codec.encode_request`.

    Conversations are told apart by their affinity. Those that have not been heard of for longest are forgotten.

    Args:
        max_kept_bytes: how much is remembered, all conversations together.
    """

    def __init__(self, max_kept_bytes: int = MAX_KEPT_BYTES) -> None:
        self._max_kept = max_kept_bytes
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self.kept_bytes = 0

    def body(self, request: ModelRequest, frame: Json, dialect: Dialect) -> bytes:
        """Return the body of a request.

        Args:
            request: what is asked.
            frame: the body with an empty list for the messages.
            dialect: how the endpoint wants to be asked.
        """
        if not request.affinity or not speaks_natively(request, dialect):
            return to_bytes(frame | {"messages": encode_messages(request, dialect)})
        names = list(frame)
        place = names.index("messages")
        before = to_bytes({name: frame[name] for name in names[:place]})
        after = to_bytes({name: frame[name] for name in names[place + 1 :]})
        end = b"]}" if after == b"{}" else b"]," + after[1:]
        return b"".join((before[:-1], b',"messages":[', self._messages(request, dialect), end))

    def _messages(self, request: ModelRequest, dialect: Dialect) -> bytearray:
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
        return kept.data
