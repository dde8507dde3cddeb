"""Server-sent events out of bytes, fed in pieces of any size: pure, with the same result for every split."""

from typing import NamedTuple

from swarm.errors import ReplyTooLarge

MAX_EVENT_BYTES = 4 * 1024 * 1024
MAX_BODY_BYTES = 32 * 1024 * 1024

_BOM = b"\xef\xbb\xbf"


class ServerEvent(NamedTuple):
    """One event: its data, lines joined by newlines, and its type (``message`` when the server names none)."""

    data: str
    type: str = "message"


class EventParser:
    """Turns the bytes of an event stream into events.

    Lines end with LF, CRLF or CR; comments and events without data are dropped; bytes that are not UTF-8 become
    replacement characters; an event without the final blank line counts once the stream has ended.

    Args:
        max_event_bytes: how large one line, and the data of one event, may grow.
        max_body_bytes: how much may be fed in all.
    """

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._max_event = max_event_bytes
        self._max_body = max_body_bytes
        self._fed = 0
        self._rest = bytearray()
        self._after_cr = False
        self._first_line = True
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._type = b""

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Take the next bytes and return the events that they complete.

        Raises:
            ReplyTooLarge: a line, an event or the whole body is larger than allowed.
        """
        if not chunk:
            return []
        self.skip(len(chunk))
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._after_cr = chunk.endswith(b"\r")
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        events: list[ServerEvent] = []
        if not (self._rest or self._data or self._type) and len(chunk) <= self._max_event:
            chunk = self._take_whole_events(chunk, events)
        *lines, rest = chunk.split(b"\n")
        if lines and self._rest:
            lines[0] = bytes(self._rest) + lines[0]
            self._rest.clear()
        for line in lines:
            self._take_line(line, events)
        self._rest += rest
        self._check_size(len(self._rest))
        return events

    @property
    def between_events(self) -> bool:
        """Whether the next byte is the first one of an event."""
        return not (self._rest or self._data or self._type or self._after_cr)

    def skip(self, size: int) -> None:
        """Note whole events of so many bytes that somebody else has read. Raises like :meth:`feed`."""
        self._fed += size
        if self._fed > self._max_body:
            raise ReplyTooLarge(f"the reply is larger than {self._max_body} bytes")

    def close(self) -> list[ServerEvent]:
        """Return the event that the end of the stream completes, if there is one."""
        events: list[ServerEvent] = []
        if self._rest:
            self._take_line(bytes(self._rest), events)
            self._rest.clear()
        self._dispatch(events)
        return events

    def _take_whole_events(self, chunk: bytes, events: list[ServerEvent]) -> bytes:
        """Take the events of one data line each that a chunk begins with: most chunks are just that."""
        taken = 0
        while chunk.startswith(b"data: ", taken):
            end = chunk.find(b"\n", taken)
            if end < 0 or chunk[end + 1 : end + 2] != b"\n":
                break
            if end > taken + 6:
                events.append(ServerEvent(chunk[taken + 6 : end].decode("utf-8", "replace")))
            taken = end + 2
        if taken:
            self._first_line = False
        return chunk[taken:]

    def _take_line(self, line: bytes, events: list[ServerEvent]) -> None:
        if self._first_line:
            self._first_line = False
            line = line.removeprefix(_BOM)
        if not line:
            self._dispatch(events)
            return
        name, _, value = line.partition(b":")
        if name == b"data":
            value = value.removeprefix(b" ")
            self._data.append(value)
            self._data_bytes += len(value) + 1
            self._check_size(0)
        elif name == b"event":
            self._type = value.removeprefix(b" ")

    def _dispatch(self, events: list[ServerEvent]) -> None:
        if self._data_bytes > len(self._data):
            data = b"\n".join(self._data).decode("utf-8", "replace")
            events.append(ServerEvent(data, self._type.decode("utf-8", "replace") or "message"))
        self._data.clear()
        self._data_bytes = 0
        self._type = b""

    def _check_size(self, line_bytes: int) -> None:
        if max(line_bytes, self._data_bytes) > self._max_event:
            raise ReplyTooLarge(f"one event of the reply is larger than {self._max_event} bytes")
