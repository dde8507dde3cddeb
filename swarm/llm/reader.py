"""A reply out of the bytes of a response, whether they are an event stream or one JSON body: pure."""

from swarm.core.messages import Reply
from swarm.errors import ReplyIncomplete, ReplyInvalid, ReplyTooLarge
from swarm.llm.assembler import ReplyAssembler
from swarm.llm.faults import Complaint, complaint_in_stream
from swarm.llm.json_text import decoded
from swarm.llm.passing import WebPage
from swarm.llm.recurring import RecurringEvent
from swarm.llm.sse import MAX_BODY_BYTES, MAX_EVENT_BYTES, EventParser, ServerEvent

_END_MARK = "[DONE]"
_BOM = b"\xef\xbb\xbf"


class ReplyReader:
    """Reads one response to a chat completion request.

    The bytes decide what it is, not its content type: servers mislabel both.

    Args:
        assembler: where chunks go.
        max_body_bytes: how large the response may be.
    """

    __slots__ = (
        "_assembler",
        "_body",
        "_body_bytes",
        "_ended",
        "_events",
        "_max_body_bytes",
        "_opening",
        "_recurring",
        "_streaming",
    )

    def __init__(self, assembler: ReplyAssembler, *, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._assembler = assembler
        self._events: EventParser
        self._recurring: RecurringEvent
        self._max_body_bytes = max_body_bytes
        self._opening = b""
        self._body: list[bytes] | None = None
        self._body_bytes = 0
        self._streaming = False
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the stream's end mark has come: nothing after it matters."""
        return self._ended

    def feed(self, chunk: bytes) -> int:
        """Take the next bytes; return how many data events they completed.

        Raises:
            Complaint: an event, or the body, is an error.
            ReplyIncomplete: an event is damaged.
            ReplyInvalid: this is no chat completion, or a limit is passed.
        """
        if self._streaming:
            return self._go_on(chunk)
        if self._body is not None:
            self._body.append(chunk)
            self._body_bytes += len(chunk)
            if self._body_bytes > self._max_body_bytes:
                raise ReplyTooLarge(f"the reply is larger than {self._max_body_bytes} bytes")
            return 0
        return self._open(chunk)

    def close(self) -> Reply:
        """Return the reply, the response being over.

        Raises:
            Complaint: what came last is an error.
            ReplyIncomplete: the response broke off.
            ReplyInvalid: this is no chat completion.
        """
        if self._body is not None:
            self._take_body(b"".join(self._body))
        elif self._streaming and not self._assembler.finished:
            # Once the model has ended its turn, a damaged remainder does no harm.
            self._take(self._events.close())
        return self._assembler.finish()

    def _open(self, chunk: bytes) -> int:
        """Find out what the response is by its first bytes that are not blank."""
        self._opening += chunk
        text = self._opening.removeprefix(_BOM).lstrip()
        if (not text or _BOM.startswith(text)) and len(self._opening) <= self._max_body_bytes:
            return 0
        if text[:1] in (b"{", b"["):
            self._body, self._body_bytes = [text], len(text)
            return 0
        if text.startswith(b"<"):
            raise WebPage("the endpoint answered with a web page")
        self._streaming = True
        self._events, self._recurring = EventParser(max_body_bytes=self._max_body_bytes), RecurringEvent()
        opening, self._opening = self._opening, b""
        return self._go_on(opening)

    def _go_on(self, chunk: bytes) -> int:
        """Take more of a stream: event by event as long as events may recur, which are read on a shorter way."""
        events = position = 0
        while position < len(chunk):
            texts, after = self._read_recurring(chunk, position)
            if texts:
                self._events.skip(after - position)
                self._assembler.feed_recurring(self._recurring, texts)
                events += len(texts)
            else:
                found = -1 if self._ended or self._recurring.is_hopeless else chunk.find(b"\n\n", position)
                after = len(chunk) if found < 0 else found + 2
                events += self._take(self._events.feed(chunk[position:after]))
            position = after
        return events

    def _read_recurring(self, chunk: bytes, position: int) -> tuple[list[str], int]:
        if self._ended or len(chunk) > MAX_EVENT_BYTES or not self._events.between_events:
            return [], position
        return self._recurring.read(chunk, position)

    def _take(self, events: list[ServerEvent]) -> int:
        for event in events:
            if self._ended:
                break
            if event.data.strip() == _END_MARK:
                self._ended = True
                self._assembler.end()
            else:
                self._take_event(event)
        return len(events)

    def _take_event(self, event: ServerEvent) -> None:
        try:
            chunk = decoded(event.data)
        except (ValueError, RecursionError) as error:
            raise ReplyIncomplete("the reply holds an event that cannot be read") from error
        if event.type == "error" and isinstance(chunk, dict):
            document = complaint_in_stream({"error": chunk.get("error") or chunk})
            if document is not None:
                raise Complaint(document)
        self._assembler.feed(chunk)
        self._recurring.learn(event.data, chunk)

    def _take_body(self, body: bytes) -> None:
        try:
            completion = decoded(body)
        except ValueError as error:
            raise ReplyIncomplete("the reply's JSON breaks off or is damaged") from error
        except RecursionError as error:
            raise ReplyInvalid("the reply's JSON is nested too deeply") from error
        if isinstance(completion, dict) and "choices" not in completion and not completion.get("error"):
            raise ReplyInvalid("the reply is JSON, but not a chat completion")
        self._assembler.take_whole(completion)


def read_reply(body: bytes, assembler: ReplyAssembler) -> Reply:
    """Return the reply that a whole response holds.

    Raises:
        Complaint: it is an error.
        ReplyIncomplete: it broke off.
        ReplyInvalid: it is no chat completion.
    """
    reader = ReplyReader(assembler)
    try:
        reader.feed(body)
    except ReplyIncomplete:
        # What breaks after the model has ended its turn takes nothing away.
        if not assembler.finished:
            raise
    return reader.close()
