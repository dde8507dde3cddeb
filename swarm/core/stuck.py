"""Whether an agent is stuck: a fold of its steps that looks for loops, and for steps that bring nothing new.

Calls and their results are compared by digests from which is masked what changes by itself: times, durations, memory
addresses, process ids. A call is *polling* when the task declares it, or it only waits: such steps are passed over.
"""

import hashlib
import re
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from itertools import islice

from pydantic_core import from_json

from swarm.core.limits import StuckLimits
from swarm.core.messages import ToolCall

KEPT_TURNS = 64
KEPT_EVIDENCE = 1_024

_COMPARED = 16_000
_WAITING = ("sleep", "sleep *", "wait", "wait *")
_TRIED = 8
_SHOWN = 160
_VOLATILE = re.compile(
    r"(?=[0-9a-fpP/])(?:"  # what all of them begin with: most places are passed over at once
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"  # dates and moments
    r"|\b\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?\b"  # times of day
    r"|\b0x[0-9a-fA-F]+\b"  # addresses
    r"|\b\d+(?:\.\d+)? ?(?:ns|us|µs|ms|s|sec|secs|seconds?|minutes?)\b"  # durations
    r"|\b(?:pid|PID|process|port)[ =:]+\d+"
    r"|/tmp/[^\s'\"]+"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)"
)


class StuckKind(StrEnum):
    """How an agent is stuck."""

    REPEATED = "repeated"
    FAILING = "failing"
    ALTERNATING = "alternating"
    NOTHING_NEW = "nothing_new"


@dataclass(slots=True)
class Turn:
    """One step.

    Attributes:
        action: the digest of its calls; ``observation`` that of what came of them.
        failed: all of the calls failed.
        subjects: what patterns of polling speak of, of each call.
        new: it brought something that was not seen before: an output, or other files.
    """

    action: bytes
    observation: bytes
    failed: bool
    subjects: tuple[str, ...]
    new: bool


@dataclass(slots=True)
class StuckWatch:
    """The fold of one attempt's steps. What it finds counts from the last hint on.

    Attributes:
        hints: how often the agent was told that it is stuck.
    """

    hints: int = 0
    _turns: deque[Turn] = field(default_factory=lambda: deque(maxlen=KEPT_TURNS))
    _tried: OrderedDict[str, str] = field(default_factory=OrderedDict)
    _seen: OrderedDict[bytes, None] = field(default_factory=OrderedDict)
    _failed: set[int] = field(default_factory=set)

    def returned(self, index: int, *, failed: bool) -> None:
        """A call of the step under way has returned."""
        if failed:
            self._failed.add(index)

    def closed(self, calls: Sequence[ToolCall], results: Sequence[str]) -> None:
        """A step is over: all of its calls have returned."""
        failed, self._failed = self._failed, set()
        if not calls:
            return
        observed = [_digest(masked(result)) for result in results]
        new = [self._is_new(call.name.encode() + result) for call, result in zip(calls, observed, strict=True)]
        words = ", ".join(f"{call.name} {' '.join(call.arguments.split())}" for call in calls)[:_SHOWN]
        action = _digest("\0".join(f"{call.name} {''.join(call.arguments.split())}" for call in calls))
        subjects = tuple(map(_subject, calls))
        self._turns.append(Turn(action, b"".join(observed), len(failed) == len(calls), subjects, any(new)))
        self._tried[words] = results[-1].strip().partition("\n")[0][:_SHOWN]
        self._tried.move_to_end(words)
        if len(self._tried) > _TRIED:
            self._tried.popitem(last=False)

    def changed(self, tree: str) -> None:
        """The files are others than before; those that were there once already are nothing new."""
        if self._is_new(tree.encode()) and self._turns:
            self._turns[-1].new = True

    def hinted(self) -> None:
        """The agent was told; it begins anew, but what it has seen is still nothing new."""
        self.hints += 1
        self._turns.clear()

    def found(self, limits: StuckLimits) -> StuckKind | None:
        """Return how the agent is stuck by these limits, if it is."""
        lengths = (limits.failures, limits.repetitions, limits.alternations, limits.steps_without_news)
        if len(self._turns) < min(lengths):
            return None
        polling = (*_WAITING, *limits.polling)
        newest = (turn for turn in reversed(self._turns) if not _is_polling(turn, polling))
        turns = list(islice(newest, max(lengths)))[::-1]
        if _alike(turns, limits.failures) and turns[-1].failed:
            return StuckKind.FAILING
        if _alike(turns, limits.repetitions):
            return StuckKind.REPEATED
        if _alternate(turns, limits.alternations):
            return StuckKind.ALTERNATING
        last = turns[-limits.steps_without_news :]
        if len(last) == limits.steps_without_news and not any(turn.new for turn in last):
            return StuckKind.NOTHING_NEW
        return None

    def tried(self) -> str:
        """Return what was done last, each thing once, with the first line of what came of it."""
        return "\n".join(f"- {words}: {came}" for words, came in self._tried.items())

    def _is_new(self, evidence: bytes) -> bool:
        if evidence in self._seen:
            self._seen.move_to_end(evidence)
            return False
        self._seen[evidence] = None
        if len(self._seen) > KEPT_EVIDENCE:
            self._seen.popitem(last=False)
        return True


def _alike(turns: Sequence[Turn], count: int) -> bool:
    last = turns[-count:]
    return len(last) == count and len({(turn.action, turn.observation, turn.failed) for turn in last}) == 1


def _alternate(turns: Sequence[Turn], count: int) -> bool:
    last = [(turn.action, turn.observation) for turn in turns[-count:]]
    if len(last) < count or last[0] == last[1]:
        return False
    return all(turn == last[place % 2] for place, turn in enumerate(last))


def _is_polling(turn: Turn, patterns: Sequence[str]) -> bool:
    return all(any(fnmatchcase(subject, pattern) for pattern in patterns) for subject in turn.subjects)


def masked(text: str) -> str:
    """Return a result without what changes by itself; of a long one its head, its tail and its length."""
    if len(text) > _COMPARED:
        half = _COMPARED // 2
        text = f"{text[:half]}\n{len(text)}\n{text[-half:]}"
    return _VOLATILE.sub("~", text)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _subject(call: ToolCall) -> str:
    """Return what patterns of polling speak of: the command of a shell call, else the tool's name."""
    if call.name != "shell":
        return call.name
    try:
        arguments = from_json(call.arguments)
    except ValueError:
        return call.name
    command = arguments.get("command") if isinstance(arguments, dict) else None
    return command.strip() if isinstance(command, str) else call.name
