"""Writes the journal of a long run that was killed: what resume, status and list have to cope with.

Each attempt is a conversation of steps (call, reply, tool call, result, snapshot). Hundreds of them are at work when
the process dies; the other subtasks are done.
"""

import random
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from swarm.core.events import (
    AttemptEnded,
    AttemptHandedIn,
    AttemptOpened,
    AttemptOutcome,
    AttemptStarted,
    Event,
    Integrated,
    IntegrationStarted,
    ModelCalled,
    ModelReplied,
    RunOpened,
    RunSettings,
    SubtaskEnded,
    SubtaskOutcome,
    ToolCalled,
    ToolReturned,
    VerdictGiven,
    WorkspaceSnapshotted,
    attempt_id,
    spent_on,
)
from swarm.core.limits import Spent, Usage
from swarm.core.messages import CheckResult, Handoff, Message, Reply, Role, ToolCall, Verdict
from swarm.core.plan import Plan, Subtask
from swarm.core.task import Task

EVENTS_PER_STEP = 5
EVENTS_PER_END = 9
_VERDICT = Verdict(True, True, "", (CheckResult("make test", 0, 2.5, "all 40 tests passed\n" * 20, "ab" * 32),))


@dataclass(frozen=True, slots=True)
class Shape:
    """How many subtasks the run has, how many steps each attempt takes, how many attempts are at work at the end."""

    subtasks: int
    steps: int
    at_work: int


def shape_for(events: int, *, steps: int = 40, at_work: int = 300) -> Shape:
    """Return the shape of a run with about so many events."""
    subtasks = max(1, events // (steps * EVENTS_PER_STEP + EVENTS_PER_END))
    return Shape(subtasks, steps, min(at_work, subtasks))


def plan_of(shape: Shape) -> Plan:
    """Return a plan without dependencies: whatever the state of the others, the rest can be at work."""
    instruction = "Port this part of the library, keep its interface, and make its tests pass. " * 6
    return Plan(
        subtasks=tuple(
            Subtask(id=f"part-{number}", title=f"Part {number}", instruction=instruction, checks=("make test",))
            for number in range(shape.subtasks)
        )
    )


def long_run(
    shape: Shape, *, task: Task, settings: RunSettings, base: str, tree: str, seed: int = 1
) -> Iterator[tuple[Event, ...]]:
    """Yield the events that follow the plan, in the groups in which they would be recorded.

    Args:
        shape: how long the run is.
        task: the task that the run was created with.
        settings: the settings that the run was created with.
        base: the commit that the run started from; the head stays there.
        tree: the tree that every snapshot names.
        seed: of what is said.
    """
    yield (RunOpened(1, "host", 1, settings, task),)
    words = _Words(seed)
    ended = shape.subtasks - shape.at_work
    for number in range(ended):
        yield from _finished(f"part-{number}", shape.steps, words, base, tree)
    open_attempts = [
        _steps(f"part-{number}", shape.steps, words, base, tree) for number in range(ended, shape.subtasks)
    ]
    yield from _interleaved(open_attempts)


def _interleaved(conversations: Iterable[Iterator[tuple[Event, ...]]]) -> Iterator[tuple[Event, ...]]:
    waiting = list(conversations)
    while waiting:
        going_on = []
        for conversation in waiting:
            group = next(conversation, None)
            if group is not None:
                yield group
                going_on.append(conversation)
        waiting = going_on


def _finished(subtask: str, steps: int, words: "_Words", base: str, tree: str) -> Iterator[tuple[Event, ...]]:
    yield from _steps(subtask, steps, words, base, tree)
    attempt = attempt_id(subtask, 1)
    handoff = Handoff(words.text(300), ("kept the interface",), (), (f"src/{subtask}.py",), base)
    yield (AttemptHandedIn(attempt, steps, handoff),)
    yield (VerdictGiven(attempt, steps, _VERDICT),)
    yield (IntegrationStarted(attempt, base, base),)
    yield (
        Integrated(attempt, base, base),
        AttemptEnded(attempt, AttemptOutcome.INTEGRATED),
        SubtaskEnded(subtask, SubtaskOutcome.DONE, "its checks passed"),
    )


def _steps(subtask: str, steps: int, words: "_Words", base: str, tree: str) -> Iterator[tuple[Event, ...]]:
    attempt = attempt_id(subtask, 1)
    opening = Message(Role.SYSTEM, words.rules), Message(Role.USER, f"# Subtask: {subtask}")
    yield (AttemptStarted(attempt, subtask, 1, base), AttemptOpened(attempt, opening))
    spent = Spent()
    for step in range(1, steps + 1):
        yield (ModelCalled(attempt, step, "sim-worker", "d1" * 16),)
        arguments = f'{{"path": "src/{subtask}.py", "start": {step}}}'
        usage = Usage(900 * step, 850 * step, 120, 60)
        reply = Reply(
            words.text(120), words.text(400), "reasoning_content", (ToolCall(f"call_{step}", "read_file", arguments),),
            "tool_calls", "sim-worker", usage,
        )  # fmt: skip
        spent += spent_on(reply, 1, 0.01)
        yield (
            ModelReplied(attempt, step, reply, 0.4, 2.1, 1, 0.01, spent=spent),
            ToolCalled(attempt, step, 0, "read_file"),
        )
        content = words.text(3_000 if step % 10 == 0 else 600)
        yield ToolReturned(attempt, step, 0, content, False, 0.1), WorkspaceSnapshotted(attempt, step, tree)


class _Words:
    """Text like prose, cheap to make: slices of one long text."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        words = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 9))) for _ in range(2_000)]
        self._text = " ".join(rng.choices(words, k=200_000))
        self._rng = rng
        self.rules = self.text(6_000)

    def text(self, characters: int) -> str:
        """Return so many characters, from anywhere."""
        start = self._rng.randrange(len(self._text) - characters)
        return self._text[start : start + characters]
