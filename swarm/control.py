"""Steering a run from another process: requests are left in the run's mailbox, the answer is read in its journal.

Whoever drives the run looks into the mailbox a few times a second, records each request with its id, and removes it:
a process that dies in between finds the id in the journal and does not carry the request out again.
"""

import asyncio
import time
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from swarm.core.endings import BY_PERSON
from swarm.core.events import Event, NoteRecorded, PauseReason, RunEnded, RunMoved, RunOutcome, RunPaused
from swarm.core.requests import PAUSED_BY_PERSON, PersonAsked, Request, why_refused
from swarm.core.scheduler import Scheduler
from swarm.core.steering import AgentTold
from swarm.core.stimuli import ApproveAsked, CancelAsked, PauseAsked, ReplanWanted, RequestRefused, Stimulus
from swarm.errors import RunOwned, UsageError
from swarm.journal.mailbox import Letter, Mailbox
from swarm.journal.reader import JournalReader, open_reader
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder, RunLock

LOOK_S = 0.2
"""How often the process that drives a run looks into its mailbox."""

ANSWER_S = 5.0
"""How long a request is waited for; it stays in the mailbox after that."""

_POLL_S = 0.05


class Requests:
    """The driver's side of a run's mailbox.

    To be made when the run is taken over: a request to pause that lies there already has come too late.

    Attributes:
        look_s: seconds between two looks into the mailbox.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        self.look_s = LOOK_S
        self._mailbox = mailbox
        mailbox.sweep()
        self._before = frozenset(mailbox.names())
        self._handed: dict[str, str] = {}
        self._passed_over: set[str] = set()

    async def run(self, answered: Container[str], report: Callable[[Stimulus], None]) -> None:
        """Hand over what is left in the mailbox, until cancelled.

        Args:
            answered: ids of the requests that the journal answers already.
            report: told each request, on the event loop.
        """
        while True:
            names = self._mailbox.names(besides=self._passed_over)
            if names:
                for letter in await asyncio.to_thread(self._read, names):
                    self._passed_over.add(letter.name)
                    if letter.request_id in answered:
                        self._remove(letter.name)
                    else:
                        self._handed[letter.request_id] = letter.name
                        report(self._stimulus(letter))
            await asyncio.sleep(self.look_s)

    def _read(self, names: list[str]) -> list[Letter]:
        return [self._mailbox.read(name) for name in names]

    def _stimulus(self, letter: Letter) -> PersonAsked:
        if letter.request is None:
            return RequestRefused(f"a request that cannot be read was thrown away: {letter.problem}", letter.request_id)
        if letter.request.kind == "pause" and letter.name in self._before:
            return RequestRefused("a request to pause was left while nobody drove the run", letter.request_id)
        return letter.request.stimulus(letter.request_id)

    def settle(self, facts: Iterable[Event]) -> None:
        """Remove the requests that these durable facts answer."""
        for fact in facts:
            name = self._handed.pop(getattr(fact, "request_id", ""), "")
            if name:
                self._remove(name)

    def _remove(self, name: str) -> None:
        if self._mailbox.remove(name):
            self._passed_over.discard(name)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request: the event that answers it, ``None`` while it waits for somebody to drive the run."""

    event: Event | None
    driven: bool


def ask(folder: RunFolder, request: Request, *, timeout_s: float = ANSWER_S) -> Answer:
    """Ask something of a run from another process, and wait until its journal holds the answer.

    What nobody drives is cancelled here and now; messages for its agents wait in its mailbox.

    Raises:
        UsageError: it cannot be done: the run has ended, there is no such subtask, nobody drives what is to pause.
        JournalError: the journal cannot be used.
    """
    with open_reader(folder.journal) as reader:
        _refuse_ended(reader)
        after = reader.last_seq()
        if RunLock(folder).owner() is None:
            answer = _ask_undriven(folder, request, reader)
            if answer is not None:
                return answer
        request_id = Mailbox(folder.mailbox).post(request)
        event = _answer_to(reader, folder, request_id, after, timeout_s)
    if isinstance(event, NoteRecorded):
        raise UsageError(event.text, hint=f"`swarm show {folder.run_id}` lists the subtasks.")
    if isinstance(event, RunEnded):
        raise UsageError(f"run {folder.run_id} ended before it could be asked: {event.outcome}")
    return Answer(event, driven=RunLock(folder).owner() is not None)


def _refuse_ended(reader: JournalReader) -> None:
    ended, moved = reader.newest("run_ended"), reader.newest("run_moved")
    if ended is not None and isinstance(ended.event, RunEnded):
        raise UsageError(
            f"run {reader.run_id} has ended already: {ended.event.outcome}",
            hint=f"`swarm report {reader.run_id}` shows its result.",
        )
    if moved is not None and isinstance(moved.event, RunMoved) and moved.seq == reader.last_seq():
        raise UsageError(
            f"run {reader.run_id} was moved: it goes on from {moved.event.archive}",
            hint="Ask it where that file was imported.",
        )


def _ask_undriven(folder: RunFolder, request: Request, reader: JournalReader) -> Answer | None:
    """Deal with a request for a run that nobody drives; ``None`` when somebody began to in the meantime."""
    if request.kind in ("cancel", "approve", "replan"):
        try:
            return Answer(asyncio.run(_decide_undriven(folder, request)), driven=False)
        except RunOwned:
            return None
    if request.kind == "pause":
        raise UsageError(
            f"run {folder.run_id} stands still already: no process drives it",
            hint=f"`swarm resume {folder.run_id}` goes on with it.",
        )
    refused = why_refused(Scheduler.restore(reader.condensed()).state, request.stimulus(""))
    if refused:
        raise UsageError(refused, hint=f"`swarm show {folder.run_id}` lists the subtasks.")
    Mailbox(folder.mailbox).post(request)
    return Answer(None, driven=False)


def _undriven(request: Request) -> CancelAsked | ApproveAsked | ReplanWanted:
    if request.kind == "replan":
        return ReplanWanted(request.text, "", request.subtask_id, driven=False)
    if request.kind == "approve":
        return ApproveAsked(request.plan.subtasks if request.plan else None, driven=False)
    return CancelAsked(request.subtask_id, driven=False)


async def _decide_undriven(folder: RunFolder, request: Request) -> Event:
    """Take a run over for as long as it takes to record that something is cancelled, or the plan approved of."""
    with RunLock(folder):
        journal = SqliteJournal.open(folder.journal)
        try:
            scheduler = Scheduler.restore(journal.condensed())
            state = scheduler.state
            asked = _undriven(request)
            refused = why_refused(state, asked)
            if refused:
                raise UsageError(refused, hint=f"`swarm show {folder.run_id}` lists the subtasks.")
            # A scheduler that is asked to pause starts nothing; whoever drives the run next goes on from these facts.
            paused = PauseAsked(PauseReason.REQUESTED, PAUSED_BY_PERSON)
            facts = scheduler.handle([paused, asked], time.time()).facts
            if state.cancelled and not state.branch_moves:
                facts.append(RunEnded(RunOutcome.CANCELLED, BY_PERSON, state.head))
            await journal.append(*facts)
        finally:
            await journal.close()
    return facts[0]


def _answer_to(reader: JournalReader, folder: RunFolder, request_id: str, after: int, timeout_s: float) -> Event | None:
    deadline = time.monotonic() + timeout_s
    while True:
        # The driver first: what it wrote before it ended is read below.
        driven = RunLock(folder).owner() is not None
        for recorded in reader.events(after=after):
            after = recorded.seq
            event = recorded.event
            answers = getattr(event, "request_id", "") == request_id and not isinstance(event, AgentTold)
            if answers or isinstance(event, RunEnded):
                return event
        if not driven or time.monotonic() > deadline:
            return None
        time.sleep(_POLL_S)


def wait_until_still(folder: RunFolder, *, timeout_s: float) -> RunPaused | RunEnded | None:
    """Wait until the process that drives a run has let go of it, and return how the run stands still.

    Returns:
        ``None`` when it is still driven after ``timeout_s`` seconds, or its driver ended without a word.
    """
    deadline = time.monotonic() + timeout_s
    while RunLock(folder).owner() is not None and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    with open_reader(folder.journal) as reader:
        found = [reader.newest(name) for name in ("run_opened", "run_paused", "run_ended")]
    # Agents that are being cancelled may still record what they know, after the run's end.
    last = max((recorded for recorded in found if recorded), key=lambda recorded: recorded.seq, default=None)
    return last.event if last is not None and isinstance(last.event, RunPaused | RunEnded) else None
