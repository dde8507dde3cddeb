"""What is durably recorded, and what may therefore be done: checked at the moment of every effect."""

from collections.abc import Sequence

from swarm.core.branch_facts import ChangeKept, ChangeRemoved, RemovalStarted
from swarm.core.compaction import ConversationCompacted
from swarm.core.events import (
    AttemptEnded,
    AttemptHandedIn,
    AttemptStarted,
    Event,
    Integrated,
    IntegrationStarted,
    JudgeStarted,
    ModelCalled,
    ModelReplied,
    Recorded,
    ToolCalled,
    ToolReturned,
    VerdictGiven,
    WorkspaceSnapshotted,
)
from swarm.core.messages import Message, Role

GRACE_S = 1.0
"""How long after its end is on disk an attempt may still begin something: it learns of its end from its own process."""


class Facts:
    """The fold of the durable events: no process's memory, but what the next process would find.

    Attributes:
        recorded: all durable events, in order.
        acknowledged: the highest sequence number that an appender was told is on disk.
    """

    def __init__(self) -> None:
        self.recorded: list[Recorded] = []
        self.acknowledged = 0
        self._started: dict[str, AttemptStarted] = {}
        self._judges: set[str] = set()
        self._ended: dict[str, float] = {}
        self._asked: set[tuple[str, int]] = set()
        self._replied: set[tuple[str, int]] = set()
        self._open_calls: dict[str, set[tuple[int, int]]] = {}
        self._trees: dict[str, str] = {}
        self._accepted: set[str] = set()
        self._commits: dict[str, str] = {}
        self._merging: IntegrationStarted | None = None
        self._removing: RemovalStarted | None = None
        self._compacted: dict[str, int] = {}
        self._prompts: dict[str, tuple[int, Sequence[Message]]] = {}

    def add(self, recorded: Recorded, now: float) -> None:
        """Take in an event that is on disk since ``now``, in seconds of the simulation's clock."""
        self.recorded.append(recorded)
        self._fold(recorded.event, now)

    def _fold(self, event: Event, now: float) -> None:
        match event:
            case AttemptStarted():
                self._started[event.attempt_id] = event
                self._trees[event.attempt_id] = event.tree or event.base_commit
            case JudgeStarted():
                self._judges.add(event.attempt_id)
            case AttemptEnded():
                self._ended[event.attempt_id] = now
            case ModelCalled():
                self._asked.add((event.attempt_id, event.step))
            case ModelReplied():
                self._replied.add((event.attempt_id, event.step))
            case ToolCalled():
                self._open_calls.setdefault(event.attempt_id, set()).add((event.step, event.index))
            case ToolReturned():
                self._open_calls.get(event.attempt_id, set()).discard((event.step, event.index))
            case WorkspaceSnapshotted():
                self._trees[event.attempt_id] = event.tree
            case ConversationCompacted():
                self._prompts.pop(event.attempt_id, None)
                self._compacted[event.attempt_id] = event.step
            case _:
                self._fold_result(event)

    def _fold_result(self, event: Event) -> None:
        match event:
            case AttemptHandedIn():
                self._commits[event.attempt_id] = event.handoff.commit
            case VerdictGiven(attempt_id=attempt_id, verdict=verdict) if verdict.accepted:
                self._accepted.add(attempt_id)
            case IntegrationStarted():
                self._merging = event
            case Integrated():
                self._merging = None
            case RemovalStarted():
                self._removing = event
            case ChangeRemoved() | ChangeKept():
                self._removing = None
            case _:
                pass

    # -- what may be done; each returns what is wrong, or an empty string ------------------------------------------

    def objection_to_work(self, attempt: str, now: float) -> str:
        """Why the attempt may not do anything now."""
        if attempt in self._judges:
            return ""
        if attempt not in self._started:
            return f"{attempt} is at work, but its start is not on disk"
        if now > self._ended.get(attempt, now) + GRACE_S:
            return f"{attempt} is at work {now - self._ended[attempt]:.0f} s after its end was recorded"
        return ""

    def step_of(self, attempt: str, messages: Sequence[Message]) -> int:
        """Return for which step a conversation asks: it has one reply of each step, but for what was compacted."""
        if attempt in self._compacted:
            return max((step for asked, step in self._asked if asked == attempt), default=0)
        return 1 + sum(message.role is Role.ASSISTANT for message in messages)

    def objection_to_call(self, attempt: str, step: int, messages: Sequence[Message], now: float) -> str:
        """Why the model may not be asked this."""
        if wrong := self.objection_to_work(attempt, now):
            return wrong
        if (attempt, step) not in self._asked:
            return f"{attempt} asks for step {step}, but that intent is not on disk"
        if (attempt, step) in self._replied:
            return f"{attempt} asks for step {step} again, whose reply is on disk"
        return _unanswered(attempt, messages) or self._rewritten(attempt, step, messages)

    def _rewritten(self, attempt: str, step: int, messages: Sequence[Message]) -> str:
        known_step, known = self._prompts.get(attempt, (0, ()))
        self._prompts[attempt] = (step, tuple(messages))
        if step < known_step:
            return f"{attempt} is back at step {step} after step {known_step}"
        if tuple(messages[: len(known)]) != tuple(known):
            return f"{attempt} has another past at step {step} than it had at step {known_step}"
        if step == known_step and len(messages) != len(known):
            return f"{attempt} asks something else at step {step} than before the crash"
        return ""

    def objection_to_open(self, attempt: str, tree: str, now: float, offered: str) -> str:
        """Why the workspace may not be opened with these files; ``offered`` are those that a cut-off call has left."""
        if wrong := self.objection_to_work(attempt, now):
            return wrong
        if tree not in (self._trees[attempt], offered):
            return f"{attempt} opens its workspace with other files than those of its last snapshot"
        return ""

    def snapshot_of(self, attempt: str) -> str:
        """Return the tree, or the commit, that holds the attempt's files as far as is known on disk."""
        return self._trees[attempt]

    def objection_to_change(self, attempt: str, now: float) -> str:
        """Why the attempt's workspace may not be changed."""
        if wrong := self.objection_to_work(attempt, now):
            return wrong
        if not self._open_calls.get(attempt):
            return f"{attempt} changes its workspace, but no tool call without a result is on disk"
        return ""

    def objection_to_merge(self, commit: str, head: str) -> str:
        """Why the commit may not be merged."""
        merging = self._merging
        if merging is None or (merging.commit, merging.head) != (commit, head):
            return f"{commit[:8]} is merged into {head[:8]}, but that intent is not on disk"
        if merging.attempt_id not in self._accepted:
            return f"{merging.attempt_id} is merged, but its acceptance is not on disk"
        if self._commits.get(merging.attempt_id) != commit:
            return f"{merging.attempt_id} is merged with another commit than the one it handed in"
        return ""

    def objection_to_removal(self, merge: str, head: str) -> str:
        """Why the merge may not be taken out."""
        if self._removing is None or (self._removing.merge, self._removing.head) != (merge, head):
            return f"{merge[:8]} is taken out of {head[:8]}, but that intent is not on disk"
        return ""


def _unanswered(attempt: str, messages: Sequence[Message]) -> str:
    """Say which tool calls lack an answer, or have two; every server refuses such a conversation."""
    waiting: list[str] = []
    for message in messages:
        if message.role is Role.TOOL:
            if message.tool_call_id not in waiting:
                return f"{attempt} sends an answer to {message.tool_call_id!r}, which nobody has asked for"
            waiting.remove(message.tool_call_id)
        elif waiting:
            return f"{attempt} sends a conversation in which {waiting[0]!r} has no answer"
        if message.reply is not None:
            waiting = [call.id for call in message.reply.tool_calls]
    return f"{attempt} sends a conversation in which {waiting[0]!r} has no answer" if waiting else ""
