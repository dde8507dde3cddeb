"""The story of one attempt: every step with its prompt, reply, tool calls, results and verdicts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from swarm.core.compaction import ConversationCompacted
from swarm.core.events import (
    AgentNudged,
    AttemptEnded,
    AttemptHandedIn,
    AttemptOpened,
    AttemptOutcome,
    AttemptStarted,
    Event,
    Integrated,
    IntegrationConflicted,
    ModelCalled,
    ModelDelayed,
    ModelReplied,
    Recorded,
    ToolReturned,
    VerdictGiven,
    WorkspaceSnapshotted,
)
from swarm.core.messages import Handoff, Message, Reply, ToolCall, Verdict
from swarm.core.steering import AgentTold


@dataclass(slots=True)
class CallStory:
    """A tool call and what the model was told of it; ``result`` is ``None`` while there is none."""

    call: ToolCall
    result: str | None = None
    failed: bool = False
    seconds: float = 0.0


@dataclass(slots=True)
class StepStory:
    """One step.

    Attributes:
        prompt_messages: messages that the model was sent.
        prompt_characters: characters in them, reasoning and arguments included.
        asked: how often the call was begun: more than once when a process died in between.
        delays: waits before a retry.
        reply: the reply, ``None`` while there is none; its times are in seconds.
        told: what the agent was told after the step that no tool said.
    """

    number: int
    model: str
    prompt_messages: int
    prompt_characters: int
    asked: int = 1
    delays: list[ModelDelayed] = field(default_factory=list)
    reply: Reply | None = None
    first_token_s: float = 0.0
    seconds: float = 0.0
    tries: int = 0
    adopted: bool = False
    cost_usd: float | None = None
    calls: list[CallStory] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    tree: str = ""
    handoff: Handoff | None = None
    verdict: Verdict | None = None


class AttemptStory:
    """The fold of one attempt's events; events of other attempts are passed over.

    Attributes:
        opening: the conversation's first messages.
        steps: the steps by number, in order.
        told: what the agent was told by a person before its first step.
    """

    def __init__(self, attempt_id: str) -> None:
        self.attempt_id = attempt_id
        self.start: AttemptStarted | None = None
        self.opening: tuple[Message, ...] = ()
        self.steps: dict[int, StepStory] = {}
        self.told: list[str] = []
        self.conflict: IntegrationConflicted | None = None
        self.integrated: Integrated | None = None
        self.outcome: AttemptOutcome | None = None
        self.reason = ""
        self._messages = 0
        self._characters = 0

    def apply(self, recorded: Recorded) -> None:
        """Fold one event, the next in order."""
        event = recorded.event
        handler = _HANDLERS.get(type(event))
        if handler is not None and getattr(event, "attempt_id", "") == self.attempt_id:
            handler(self, event)

    def _grow(self, text: str) -> None:
        self._messages += 1
        self._characters += len(text)

    def _step(self, number: int) -> StepStory:
        return self.steps.setdefault(number, StepStory(number, "", self._messages, self._characters))

    def _started(self, event: AttemptStarted) -> None:
        self.start = event

    def _opened(self, event: AttemptOpened) -> None:
        self.opening = event.messages
        for message in event.messages:
            self._grow(message.content)

    def _called(self, event: ModelCalled) -> None:
        known = self.steps.get(event.step)
        if known is not None:
            known.asked += 1
            return
        self._step(event.step).model = event.model

    def _delayed(self, event: ModelDelayed) -> None:
        self._step(event.step).delays.append(event)

    def _replied(self, event: ModelReplied) -> None:
        step = self._step(event.step)
        reply = event.reply
        step.reply = reply
        step.first_token_s = event.first_token_s
        step.seconds = event.seconds
        step.tries = event.tries
        step.adopted = event.adopted
        step.cost_usd = event.cost_usd
        step.calls = [CallStory(call) for call in reply.tool_calls]
        arguments = "".join(call.arguments for call in reply.tool_calls)
        self._grow(reply.content + reply.reasoning + arguments)

    def _returned(self, event: ToolReturned) -> None:
        calls = self._step(event.step).calls
        self._grow(event.content)
        if not 0 <= event.index < len(calls):
            return
        call = calls[event.index]
        call.result = event.content
        call.failed = event.failed
        call.seconds = event.seconds

    def _nudged(self, event: AgentNudged) -> None:
        self._step(event.step).told.append(event.content)
        self._grow(event.content)

    def _told(self, event: AgentTold) -> None:
        (self._step(event.step).told if event.step else self.told).append(event.content)
        self._grow(event.content)

    def _compacted(self, event: ConversationCompacted) -> None:
        told = self._step(event.step).told if event.step else self.told
        told.append(
            f"(made shorter: {event.messages} messages, {event.characters:,} characters)\n{event.summary}".strip()
        )
        self._messages, self._characters = event.messages, event.characters

    def _snapshotted(self, event: WorkspaceSnapshotted) -> None:
        self._step(event.step).tree = event.tree

    def _handed_in(self, event: AttemptHandedIn) -> None:
        self._step(event.step).handoff = event.handoff

    def _judged(self, event: VerdictGiven) -> None:
        self._step(event.step).verdict = event.verdict

    def _conflicted(self, event: IntegrationConflicted) -> None:
        self.conflict = event

    def _integrated(self, event: Integrated) -> None:
        self.integrated = event

    def _ended(self, event: AttemptEnded) -> None:
        self.outcome = event.outcome
        self.reason = event.reason


_HANDLERS: dict[type[Event], Callable[[AttemptStory, Any], None]] = {
    AttemptStarted: AttemptStory._started,
    AttemptOpened: AttemptStory._opened,
    ModelCalled: AttemptStory._called,
    ModelDelayed: AttemptStory._delayed,
    ModelReplied: AttemptStory._replied,
    ToolReturned: AttemptStory._returned,
    AgentNudged: AttemptStory._nudged,
    AgentTold: AttemptStory._told,
    ConversationCompacted: AttemptStory._compacted,
    WorkspaceSnapshotted: AttemptStory._snapshotted,
    AttemptHandedIn: AttemptStory._handed_in,
    VerdictGiven: AttemptStory._judged,
    IntegrationConflicted: AttemptStory._conflicted,
    Integrated: AttemptStory._integrated,
    AttemptEnded: AttemptStory._ended,
}


def story_of(attempt_id: str, events: Iterable[Recorded]) -> AttemptStory:
    """Return the story of one attempt from a run's events, in order."""
    story = AttemptStory(attempt_id)
    for recorded in events:
        story.apply(recorded)
    return story
