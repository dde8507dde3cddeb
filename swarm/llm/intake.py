"""What becomes of a response while it arrives: kept, read, and timed."""

from collections.abc import Callable

from swarm.failpoints import reach
from swarm.llm.assembler import ReplyAssembler
from swarm.llm.gate import Entry
from swarm.llm.reader import ReplyReader
from swarm.llm.timers import CallTimers
from swarm.protocols import CallSpool


class Intake:
    """Takes the bytes of one response to a chat completion request.

    Args:
        assembler: where the reply is put together.
        timers: told of progress.
        spool: keeps the bytes.
        entry: told of the first token.
        clock: seconds that never run backwards.

    Attributes:
        reader: reads the bytes.
        first_token_s: seconds from the request to the model's first output; ``None`` before it.
    """

    __slots__ = ("_assembler", "_clock", "_entry", "_sent_at", "_spool", "_timers", "first_token_s", "reader")

    def __init__(
        self,
        assembler: ReplyAssembler,
        timers: CallTimers,
        spool: CallSpool | None,
        entry: Entry,
        clock: Callable[[], float],
    ) -> None:
        self.reader = ReplyReader(assembler)
        self.first_token_s: float | None = None
        self._assembler = assembler
        self._timers = timers
        self._spool = spool
        self._entry = entry
        self._clock = clock
        self._sent_at = clock()

    def begin(self) -> None:
        """Note that the endpoint has taken the call on."""
        reach("model.answered")
        if self._spool is not None:
            self._spool.begin()

    def take(self, chunk: bytes) -> None:
        """Take the next bytes. Raises what the reader raises."""
        if self._spool is not None:
            self._spool.write(chunk)
        reach("model.mid-stream")
        events = self.reader.feed(chunk)
        if self.first_token_s is None and self._assembler.has_output:
            self.first_token_s = self._clock() - self._sent_at
            self._entry.first_token(self.first_token_s)
        self._note_progress(events)

    def seconds(self) -> float:
        """Return the seconds from the request to the first output, or until now when there was none."""
        return self._clock() - self._sent_at if self.first_token_s is None else self.first_token_s

    def _note_progress(self, events: int) -> None:
        if self.reader.ended:
            self._timers.closing()
        elif self._assembler.finished:
            self._timers.ending()
        elif events:
            self._timers.data()
        elif self.first_token_s is None:
            self._timers.alive()
