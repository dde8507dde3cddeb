"""What every journal must do, as tests that any implementation can run.

Subclass :class:`JournalConformance` in a test module and give it a fixture ``open_journal``::

    class TestMyJournal(JournalConformance):
        @pytest.fixture
        def open_journal(self, tmp_path):
            def open_journal(subscriber=None):
                return MyJournal(tmp_path / "journal", subscriber=subscriber)

            return open_journal

Every call of it opens the *same* store anew, as a process does that takes a run over: the first call creates the store,
and each later one fences the writers before it. The tests are coroutines: they need ``pytest-asyncio`` in its mode
``auto``, or a plug-in like it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from swarm.core.events import AgentNudged, Event, NoteRecorded, Recorded, ToolReturned
from swarm.errors import JournalError, JournalFenced
from swarm.protocols import Journal

Failure = TypeVar("Failure", bound=Exception)


class OpenJournal(Protocol):
    """Opens the same store anew at every call."""

    def __call__(self, subscriber: Callable[[Recorded], None] | None = None) -> Journal:
        """Return a journal over the store that calls ``subscriber`` with every event as it is numbered."""
        ...


STRANGE_TEXTS = (
    "",
    "line\nline\r\n\ttab \x00 nul \x1b[31m escape",
    "\x1f" + "0" * 64,
    "\x1f",
    "lone surrogates: \ud800 and \udfff",
    "é 漢字 🐝",
    "large " * 2_000,
    "\x1flarge " * 2_000,
    '{"seq": 1, "type": "run_ended"}',
)
"""Texts that a store is tempted to mistake, mangle or refuse."""


class JournalConformance:
    """The tests. Each opens the store through the fixture ``open_journal``."""

    async def test_events_come_back_in_order_and_equal(self, open_journal: OpenJournal) -> None:
        """What was appended is read back, numbered from 1."""
        journal = open_journal()
        events = [_returned("a@1", number) for number in range(20)]
        for event in events[:10]:
            await journal.append(event)
        await journal.append(*events[10:])
        read = list(journal.read())
        await journal.close()
        assert [recorded.event for recorded in read] == events
        assert [recorded.seq for recorded in read] == list(range(1, 21))

    async def test_any_text_survives(self, open_journal: OpenJournal) -> None:
        """Control characters, lone surrogates, large texts and texts that look like the store's own come back."""
        journal = open_journal()
        events = [_returned("a@1", number, text) for number, text in enumerate(STRANGE_TEXTS)]
        await journal.append(*events)
        await journal.close()
        assert await _events(open_journal) == events

    async def test_appending_nothing_returns_at_once(self, open_journal: OpenJournal) -> None:
        """An empty append records nothing and does not wait."""
        journal = open_journal()
        coroutine = journal.append()
        assert _first_wait(coroutine) is None, "it waited for something"
        assert list(journal.read()) == []
        await journal.close()

    async def test_subscriber_is_called_before_the_append_waits(self, open_journal: OpenJournal) -> None:
        """Numbers are given and shown in the order of the calls, before any of them is on disk."""
        seen: list[Recorded] = []
        journal = open_journal(seen.append)
        appends = [asyncio.create_task(journal.append(_returned("a@1", number))) for number in range(10)]
        await asyncio.sleep(0)  # Each of them has run up to where it waits.
        early = list(seen)
        await asyncio.gather(*appends)
        read = list(journal.read())
        await journal.close()
        assert [recorded.event for recorded in early] == [_returned("a@1", number) for number in range(10)]
        assert read == seen == early

    async def test_many_appenders_lose_and_mix_nothing(self, open_journal: OpenJournal) -> None:
        """Events of one append stay together; all appends of 300 agents are there, in the order shown."""
        seen: list[Recorded] = []
        journal = open_journal(seen.append)

        async def agent(number: int) -> None:
            for step in range(3):
                await journal.append(_returned(f"s{number}@1", step), AgentNudged(f"s{number}@1", step, "go on"))

        async with asyncio.TaskGroup() as group:
            for number in range(300):
                group.create_task(agent(number))
        read = list(journal.read())
        await journal.close()
        assert read == seen
        assert len(read) == 300 * 3 * 2
        for returned, nudged in zip(read[::2], read[1::2], strict=True):
            assert isinstance(returned.event, ToolReturned)
            assert nudged.event == AgentNudged(returned.event.attempt_id, returned.event.step, "go on")

    async def test_reading_a_part(self, open_journal: OpenJournal) -> None:
        """``after`` and ``attempt_id`` choose events, alone and together."""
        journal = open_journal()
        await journal.append(*(_returned(f"a@{1 + number % 2}", number) for number in range(10)), NoteRecorded("note"))
        assert [recorded.seq for recorded in journal.read(after=8)] == [9, 10, 11]
        assert [recorded.seq for recorded in journal.read(attempt_id="a@1")] == [1, 3, 5, 7, 9]
        assert [recorded.seq for recorded in journal.read(after=5, attempt_id="a@1")] == [7, 9]
        assert list(journal.read(after=11)) == []
        assert list(journal.read(attempt_id="a")) == [], "an id is not a prefix"
        await journal.close()

    async def test_a_slow_reader_neither_blocks_nor_is_blocked(self, open_journal: OpenJournal) -> None:
        """Appends go on while somebody is in the middle of reading."""
        journal = open_journal()
        await journal.append(*(_returned("a@1", number) for number in range(1_500)))
        reading = journal.read()
        first = next(reading)
        await asyncio.wait_for(journal.append(_returned("a@1", 1_500)), 30)
        rest = list(reading)
        await journal.close()
        assert [recorded.seq for recorded in (first, *rest)][:1_500] == list(range(1, 1_501))

    async def test_reopening_goes_on_where_it_ended(self, open_journal: OpenJournal) -> None:
        """A later writer finds everything and numbers on."""
        events: list[Event] = []
        for opening in range(3):
            journal = open_journal()
            events.append(_returned("a@1", opening))
            await journal.append(events[-1])
            read = list(journal.read())
            await journal.close()
            assert [recorded.event for recorded in read] == events
            assert [recorded.seq for recorded in read] == list(range(1, opening + 2))

    async def test_a_newer_writer_fences_the_older(self, open_journal: OpenJournal) -> None:
        """The older writer's events are refused, then and for good; the newer one's are not disturbed."""
        older = open_journal()
        await older.append(_returned("a@1", 0))
        newer = open_journal()
        await _raises(JournalFenced, older.append(_returned("a@1", 1)))
        await newer.append(_returned("a@1", 2))
        await _raises(JournalFenced, older.append(_returned("a@1", 3)))
        await older.close()
        await newer.append(_returned("a@1", 4))
        await newer.close()
        assert await _events(open_journal) == [_returned("a@1", number) for number in (0, 2, 4)]

    async def test_everyone_who_waits_hears_of_a_failure(self, open_journal: OpenJournal) -> None:
        """All appends that wait when the journal breaks raise; none hangs."""
        older = open_journal()
        newer = open_journal()
        appends = [asyncio.create_task(older.append(_returned("a@1", number))) for number in range(50)]
        outcomes = await asyncio.wait_for(asyncio.gather(*appends, return_exceptions=True), 30)
        assert all(isinstance(outcome, JournalFenced) for outcome in outcomes)
        await older.close()
        await newer.close()
        assert await _events(open_journal) == []

    async def test_a_cancelled_append_is_not_undone(self, open_journal: OpenJournal) -> None:
        """Who stops waiting does not know, but the event that was shown is committed."""
        seen: list[Recorded] = []
        journal = open_journal(seen.append)
        appends = [asyncio.create_task(journal.append(_returned("a@1", number))) for number in range(20)]
        await asyncio.sleep(0)
        for append in appends:
            append.cancel()
        await asyncio.gather(*appends, return_exceptions=True)
        await journal.append(_returned("a@1", 20))
        await journal.close()
        assert await _events(open_journal) == [recorded.event for recorded in seen]
        assert len(seen) == 21

    async def test_closing_commits_what_waits(self, open_journal: OpenJournal) -> None:
        """Events shown before the close are on disk after it, and their appends have returned."""
        journal = open_journal()
        appends = [asyncio.create_task(journal.append(_returned("a@1", number))) for number in range(100)]
        await asyncio.sleep(0)
        await journal.close()
        await asyncio.wait_for(asyncio.gather(*appends), 30)
        assert await _events(open_journal) == [_returned("a@1", number) for number in range(100)]

    async def test_closing_twice_and_appending_to_a_closed_journal(self, open_journal: OpenJournal) -> None:
        """A second close does nothing; an append after it is refused."""
        journal = open_journal()
        await journal.close()
        await journal.close()
        await _raises(JournalError, journal.append(_returned("a@1", 0)))
        assert await _events(open_journal) == []


def _returned(attempt_id: str, step: int, content: str = "ok") -> ToolReturned:
    return ToolReturned(attempt_id, step, 0, content, failed=False, seconds=0.5)


async def _events(open_journal: OpenJournal) -> list[Event]:
    journal = open_journal()
    try:
        return [recorded.event for recorded in journal.read()]
    finally:
        await journal.close()


async def _raises(kind: type[Failure], awaitable: Awaitable[object]) -> Failure:
    try:
        await asyncio.wait_for(_result(awaitable), 30)
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


async def _result(awaitable: Awaitable[object]) -> object:
    return await awaitable


def _first_wait(awaitable: Awaitable[object]) -> object:
    try:
        return next(iter(awaitable.__await__()))
    except StopIteration:
        return None
