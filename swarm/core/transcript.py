"""An attempt's conversation, folded from its events: what a resumed agent knows is what the killed one knew."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from swarm.core.accounts import Account
from swarm.core.compaction import ConversationCompacted, SummaryCalled, compacted
from swarm.core.events import (
    AgentNudged,
    AttemptHandedIn,
    AttemptOpened,
    Event,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    ToolCalled,
    ToolReturned,
    VerdictGiven,
    WorkspaceSnapshotted,
)
from swarm.core.messages import CONTENT_FILTER, Handoff, Message, Reply, Role, ToolCall
from swarm.core.prompts import URGING
from swarm.core.steering import AgentTold
from swarm.core.stuck import StuckWatch

RECENT = 64
"""How many messages back replies that the server kept back are looked for."""


EARLIEST_GIVE_UP = 8
"""Replies that an agent owes before it may give up, where a schema constrains its calls."""


@dataclass(slots=True)
class Transcript:
    """The fold of one attempt's events.

    Attributes:
        messages: the conversation as the model will see it, complete up to the last answered reply.
        step: number of replies so far; the next model call is step ``step + 1``.
        asked: the step of the newest model call, whether it was answered or not.
        reply: the last reply, while some of its calls are unanswered.
        results: answers to the calls of ``reply``, by index.
        called: the calls of ``reply`` that were begun, by index: the digest of the file that each is about to edit.
        tree: the workspace's newest snapshot; empty before the first.
        handins: how often the attempt has handed in.
        pending: a hand-in without a verdict yet.
        refusals: replies in a row that could not be used.
        urged: how often the agent wanted to give up and was told to go on.
        rejection: why the last hand-in was refused; empty when none was.
        account: what its calls took.
        heard: ids of the requests whose words of a person are part of the conversation.
        unchanged: nothing has been changed since the last hand-in was refused.
        opening: how many messages the conversation was opened with.
        compactions: how often it was compacted since the last reply.
        watch: whether the agent is stuck.
    """

    messages: list[Message] = field(default_factory=list)
    step: int = 0
    asked: int = 0
    reply: Reply | None = None
    results: dict[int, str] = field(default_factory=dict)
    called: dict[int, str] = field(default_factory=dict)
    tree: str = ""
    handins: int = 0
    pending: Handoff | None = None
    refusals: int = 0
    unusable: set[int] = field(default_factory=set)
    urged: int = 0
    rejection: str = ""
    account: Account = field(default_factory=Account)
    heard: set[str] = field(default_factory=set)
    unchanged: bool = False
    opening: int = 0
    compactions: int = 0
    watch: StuckWatch = field(default_factory=StuckWatch)

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Transcript":
        """Fold the events of one attempt."""
        transcript = cls()
        for event in events:
            transcript.apply(event)
        return transcript

    @property
    def opened(self) -> bool:
        """Whether the opening messages are recorded."""
        return bool(self.messages)

    @property
    def last_reply(self) -> Reply | None:
        """The reply that the conversation ends with, if nothing has been said after it."""
        return self.messages[-1].reply if self.messages else None

    def withheld(self, *, may_split: bool = True) -> tuple[str, ...]:
        """Return the calls that make no sense now: small models reach for them at the first failing test."""
        senseless = {
            "finish": self.unchanged,
            "split": self.handins > 0 or not may_split,
            "give_up": self.step < EARLIEST_GIVE_UP,
        }
        return tuple(name for name, is_senseless in senseless.items() if is_senseless)

    def filtered(self) -> int:
        """Return how many of the last replies in a row the server's filter has kept back."""
        replies = (message.reply for message in reversed(self.messages[-RECENT:]) if message.reply is not None)
        return sum(1 for _ in itertools.takewhile(lambda reply: reply.finish_reason == CONTENT_FILTER, replies))

    def unanswered(self) -> list[tuple[int, ToolCall]]:
        """Return the calls of the last reply that have no result yet, in order."""
        calls = self.reply.tool_calls if self.reply else ()
        return [(index, call) for index, call in enumerate(calls) if index not in self.results]

    def interrupted(self) -> list[int]:
        """Return the calls that were begun and have no result: for events read back, those that a kill cut off."""
        return [index for index, _ in self.unanswered() if index in self.called]

    def apply(self, event: Event) -> None:
        """Fold one event in; events that say nothing to the conversation are passed over."""
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)

    def _opened(self, event: AttemptOpened) -> None:
        self.messages = list(event.messages)
        self.opening = len(self.messages)

    def _compacted(self, event: ConversationCompacted) -> None:
        self.messages = compacted(self.messages, event)
        self.account.compacted(event)
        self.compactions += 1

    def _called(self, event: ModelCalled) -> None:
        self.asked = event.step
        self.account.called(event)

    def _failed(self, event: ModelFailed) -> None:
        self.account.failed(event)

    def _summary_called(self, event: SummaryCalled) -> None:
        self.account.summary_called(event)

    def _tool_called(self, event: ToolCalled) -> None:
        self.called[event.index] = event.before

    def _returned(self, event: ToolReturned) -> None:
        self.results[event.index] = event.content
        self.watch.returned(event.index, failed=event.failed)
        if event.unusable:
            self.unusable.add(event.index)
        self.urged += event.content in URGING
        self._close_reply()

    def _snapshotted(self, event: WorkspaceSnapshotted) -> None:
        self.tree = event.tree
        self.unchanged = False
        self.watch.changed(event.tree)

    def _handed_in(self, event: AttemptHandedIn) -> None:
        self.handins += 1
        self.pending = event.handoff

    def _judged(self, event: VerdictGiven) -> None:
        self.pending = None
        self.unchanged = not event.verdict.accepted
        self.rejection = "" if event.verdict.accepted else event.verdict.reason

    def _replied(self, event: ModelReplied) -> None:
        self.step = event.step
        self.compactions = 0
        self.account.replied(event)
        self.reply = event.reply
        self.results = {}
        self.called = {}
        self.unusable = set()
        self._close_reply()

    def _nudged(self, event: AgentNudged) -> None:
        if event.stuck:
            self.watch.hinted()
        else:
            self.refusals += 1
        self.messages.append(Message(Role.USER, event.content))

    def _told(self, event: AgentTold) -> None:
        self.heard.add(event.request_id)
        last = self.messages[-1]
        if last.role is Role.USER:
            # Chat templates of some models take no two messages of one role in a row.
            self.messages[-1] = Message(Role.USER, f"{last.content}\n\n{event.content}")
        else:
            self.messages.append(Message(Role.USER, event.content))

    def _close_reply(self) -> None:
        """Move a fully answered reply into the conversation; a server rejects calls without results."""
        if self.reply is None or len(self.results) < len(self.reply.tool_calls):
            return
        self.messages.append(Message(Role.ASSISTANT, self.reply.content, reply=self.reply))
        if self.reply.tool_calls:
            # A reply without any call is counted with the words that the agent answers it with.
            self.refusals = self.refusals + 1 if len(self.unusable) == len(self.reply.tool_calls) else 0
        for index, call in enumerate(self.reply.tool_calls):
            self.messages.append(Message(Role.TOOL, self.results[index], tool_call_id=call.id))
        self.watch.closed(self.reply.tool_calls, [self.results[index] for index in range(len(self.reply.tool_calls))])
        self.reply = None
        self.results = {}


_HANDLERS: dict[type[Event], Callable[[Transcript, Any], None]] = {
    AttemptOpened: Transcript._opened,
    ConversationCompacted: Transcript._compacted,
    ModelCalled: Transcript._called,
    ModelFailed: Transcript._failed,
    SummaryCalled: Transcript._summary_called,
    ModelReplied: Transcript._replied,
    AgentNudged: Transcript._nudged,
    AgentTold: Transcript._told,
    ToolCalled: Transcript._tool_called,
    ToolReturned: Transcript._returned,
    WorkspaceSnapshotted: Transcript._snapshotted,
    AttemptHandedIn: Transcript._handed_in,
    VerdictGiven: Transcript._judged,
}
