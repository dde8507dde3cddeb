"""One attempt's talk with a model, recorded: intent before the call, the reply before anything is built on it."""

import asyncio
import contextlib
import hashlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType

from swarm.budgeting import Estimate, OverBudget, Purse
from swarm.core.accounts import lost_with
from swarm.core.compaction import (
    COMPACTOR_RULES,
    MAX_IN_A_ROW,
    SUMMARY_TOKENS,
    ConversationCompacted,
    SummaryCalled,
    choose_cut,
    compacted,
    is_enough,
    record_of,
    size_of,
    without_summary,
)
from swarm.core.events import (
    AttemptOpened,
    Event,
    ModelCalled,
    ModelDelayed,
    ModelFailed,
    ModelReplied,
    NoteRecorded,
    spent_on,
)
from swarm.core.limits import NOTHING, Reservation, Spent
from swarm.core.messages import Message, Reply, Role, is_other_model
from swarm.core.prompts import told_by_person
from swarm.core.steering import AgentTold, TellRequested
from swarm.core.transcript import Transcript
from swarm.errors import ContextOverflow, EndpointError, EndpointUnavailable, ReplyIncomplete, ReplyInvalid
from swarm.failpoints import reach
from swarm.journal.codec import map_strings
from swarm.journal.spool import ReplySpool, SpooledCall
from swarm.llm.estimate import GrowingSize
from swarm.protocols import JsonSchema, Model, ModelAnswer, ModelRequest, ToolSpec
from swarm.redaction import redact_common, redact_known
from swarm.text import neutralise_line

Record = Callable[..., Awaitable[None]]
"""Records events of the run; returns when they are durable."""

PATIENCE_S = 900.0
"""How long a call outlasts an endpoint that worked before and is gone now, where the run is then paused, not parked."""

PATIENCE_STEP_S = 15.0

FIRST_PATIENCE_S = 60.0
"""How long the first calls outlast a server that answers that it cannot yet: one that still loads its model."""

FIRST_PATIENCE_STEP_S = 5.0

_KNOWN_NAMES = 100
_NAME_CHARACTERS = 100


class Interrupted(Exception):
    """The run is draining: the attempt stops at a durable point and stays open. Never shown to anybody."""


@dataclass(slots=True)
class Session:
    """What all attempts of one process share.

    Attributes:
        replies: how often the endpoint has answered this process; only then is an outage worth waiting for.
        draining: no new model call may start.
        patience_s: how long a call outlasts an endpoint that worked before and is gone now, in seconds.
        alike: the subtasks whose attempts failed in the very same way, by that way: what an endpoint said when it
            refused a request, or where the program broke.
        known_names: models that were asked, each with the name by which an answer came.
    """

    replies: int = 0
    draining: bool = False
    patience_s: float = PATIENCE_S
    alike: dict[str, set[str]] = field(default_factory=dict)
    known_names: set[tuple[str, str]] = field(default_factory=set)

    def notes_on(self, answer: ModelAnswer) -> list[NoteRecorded]:
        """Return what a person should know of an answer: once, that another model gave it than was asked."""
        names = (answer.model, answer.reply.model)
        if names in self.known_names or len(self.known_names) >= _KNOWN_NAMES:
            return []
        self.known_names.add(names)
        if not is_other_model(*names):
            return []
        other = neutralise_line(answer.reply.model)[:_NAME_CHARACTERS]
        return [NoteRecorded(f"{answer.endpoint} was asked for {answer.model} and says that {other} answered")]

    def failed_alike(self, way: str, subtask_id: str) -> int:
        """Note that an attempt failed in this way; return how many subtasks' attempts have."""
        subtasks = self.alike.setdefault(way, set())
        subtasks.add(subtask_id)
        return len(subtasks)


class Conversation:
    """Folds the attempt's events while it records them, so that memory and journal never differ."""

    def __init__(
        self,
        attempt_id: str,
        *,
        past: Iterable[Event],
        model: Model,
        role: str,
        record: Record,
        session: Session,
        max_output_tokens: int | None = None,
        spool: ReplySpool | None = None,
        told: Callable[[], Iterable[TellRequested]] = lambda: (),
        purse: Purse | None = None,
    ) -> None:
        self.attempt_id = attempt_id
        self.transcript = Transcript.of(past)
        self._model = model
        self._role = role
        self._record = record
        self._session = session
        self._unsaid: list[Event] = []
        self._digest = PromptDigest()
        self._max_output_tokens = max_output_tokens
        self._spool = spool
        self._told = told
        self._purse = purse
        self._estimate = Estimate()
        self._size = GrowingSize()
        self._reported: set[str] = set()

    def note(self, *events: Event) -> None:
        """Fold events in; they become durable with the next :meth:`commit`, before any effect that follows."""
        for event in events:
            # What an attempt begins with is put together from files, names, diffs and the words of many.
            kept = map_strings(event, redact_common) if isinstance(event, AttemptOpened) else event
            self.transcript.apply(kept)
            self._unsaid.append(kept)

    async def commit(self, *events: Event) -> None:
        """Fold events in and return when they and everything noted before are durable."""
        self.note(*events)
        unsaid, self._unsaid = self._unsaid, []
        if unsaid:
            await self._record(*unsaid)

    async def ask(
        self,
        *,
        tools: Sequence[ToolSpec] = (),
        withheld: Collection[str] = (),
        schema: JsonSchema | None = None,
    ) -> Reply:
        """Make the next model call and return its recorded reply.

        Raises:
            EndpointError: no reply was to be had.
            Interrupted: the run is draining.
            OverBudget: the call does not fit into what may be used.
        """
        while True:
            try:
                return await self._ask_once(tools, withheld, schema)
            except ContextOverflow as error:
                await self._make_room(error)

    async def _ask_once(self, tools: Sequence[ToolSpec], withheld: Collection[str], schema: JsonSchema | None) -> Reply:
        if self._session.draining:
            await self.commit()
            raise Interrupted
        self._hear()
        step = self.transcript.step + 1
        self._reported.clear()
        request = ModelRequest(
            self._role,
            self.transcript.messages,
            tools,
            withheld,
            schema,
            affinity=self.attempt_id,
            max_output_tokens=self._max_output_tokens,
            variation=int(self.attempt_id.rpartition("@")[2]) - 1,
            characters=self._size.of(self.transcript.messages),
        )
        reserved = await self._reserve(request)
        messages = len(request.messages)
        digest = self._digest.of(request.messages)
        reach("model.before-intent")
        name = self._model.name_for(self._role)
        await self.commit(ModelCalled(self.attempt_id, step, name, digest, reserved))
        reach("model.after-intent")
        most = reserved.output_tokens if reserved and reserved.output_tokens else request.max_output_tokens
        try:
            with self._spooling(step, digest) as spooled:
                answer = await self._answer(request.within(most, spooled), step, spooled)
                if _holds_secret(answer.reply):
                    # What a server gives away of our own secrets is neither kept nor sent on.
                    answer = replace(answer, reply=map_strings(answer.reply, redact_known))
                reach("model.reply-complete")
                await self.commit(self._replied(step, answer), *self._session.notes_on(answer))
                reach("model.after-commit")
        finally:
            if self._purse is not None:
                self._purse.settled()
        self._estimate.learn(request, answer, messages)
        return answer.reply

    def _spooling(self, step: int, digest: str) -> contextlib.AbstractContextManager[SpooledCall | None]:
        """Keep a call's response until the block, which records the reply, is over; longer when that is cut off."""
        if self._spool is None:
            return contextlib.nullcontext()
        return _Spooling(self._spool.call(self.attempt_id, step, digest))

    async def _make_room(self, overflow: ContextOverflow) -> None:
        """Compact the conversation. Raises the overflow when that is of no use."""
        transcript = self.transcript
        if transcript.compactions >= MAX_IN_A_ROW:
            raise overflow
        cut = choose_cut(transcript.messages, opening=transcript.opening)
        if cut is None:
            raise overflow
        outputs, start, end = cut
        event = ConversationCompacted(self.attempt_id, transcript.step, outputs, start, end)
        if start == end:
            await self._compact(event, overflow)
            return
        record = record_of(transcript.messages, start, end, most=size_of(transcript.messages) // 2)
        question = (Message(Role.SYSTEM, COMPACTOR_RULES), Message(Role.USER, record))
        with self._spooling(transcript.step + 1, PromptDigest().of(question)) as spooled:
            summary, spent = await self._summarise(question, spooled)
            summary = summary or without_summary(end - start)
            await self._compact(replace(event, summary=summary, spent=spent), overflow)

    async def _compact(self, event: ConversationCompacted, overflow: ContextOverflow) -> None:
        """Record a compaction. Raises the overflow when it makes too little room."""
        messages = self.transcript.messages
        left = compacted(messages, event)
        if not is_enough(size_of(messages), size_of(left)):
            raise overflow
        await self.commit(replace(event, messages=len(left), characters=size_of(left)))
        self._digest = PromptDigest()
        self._estimate.forget()
        self._size.forget()

    async def _summarise(self, question: tuple[Message, ...], spooled: SpooledCall | None) -> tuple[str, Spent]:
        """Return notes that stand for messages of the conversation, empty when none were had, and what they took."""
        request = ModelRequest(
            "compactor",
            question,
            affinity=f"{self.attempt_id} compaction",
            max_output_tokens=SUMMARY_TOKENS,
            spool=spooled,
        )
        reserved = await self._reserve(request)
        if reserved and reserved.output_tokens:
            request = replace(request, max_output_tokens=reserved.output_tokens)
        await self.commit(SummaryCalled(self.attempt_id, self.transcript.step, reserved))
        try:
            answer = await self._patiently(request, self.transcript.step + 1)
        except (ContextOverflow, ReplyIncomplete, ReplyInvalid):
            return "", lost_with(reserved, spooled.begun if spooled else 0)
        finally:
            if self._purse is not None:
                self._purse.settled()
        cost_usd, lost = self._cost(request.role, answer)
        return answer.reply.content.strip(), spent_on(answer.reply, answer.tries, cost_usd) + lost

    async def _reserve(self, request: ModelRequest) -> Reservation | None:
        """Wait until the call fits into the budget. The intent must be recorded before anything else is waited for."""
        if self._purse is None:
            return None
        tokens = self._estimate.of(request)
        try:
            while (reserved := self._purse.reserve(self.attempt_id, request, tokens)) is None:
                await self.commit()
                await self._purse.wait()
                if self._session.draining:
                    raise Interrupted
        except OverBudget:
            await self.commit()
            raise
        return reserved

    async def _answer(self, request: ModelRequest, step: int, spooled: SpooledCall | None) -> ModelAnswer:
        """Return the answer; that there is none is recorded."""
        try:
            return await self._patiently(request, step)
        except (EndpointError, Interrupted) as error:
            code = error.code if isinstance(error, EndpointError) else "interrupted"
            await self.commit(ModelFailed(self.attempt_id, step, code, spooled.begun if spooled else 0))
            raise

    def _replied(self, step: int, answer: ModelAnswer) -> ModelReplied:
        self._session.replies += not answer.adopted
        cost_usd, lost = self._cost(self._role, answer)
        return ModelReplied(
            self.attempt_id,
            step,
            answer.reply,
            answer.first_token_s,
            answer.seconds,
            answer.tries,
            cost_usd,
            adopted=answer.adopted,
            spent=self.transcript.account.spent_after(
                answer.reply, answer.tries, cost_usd, adopted=answer.adopted, lost=lost
            ),
            endpoint=answer.endpoint,
        )

    def _cost(self, role: str, answer: ModelAnswer) -> tuple[float | None, Spent]:
        """Return what a reply cost, and what was lost with answers that broke off before it."""
        if self._purse is None:
            return answer.cost_usd, Spent(usage=answer.lost) if answer.lost.total_tokens else NOTHING
        return self._purse.cost_usd(role, answer), self._purse.lost(role, answer)

    def _hear(self) -> None:
        """Take in what a person has said meanwhile."""
        transcript = self.transcript
        if transcript.asked > transcript.step:
            return  # a call that was cut off is made again just as it was
        for message in self._told():
            if message.request_id not in transcript.heard:
                content = told_by_person(message.text)
                self.note(AgentTold(self.attempt_id, transcript.step, content, message.request_id))

    async def _patiently(self, request: ModelRequest, step: int) -> ModelAnswer:
        clock = asyncio.get_running_loop().time
        began, waited = clock(), 0.0
        while True:
            try:
                return await self._model.reply(request, delayed=lambda error, wait: self._delayed(step, error, wait))
            except EndpointError as error:
                error.role = request.role
                if not self._session.replies:
                    waited = clock() - began  # its own retries count: somebody is watching how this begins
                if waited >= self._patience_with(error):
                    raise
                if self._session.draining:
                    raise Interrupted from error
                wait = PATIENCE_STEP_S if self._session.replies else FIRST_PATIENCE_STEP_S
                await self._delayed(step, error, wait)
            await asyncio.sleep(wait)
            waited += wait

    def _patience_with(self, error: EndpointError) -> float:
        """Return for how many seconds a fault is waited out."""
        if not error.retryable:
            return 0.0
        if self._session.replies:
            return self._session.patience_s
        answers = isinstance(error, EndpointUnavailable) and error.status is not None
        return FIRST_PATIENCE_S if answers else 0.0

    async def _delayed(self, step: int, error: EndpointError, wait_s: float) -> None:
        """Record that the call waits: once for each kind of fault, however often it waits."""
        if error.code in self._reported:
            return
        self._reported.add(error.code)
        await self._record(ModelDelayed(self.attempt_id, step, error.code, error.message, wait_s))


class _Spooling:
    """Keeps a call's response for as long as a block runs, and leaves it where it is when that is cut off."""

    __slots__ = ("_spooled",)

    def __init__(self, spooled: SpooledCall) -> None:
        self._spooled = spooled

    def __enter__(self) -> SpooledCall:
        return self._spooled.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Recorded; or what came was no reply, and will not become one.
        if kind is None or issubclass(kind, EndpointError | Interrupted):
            self._spooled.discard()
        self._spooled.__exit__(kind, error, trace)


def _holds_secret(reply: Reply) -> bool:
    """Whether a value that is known to be secret stands somewhere in a reply: looked for in all of it at once."""
    said = [reply.content, reply.reasoning, reply.reasoning_field, reply.finish_reason, reply.model]
    for call in reply.tool_calls:
        said += (call.id, call.name, call.arguments)
    text = "\0".join(said)
    return redact_known(text) is not text


class PromptDigest:
    """A running digest of a conversation that only grows: each message is hashed once."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()
        self._hashed = 0

    def of(self, messages: Sequence[Message]) -> str:
        """Return the digest of the messages, which must continue those of the call before."""
        said: list[str] = []
        for message in messages[self._hashed :]:
            said += (message.role, message.content, message.tool_call_id)
            for call in message.reply.tool_calls if message.reply else ():
                said += (call.id, call.name, call.arguments)
        self._hashed = len(messages)
        if said:
            self._sha.update("\0".join((*said, "")).encode("utf-8", "surrogatepass"))
        return self._sha.copy().hexdigest()[:32]
